"""A real mail server: it keeps what arrives as bytes, and answers as it was set to."""

import asyncio
import ssl
import threading
from asyncio import Transport
from asyncio.base_events import Server
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK"
HANG_UP = "hang up"


@dataclass
class ReceivingServer:
    """What arrived, in order. ``answer_mail`` is said to every sender, ``answer_rcpt`` and ``answer_data`` say what is
    answered to whom; with ``tls`` it offers STARTTLS.
    """

    answer_mail: str = ACCEPTED
    answer_rcpt: Callable[[str], str] = lambda _to: ACCEPTED
    answer_data: Callable[[str], str] = lambda _to: ACCEPTED
    received: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    seconds: float = 0.0
    tls: ssl.SSLContext | None = None
    _controller: Controller | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> str:
        """Listen on a free port; the address for ``PASSERELLE_SMTP_URL``."""
        controller = _AnyPort(self)
        controller.start()
        self._controller = controller
        return f"smtp://127.0.0.1:{controller.taken_port}"

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()

    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [_parsed(content) for _, content in self.received]

    def message_ids(self) -> list[str]:
        """The ``Message-ID`` of all that arrived, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails()]

    async def handle_EHLO(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_mail.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.answer_mail

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answer_rcpt(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by aiosmtpd
        answer = self.answer_data(envelope.rcpt_tos[0])
        await asyncio.sleep(self.seconds)
        if answer == HANG_UP:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        if answer.startswith("2"):
            content = envelope.original_content or b""
            with self._lock:
                self.received.append((envelope.rcpt_tos[0], content))
        return answer


class _AnyPort(Controller):
    """A controller that takes a free port by itself."""

    taken_port = 0

    def __init__(self, handler: ReceivingServer) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, tls_context=handler.tls)

    def _trigger_server(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        self.taken_port = server.sockets[0].getsockname()[1]
        self.port = self.taken_port
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own


def _parsed(content: bytes) -> EmailMessage:
    parsed: Any = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed
