"""Installations with subscribers, and a mail server that receives."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.harness.mail_server import ReceivingServer
from tests.conftest import needs
from tests.service.client import Installation
from tests.workers.subscribers import Post


@pytest.fixture
def mail_server() -> Iterator[ReceivingServer]:
    """A mail server that takes everything, unless it is set otherwise."""
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


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody has reason to trust, with its key beside it."""
    needs("openssl", shutil.which("openssl") is not None)
    made = tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "key.pem"), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made
