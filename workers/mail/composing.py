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
from service.digests.frequencies import FREQUENCIES
from service.digests.opt_in import LINK_VALID, OptInLetter, opt_in_token
from service.settings import Settings
from workers.mail.wire import WIRE

TEMPLATES = Path(__file__).parent / "templates"
ONE = message("For {organisation}: {candidate}")
ASKING = message("{organisation}: is your profile still valid?")
NAMED = message("{organisation}: is this partnership right?")
SEVERAL = message("For {organisation}: {candidate} and others")
OPT_IN = message("Do you want partnership suggestions by e-mail?")


def compose(letter: Letter | OptInLetter, settings: Settings, now: datetime) -> EmailMessage:
    """The mail. Its ``Message-ID`` follows from the digest alone, so that a second copy is known as one."""
    if isinstance(letter, OptInLetter):
        link = f"{settings.public_url}/subscribe/{opt_in_token(settings, letter)}"
        subject = render(letter.language, OPT_IN)
        return _mail(letter, subject, "opt_in", settings, now, subscribe=link, days=LINK_VALID.days)
    return _mail(
        letter,
        subject_of(letter),
        "digest",
        settings,
        now,
        letter=letter,
        frequency=render(letter.language, FREQUENCIES[letter.frequency]),
        home=f"{settings.public_url}/?language={letter.language.value}",
        confirm=f"{settings.public_url}/confirm/{letter.unsubscribe_token}",
        partnerships=f"{settings.public_url}/partnerships/{letter.unsubscribe_token}",
    )


def _mail(
    letter: Letter | OptInLetter,
    subject: str,
    template: str,
    settings: Settings,
    now: datetime,
    /,
    **context: object,
) -> EmailMessage:
    """A mail as text and HTML, with the headers that let mailboxes offer to end them."""
    domain = parseaddr(settings.sender)[1].rpartition("@")[2]
    one_click = f"{settings.public_url}/api/v1/unsubscribe/{letter.unsubscribe_token}"
    mail = EmailMessage(policy=WIRE)
    mail["From"] = settings.sender
    mail["To"] = letter.to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.digest}@{domain}>"
    mail["List-Unsubscribe"] = f"<{one_click}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    context |= {
        "language": letter.language,
        "title": subject,
        "unsubscribe": f"{settings.public_url}/unsubscribe/{letter.unsubscribe_token}",
    }
    mail.set_content(_rendered(f"{template}.txt", letter.language, context))
    html = mrml.to_html(_rendered(f"{template}.mjml", letter.language, context)).content
    mail.add_alternative(html, subtype="html")
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
