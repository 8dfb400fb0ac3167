"""A broker spoken to over TLS: its certificate is verified, by the worker as by the check of readiness."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError
from pydantic import SecretStr

from service.health.checks import readiness
from service.outbox.announcing import REMATCH
from service.settings import Settings
from tests.conftest import needs
from tests.e2e.private_servers import free_port
from tests.e2e.processes import until
from tests.service.client import Installation
from workers.app import make_app, wake


@pytest.fixture
def broker_url(certificate: Path) -> Iterator[str]:
    """A Redis of the test's own that speaks TLS only."""
    needs("redis-server", shutil.which("redis-server") is not None)
    port = free_port()
    key = certificate.with_name("key.pem")
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", "",
         "--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate),
         "--tls-auth-clients", "no", "--dir", str(certificate.parent)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    yield f"rediss://localhost:{port}/0"
    process.kill()
    process.wait()


def test_only_a_broker_whose_certificate_is_trusted_is_spoken_to(
    broker_url: str, certificate: Path, embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(broker_url=SecretStr(broker_url), _env_file=None)
    (check,) = (one for one in readiness(embedded.app.state.engine, settings) if one.name == "broker")
    with monkeypatch.context() as trusting:
        trusting.setenv("SSL_CERT_FILE", str(certificate))
        assert until(lambda: check().ok, 20)
    assert not check().ok
    with pytest.raises(OperationalError):
        wake(make_app(settings), REMATCH)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wake(make_app(settings), REMATCH)
