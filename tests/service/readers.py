"""Those who read the addresses that organisations give: what they do with the mails."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from httpx2 import Response
from sqlmodel import Session, select

from service.db.base import new_id
from service.db.tables import Profile, Subscription
from service.digests.opt_in import opt_in_letter, opt_in_token
from tests.service.client import Installation

SITE = "http://127.0.0.1:8000"


def opt_in_link(installation: Installation, organisation: str) -> str:
    """The link of the opt-in mail to the present address of an organisation."""
    with Session(installation.app.state.engine) as session:
        query = select(Subscription).join(Profile).where(Profile.id == UUID(organisation))
        letter = opt_in_letter(new_id(), session.exec(query).one())
    return f"{SITE}/subscribe/{opt_in_token(installation.app.state.settings, letter)}"


def agree(installation: Installation, organisation: str) -> Response:
    """Open the link of the opt-in mail, and press its button."""
    answer = installation.client().post(opt_in_link(installation, organisation))
    assert answer.status_code == 200, answer.text
    return answer


def agree_by_mail(installation: Installation, mail: EmailMessage) -> None:
    """Press the button behind the link that an opt-in mail carries."""
    link = re.search(r"http\S+/subscribe/\S+", text_of(mail))
    assert link is not None
    answer = installation.client().post(link[0])
    assert answer.status_code == 200, answer.text


def parsed(raw: bytes) -> EmailMessage:
    """A mail as it was received."""
    return message_from_bytes(raw, policy=default)


def text_of(mail: EmailMessage) -> str:
    """The text part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
