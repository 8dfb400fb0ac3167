"""Where mail goes: to a mail server, or into a folder while none is set."""

import smtplib
import ssl
import threading
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.clock import now
from service.digests.contents import Letter
from service.digests.delivering import (
    NoServerError,
    NotWantedError,
    RefusedError,
    TemporaryError,
    UncertainError,
)
from service.digests.opt_in import OptInLetter
from service.digests.refusals import is_our_fault
from service.settings import LOCAL_HOSTS, Settings
from workers.mail.composing import compose

TIMEOUT_SECONDS = 15.0
DATA_SECONDS = 600.0
"""How long a server may take over a mail once it has it (RFC 5321, 4.5.3.2.6): whoever gives up earlier sends it twice."""


class MailSender:
    """Composes letters and sends them where the settings say."""

    def __init__(self, settings: Settings) -> None:
        given = settings.smtp_url
        self._settings = settings
        self._place = MailServer(given.get_secret_value()) if given else MailFolder(settings.mail_folder)

    def send(self, letter: Letter | OptInLetter) -> None:
        """Hand over one letter; raises ``DeliveryError``."""
        self._place.take(compose(letter, self._settings, now()))

    def rest(self) -> None:
        """Close what was opened to send."""
        self._place.rest()


class MailFolder:
    """Writes each mail into a file of its own, named after its ``Message-ID``: the same mail twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, mail: EmailMessage) -> None:
        """Write a mail; raises ``TemporaryError`` when the folder does not take it."""
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{name}.unfinished"
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise NoServerError("unreachable", str(error)) from None

    def rest(self) -> None:
        """There is nothing to close."""


class MailServer:
    """A mail server (SMTP), spoken to over one connection, one mail at a time.

    ``smtp://`` uses TLS where the server offers it, ``smtps://`` from the beginning; certificates are verified.
    A password is never sent in the clear but to this machine itself.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._tls_first = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls_first else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None
        self._turn = threading.Lock()

    def take(self, mail: EmailMessage) -> None:
        """Hand over a mail; raises a ``DeliveryError`` that says what the server said."""
        with self._turn:
            try:
                self._hand_over(self._ready(), mail)
            except (NoServerError, UncertainError):
                self._leave()
                raise

    def rest(self) -> None:
        """Say good-bye to the server."""
        with self._turn:
            if self._connection is not None:
                with suppress(smtplib.SMTPException, OSError):
                    self._connection.quit()
            self._leave()

    def check(self, sender: str) -> str:
        """How the server takes our sender; raises ``NoServerError`` when it cannot be reached or does not."""
        with self._turn:
            server = self._ready()
            try:
                code, text = server.mail(parseaddr(sender)[1])
                server.rset()
            except (smtplib.SMTPException, OSError) as error:
                raise NoServerError("unreachable", str(error)) from None
        self.rest()
        if code != 250:
            raise _not_for_us(code, text)
        return f"{self._host}:{self._port} answers {code} {_said(text)}"

    def _ready(self) -> smtplib.SMTP:
        """The open connection, or a new one where it was closed meanwhile."""
        if self._connection is not None:
            try:
                if self._connection.rset()[0] == 250:
                    return self._connection
            except (smtplib.SMTPException, OSError):
                pass
            self._leave()
        try:
            self._connection = self._connect()
        except smtplib.SMTPResponseException as error:
            raise _not_for_us(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NoServerError("unreachable", f"{self._host}:{self._port}: {error}") from None
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls_first:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        secure = self._tls_first
        server.ehlo_or_helo_if_needed()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            secure = True
        if self._user:
            if not secure and self._host not in LOCAL_HOSTS:
                server.close()
                raise NoServerError("configuration", "the server offers no TLS; the password was not sent")
            server.login(self._user, self._password)
        return server

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        sender, to = parseaddr(str(mail["From"]))[1], parseaddr(str(mail["To"]))[1]
        options = () if to.isascii() else ("SMTPUTF8",)
        if options and not server.has_extn("smtputf8"):
            raise RefusedError("address", "the server does not take addresses with such letters")
        try:
            code, text = server.mail(sender, options)
            if code != 250:
                # The sender is our own: its refusal says nothing about whom we write to.
                raise _not_for_us(code, text)
            code, text = server.rcpt(to)
        except (smtplib.SMTPException, OSError) as error:
            raise NoServerError("unreachable", str(error)) from None
        _check(code, text)
        try:
            code, text = _data(server, mail.as_bytes())
        except smtplib.SMTPDataError as error:
            code, text = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise UncertainError("interrupted", str(error) or type(error).__name__) from None
        _check(code, text)

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _data(server: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Send the mail itself, and wait for what the server makes of it."""
    assert server.sock is not None  # noqa: S101 - the server has answered on it a moment ago
    server.sock.settimeout(DATA_SECONDS)
    try:
        return server.data(content)
    finally:
        if server.sock is not None:
            server.sock.settimeout(TIMEOUT_SECONDS)


def _not_for_us(code: int, text: bytes | str) -> NoServerError:
    """What a server means that does not let us begin: it has no time now, or we are not set up as it wants."""
    return NoServerError("temporary" if 400 <= code < 500 else "configuration", f"{code} {_said(text)}")


def _check(code: int, text: bytes) -> None:
    """Raise what an answer other than 2xx means."""
    if code == 421:
        raise _not_for_us(code, text)
    said = f"{code} {_said(text)}"
    if 400 <= code < 500:
        raise TemporaryError("temporary", said)
    if code >= 500 and is_our_fault(said):
        raise NotWantedError("configuration", said)
    if code >= 500:
        raise RefusedError("refused", said)


def _said(text: bytes | str) -> str:
    return " ".join(_bytes(text).decode("utf-8", "replace").split())


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
