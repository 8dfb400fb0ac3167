"""The web server: it minds signals itself, and waits for nobody who begins a request and does not end it."""

import asyncio
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from console.environment import Stopping

HEAD_SECONDS = 20.0
"""How long the head of a request may take, from the connection or from its first byte on."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 on a connection that is closed where the head of a request does not come to its end."""

    _expiry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Expect the first request."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request has begun: expect the rest of its head."""
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; how long the body takes, the application minds."""
        self._expect_nothing()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._expect_nothing()
        self._expiry = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None


class StoppableServer(uvicorn.Server):
    """The web server, which from its start on minds signals itself and heeds those that came before."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, unless the end was asked for meanwhile."""
        await super().startup(sockets)
        self.should_exit = self.should_exit or self._stopping.asked


def server_config(app: Any, shutdown_seconds: int, trusted_proxies: str) -> uvicorn.Config:
    """How this application is served."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=shutdown_seconds,
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
    )
