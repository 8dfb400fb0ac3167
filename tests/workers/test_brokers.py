"""The same work over every broker and on both databases: from a registration to a mail."""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select

from bench.harness.brokers import BROKERS, broker_is_there, empty_queue, queues_removed
from bench.harness.processes import until
from service.db.tables import Digest, OutboxRow
from service.outbox.announcing import TOPICS
from service.settings import Settings
from tests.conftest import needs
from tests.service.client import installation_with
from tests.service.examples import register
from tests.service.readers import agree_by_mail, parsed, text_of
from workers.app import make_app, queue_name, wake
from workers.embedded import EmbeddedWorker

IMMEDIATELY = {"frequency": "immediately", "language": "it", "timezone": "Europe/Rome"}


BACKENDS = [("memory", "sqlite"), ("memory", "postgresql"), ("redis", "postgresql"), ("rabbitmq", "sqlite")]
"""A broker and a database: neither knows of the other, so not each goes with each."""
on_each_backend = pytest.mark.parametrize(("broker", "database_url"), BACKENDS, indirect=["database_url"])


@pytest.fixture
def settings(broker: str, database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a broker and a database."""
    url = BROKERS.get(broker)
    if url is not None:
        needs(broker, broker_is_there(url))
    given = Settings(
        database_url=database_url,
        broker_url=SecretStr(url) if url else None,
        data_dir=tmp_path,
        _env_file=None,
    )
    with queues_removed(make_app(given)) if url else nullcontext():
        yield given


def mails(settings: Settings) -> list[EmailMessage]:
    """All that was sent, oldest first."""
    files = sorted(settings.mail_folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [parsed(file.read_bytes()) for file in files]


@on_each_backend
def test_a_registration_leads_to_a_mail(settings: Settings) -> None:
    with EmbeddedWorker(settings) as worker, installation_with(settings, worker.wake_up) as installation:
        club = register(installation.client("steward"))
        member = installation.client("member", club["id"])
        assert member.put("/me/subscription", json=IMMEDIATELY).status_code == 201
        assert until(lambda: len(mails(settings)) == 1)
        agree_by_mail(installation, mails(settings)[0])
        register(installation.client("steward"), "authorities")
        assert until(lambda: len(mails(settings)) == 2)
        assert until(lambda: member.get("/digests").json()["items"][0]["state"] == "sent")
    assert "Comune di Padova" in text_of(mails(settings)[1])


@on_each_backend
def test_doubled_messages_find_nothing_to_do(settings: Settings) -> None:
    app = make_app(settings)
    with EmbeddedWorker(settings) as worker, installation_with(settings, worker.wake_up) as installation:
        club = register(installation.client("steward"))
        installation.client("member", club["id"]).put("/me/subscription", json=IMMEDIATELY)
        assert until(lambda: len(mails(settings)) == 1)
        agree_by_mail(installation, mails(settings)[0])
        register(installation.client("steward"), "authorities")
        for _ in range(20):
            for topic in TOPICS:
                wake(app, topic)
        engine = installation.app.state.engine

        def is_sent() -> bool:
            with Session(engine) as session:
                return [digest.state for digest in session.exec(select(Digest))] == ["sent", "sent"]

        assert until(is_sent)
        time.sleep(1)
        assert is_sent()
    assert len(list(settings.mail_folder.iterdir())) == 2


@on_each_backend
def test_what_was_lost_on_the_way_is_found_by_the_sweep(settings: Settings) -> None:
    with installation_with(settings) as silent:
        register(silent.client("steward"))
        if settings.broker_url is not None:
            app = make_app(settings)
            for topic in TOPICS:
                wake(app, topic)
            empty_queue(app)
        with EmbeddedWorker(settings):
            # Nobody wakes it for this one: its word lies in the outbox alone.
            register(silent.client("steward"), "authorities")

            def all_done() -> bool:
                with Session(silent.app.state.engine) as session:
                    return session.exec(select(OutboxRow)).first() is None

            assert until(all_done)


def test_installations_that_share_a_broker_have_queues_of_their_own(tmp_path: Path) -> None:
    queues = {queue_name(Settings(data_dir=tmp_path / name, _env_file=None)) for name in ("one", "other")}
    assert len(queues) == 2
