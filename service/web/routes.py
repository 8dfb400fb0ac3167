"""``GET /``: what Passerelle is, at a glance, with one real suggestion, in four languages."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from schemas.kinds import Kind
from schemas.language import LANGUAGE_NAMES, Language
from schemas.rules import PartName
from schemas.translation import Message, message, render, translate
from service.clock import now
from service.db.session import ReadingSession
from service.errors import language_of
from service.profiles.service import ProfileFilter, list_profiles
from service.suggestions.service import Asking, best_new_suggestion
from service.web.figures import counts_by_kind

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
PART_NAMES: dict[PartName, Message] = {
    "region": message("Territory"),
    "sector": message("Sector"),
    "priority": message("Priority"),
    "text": message("Own words"),
    "track_record": message("Experience"),
}
EXAMPLES_TRIED = 10

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
            "example": _example(Asking(session, request.app.state.index, language, now())),
            "part_names": {name: render(language, said) for name, said in PART_NAMES.items()},
            "_": say,
        },
        headers={
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Content-Language": language.value,
            "Vary": "Accept-Language",
            "Cache-Control": "public, max-age=60",
        },
    )


def _example(asking: Asking) -> dict[str, Any] | None:
    """The best suggestion of some of the first associations, as it would be answered now."""
    subjects = list_profiles(
        asking.session, Kind.ASSOCIATION, ProfileFilter(), None, after=None, limit=EXAMPLES_TRIED
    )
    return best_new_suggestion(asking, Kind.ASSOCIATION, subjects)
