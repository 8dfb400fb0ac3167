"""From what a digest says to the mail itself: text and HTML, with the headers that mailboxes expect."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from schemas.language import Language
from schemas.texts import on_one_line
from schemas.translation import Message, message
from schemas.wording import render
from service.digests.contents import Letter
from service.settings import Settings
from workers.mail.wire import WIRE

TEMPLATES = Path(__file__).parent / "templates"
ONE = message("For {organisation}: {candidate}")
ASKING = message("{organisation}: is your profile still valid?")
NAMED = message("{organisation}: is this partnership right?")
SEVERAL = message("For {organisation}: {candidate} and others")
FREQUENCIES: dict[str, Message] = {
    "immediately": message("as soon as there is something new"),
    "daily": message("once a day at most"),
    "weekly": message("once a week at most"),
    "monthly": message("once a month at most"),
}


def compose(letter: Letter, settings: Settings, now: datetime) -> EmailMessage:
    """The mail. Its ``Message-ID`` follows from the digest alone, so that a second copy is known as one."""
    domain = parseaddr(settings.sender)[1].rpartition("@")[2]
    unsubscribe = f"{settings.public_url}/api/v1/unsubscribe/{letter.unsubscribe_token}"
    mail = EmailMessage(policy=WIRE)
    mail["From"] = settings.sender
    mail["To"] = letter.to
    mail["Subject"] = subject_of(letter)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.digest}@{domain}>"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    context = {
        "letter": letter,
        "frequency": render(letter.language, FREQUENCIES[letter.frequency]),
        "home": f"{settings.public_url}/?language={letter.language.value}",
        "unsubscribe": f"{settings.public_url}/unsubscribe/{letter.unsubscribe_token}",
        "confirm": f"{settings.public_url}/confirm/{letter.unsubscribe_token}",
        "partnerships": f"{settings.public_url}/partnerships/{letter.unsubscribe_token}",
        "title": mail["Subject"],
    }
    mail.set_content(_rendered("digest.txt", letter.language, context))
    mail.add_alternative(
        mrml.to_html(_rendered("digest.mjml", letter.language, context)).content, subtype="html"
    )
    mail["Content-Language"] = letter.language.value
    return mail


def subject_of(letter: Letter) -> str:
    """The subject line: for whom, and whom first."""
    sentence = ONE if len(letter.suggestions) == 1 else SEVERAL
    if not letter.suggestions:
        sentence = ASKING if letter.confirmation_requests else NAMED
    values = {
        "organisation": letter.organisation,
        "candidate": letter.suggestions[0].name if letter.suggestions else "",
    }
    return on_one_line(render(letter.language, Message(sentence.text, values)))


def _rendered(template: str, language: Language, context: dict[str, object]) -> str:
    def say(text: str, **values: object) -> str:
        return render(language, Message(text, values))

    return _templates().get_template(template).render(context, _=say)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["mjml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
