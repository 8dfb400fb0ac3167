"""What all pages have in common: templates, language, and headers that keep others' code out."""

from pathlib import Path

from fastapi import Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from schemas.language import LANGUAGE_NAMES, Language
from schemas.translation import Message
from schemas.wording import render

HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
static_files = StaticFiles(directory=HERE / "static")
templates = Jinja2Templates(directory=HERE / "templates")


def page(
    request: Request, template: str, language: Language, *, cached: bool = True, **context: object
) -> Response:
    """A page in a language. What is ``cached`` may be kept for a minute by whoever passes it on."""

    def say(text: str, **values: object) -> str:
        return render(language, Message(text, values))

    return templates.TemplateResponse(
        request=request,
        name=template,
        context={
            "language": language,
            "languages": [(code.value, LANGUAGE_NAMES[code]) for code in Language],
            "_": say,
            **context,
        },
        headers={
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Content-Language": language.value,
            "Vary": "Accept-Language",
            "Cache-Control": "public, max-age=60" if cached else "no-store",
            "Referrer-Policy": "no-referrer" if not cached else "same-origin",
        },
    )
