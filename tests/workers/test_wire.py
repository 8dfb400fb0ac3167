"""How mails are written down: what a reader's program makes of it is what was said."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

from hypothesis import example, given
from hypothesis import strategies as st

from workers.mail.wire import WIRE

LETTERS = st.characters(categories=("L", "N", "P", "Sc"))
WORDS = st.text(LETTERS, min_size=1, max_size=20)


@example("Мигрантов Kaolack 移民協会 جمعية Kaolack Kaolack università Associazione Мигрантов المهاجرين")
@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_subjects_keep_their_words_apart(subject: str) -> None:
    mail = EmailMessage(policy=WIRE)
    mail["Subject"] = subject
    mail.set_content("x")
    written = mail.as_bytes()
    assert max(map(len, written.split(b"\r\n"))) <= 78 or subject.isascii()
    assert message_from_bytes(written, policy=default)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(written)["Subject"]))) == subject
