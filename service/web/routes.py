"""``GET /``: what Passerelle is, at a glance, in four languages."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from schemas.language import LANGUAGE_NAMES, Language
from schemas.translation import translate
from service.db.session import ReadingSession
from service.errors import language_of
from service.web.figures import counts_by_kind

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)
static_files = StaticFiles(directory=HERE / "static")
templates = Jinja2Templates(directory=HERE / "templates")


@router.get("/")
def home(request: Request, session: ReadingSession) -> Response:
    """The front page, in the reader's language, with how much the directory holds."""
    language = language_of(request)

    def say(text: str, **values: object) -> str:
        return translate(language, text, **values)

    return templates.TemplateResponse(
        request=request,
        name="home.html",
        context={
            "language": language,
            "languages": [(code.value, LANGUAGE_NAMES[code]) for code in Language],
            "counts": counts_by_kind(session),
            "_": say,
        },
        headers={
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Content-Language": language.value,
            "Vary": "Accept-Language",
            "Cache-Control": "no-cache",
        },
    )
