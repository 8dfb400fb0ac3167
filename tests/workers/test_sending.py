"""How a mail server is spoken to: over TLS where it offers that, and what it means when it does not let us begin."""

import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.harness.mail_server import ReceivingServer
from service.digests.delivering import Cause, NoServerError
from workers.mail import sending
from workers.mail.sending import MailServer
from workers.mail.wire import WIRE


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[ReceivingServer]:
    """A mail server with STARTTLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server = ReceivingServer(tls=context)
    server.url = server.start().replace("127.0.0.1", "localhost")
    yield server
    server.stop()


def mail() -> EmailMessage:
    written = EmailMessage(policy=WIRE)
    written["From"], written["To"], written["Subject"] = "us@example.org", "you@example.org", "Hello"
    written.set_content("Hello.")
    return written


def test_a_certificate_that_nobody_trusts_keeps_the_mail_here(tls_server: ReceivingServer) -> None:
    server = MailServer(tls_server.url)
    with pytest.raises(NoServerError, match="CERTIFICATE_VERIFY_FAILED"):
        server.take(mail())
    assert not tls_server.received


def test_a_trusted_one_carries_mails_over_tls(
    tls_server: ReceivingServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = MailServer(tls_server.url)
    server.take(mail())
    assert server._connection is not None
    assert isinstance(server._connection.sock, ssl.SSLSocket)
    server.take(mail())
    server.rest()
    assert len(tls_server.received) == 2


def test_a_password_is_not_sent_in_the_clear_to_another_machine(
    mail_server: ReceivingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOCAL_HOSTS", set())
    server = MailServer(mail_server.url.replace("smtp://", "smtp://user:secret@"))
    with pytest.raises(NoServerError, match="the password was not sent"):
        server.take(mail())
    assert not mail_server.received


@pytest.mark.parametrize(
    ("answer", "cause"), [("451 Come back later", "temporary"), ("550 We do not know you", "configuration")]
)
def test_a_server_that_does_not_take_our_sender_says_whether_it_may_later(
    answer: str, cause: Cause, mail_server: ReceivingServer
) -> None:
    mail_server.answer_mail = answer
    with pytest.raises(NoServerError) as raised:
        MailServer(mail_server.url).take(mail())
    assert (raised.value.cause, raised.value.text) == (cause, answer)
