"""Installations with subscribers, and a mail server that receives."""

from collections.abc import Iterator

import pytest

from tests.mail_server import ReceivingServer
from tests.service.client import Installation
from tests.workers.subscribers import Post


@pytest.fixture
def mail_server() -> Iterator[ReceivingServer]:
    """A mail server that takes everything, unless it is told otherwise."""
    server = ReceivingServer()
    server.url = server.start()
    yield server
    server.stop()


@pytest.fixture
def post(installation: Installation, mail_server: ReceivingServer) -> Post:
    """An installation that sends over a real connection, on each kind of database."""
    return Post.of(installation, mail_server)


@pytest.fixture
def embedded_post(embedded: Installation, mail_server: ReceivingServer) -> Post:
    """The same on SQLite only, for what no database can change."""
    return Post.of(embedded, mail_server)
