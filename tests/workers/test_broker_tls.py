"""A broker spoken to over TLS: its certificate is verified, by the worker as by the check of readiness."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError
from pydantic import SecretStr

from bench.harness.processes import until
from service.health.checks import readiness
from service.outbox.announcing import REMATCH
from service.settings import Settings
from tests.e2e.private_servers import PrivateRedis
from tests.service.client import Installation
from workers.app import make_app, wake


@pytest.fixture
def broker_url(tmp_path: Path, certificate: Path) -> Iterator[str]:
    """A Redis of the test's own that speaks TLS only."""
    redis = PrivateRedis.start(tmp_path, certificate)
    yield redis.url
    redis.stop()


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
