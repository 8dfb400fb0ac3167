"""``/healthz``, ``/readyz``, ``/metrics``, and logs: what is seen from outside, and what never is."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from service.app import create_app
from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import OutboxRow
from service.digests.delivering import Cause
from service.health.checks import background
from service.health.findings import Checked
from service.health.heartbeat_repository import SCHEDULER, WORKER, beat_heart, last_heartbeat
from service.logs import configure_logs
from service.settings import Settings
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation
from tests.service.examples import register


def outside(installation: Installation) -> TestClient:
    """A client at the root of the service."""
    return TestClient(
        installation.app,
        base_url="http://127.0.0.1:8000",
        client=("127.0.0.1", 1),
        raise_server_exceptions=False,
    )


def figures(installation: Installation) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What ``/metrics`` says, by name and labels."""
    answer = outside(installation).get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_lives_and_is_ready(installation: Installation) -> None:
    assert outside(installation).get("/healthz").json() == {"status": "ok"}
    ready = outside(installation).get("/readyz")
    assert ready.status_code == 200
    assert [check["name"] for check in ready.json()["checks"]] == [
        "storage",
        "database",
        "migrations",
        "broker",
    ]


def test_it_is_not_ready_while_a_migration_is_missing(installation: Installation) -> None:
    with unit_of_work(installation.app.state.engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = outside(installation).get("/readyz")
    assert answer.status_code == 503
    failing = [check for check in answer.json()["checks"] if not check["ok"]]
    assert [check["name"] for check in failing] == ["migrations"]
    assert "passerelle db upgrade" in failing[0]["detail"]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_it_is_not_ready_while_the_broker_does_not_answer(embedded: Installation, scheme: str) -> None:
    settings = embedded.app.state.settings
    nobody = SecretStr(f"{scheme}://user:hidden@127.0.0.1:1/")
    embedded.app.state.settings = settings.model_copy(update={"broker_url": nobody})
    answer = outside(embedded).get("/readyz")
    assert answer.status_code == 503
    assert "PASSERELLE_BROKER_URL" in answer.text
    assert "hidden" not in answer.text


def test_metrics_tell_of_the_outbox_and_of_rematching(installation: Installation) -> None:
    register(installation.client("steward"))
    engine = installation.app.state.engine
    with unit_of_work(engine) as session:
        row = session.exec(select(OutboxRow)).one()
        row.created_at = now() - timedelta(minutes=5)
        session.add(row)
    before = figures(installation)
    assert before["passerelle_outbox_rows", ()] == 1
    assert 300 <= before["passerelle_outbox_oldest_seconds", ()] < 330
    Rematching(engine, MatchIndex(engine))()
    after = figures(installation)
    assert after["passerelle_outbox_rows", ()] == 0
    assert after["passerelle_rematch_seconds_count", ()] == 1
    assert after["passerelle_rematch_last_seconds", ()] > 0


def test_failures_that_never_happened_are_counted_as_none(embedded: Installation) -> None:
    counted = figures(embedded)
    for cause in get_args(Cause):
        assert counted["passerelle_digests_failed_total", (("class", cause),)] == 0
        assert counted["passerelle_digests_put_off", (("class", cause),)] == 0


def test_metrics_count_requests_by_route_and_not_by_address(embedded: Installation) -> None:
    made = register(embedded.client("steward"))
    embedded.client().get(f"/associations/{made['id']}")
    counted = figures(embedded)
    labels = (("method", "GET"), ("route", "/associations/{profile_id}"), ("status", "200"))
    assert counted["passerelle_request_seconds_count", labels] == 1
    assert not any(made["id"] in str(key) for key in counted)


def checked(installation: Installation) -> dict[str, Checked]:
    return {found.name: found for found in (check() for check in background(installation.app.state.engine))}


def test_a_clock_that_was_set_back_is_reported(installation: Installation) -> None:
    with unit_of_work(installation.app.state.engine) as session:
        beat_heart(session, WORKER, "one", now() + timedelta(hours=2))
    found = checked(installation)
    assert not found["worker"].ok
    assert "NTP" in found["worker"].detail
    assert "-" not in found["worker"].detail


def test_silence_of_worker_and_scheduler_is_reported(installation: Installation) -> None:
    found = checked(installation)
    assert (found["worker"].ok, found["scheduler"].ok, found["clock"].ok) == (False, False, True)
    with unit_of_work(installation.app.state.engine) as session:
        beat_heart(session, WORKER, "one", now())
        beat_heart(session, WORKER, "another", now() - timedelta(minutes=10))
        beat_heart(session, SCHEDULER, "beat", now() - timedelta(minutes=10))
    found = checked(installation)
    assert found["worker"].ok
    assert "10 min" in found["scheduler"].detail
    assert "passerelle beat" in found["scheduler"].detail


def test_a_clock_that_is_ahead_of_others_is_reported(embedded: Installation) -> None:
    with unit_of_work(embedded.app.state.engine) as session:
        beat_heart(session, WORKER, "from tomorrow", now() + timedelta(hours=5))
    assert not checked(embedded)["clock"].ok


def test_processes_not_heard_of_for_a_day_are_forgotten(embedded: Installation) -> None:
    engine = embedded.app.state.engine
    with unit_of_work(engine) as session:
        beat_heart(session, WORKER, "old", now() - timedelta(days=2))
        beat_heart(session, SCHEDULER, "beat", now())
    with Session(engine) as session:
        assert last_heartbeat(session, WORKER) is None


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged from here on."""
    written = io.StringIO()
    root, former = logging.getLogger(), logging.getLogger().handlers
    levels = root.level, logging.getLogger("passerelle").level
    configure_logs(stream=written)
    yield written
    root.handlers = former
    root.setLevel(levels[0])
    logging.getLogger("passerelle").setLevel(levels[1])


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_the_name_of_a_request_reaches_the_work_that_follows(
    installation: Installation, logged: io.StringIO
) -> None:
    steward = installation.client("steward")
    answer = steward.post(
        "/associations",
        json={"name": "Club", "origin": ["SN"], "residence": ["IT"]},
        headers={"X-Request-ID": "from-the-form-7"},
    )
    assert answer.headers["x-request-id"] == "from-the-form-7"
    engine = installation.app.state.engine
    Rematching(engine, MatchIndex(engine))()
    named = {line["event"]: line["request_id"] for line in lines(logged)}
    assert named["request"] == "from-the-form-7"
    assert named["rematch done"] == "from-the-form-7"


def test_a_request_without_a_sensible_name_gets_one(embedded: Installation) -> None:
    client = embedded.client()
    names = {
        client.get("/priorities", headers={"X-Request-ID": given}).headers["x-request-id"]
        for given in ("", "two words", "x" * 200)
    }
    assert len(names) == 3
    assert all(len(name) == 32 for name in names)


def test_logs_hold_no_addresses_no_searches_and_no_secrets(
    embedded: Installation, logged: io.StringIO
) -> None:
    steward = embedded.client("steward")
    register(steward, contact_email="someone@example.org", name="Les amis de Kaolack")
    steward.get("/associations", params={"q": "someone@example.org"})
    steward.post("/unsubscribe/a-secret-token")
    logging.getLogger("passerelle.test").warning("refused by %s", "someone@example.org")
    said = logged.getvalue()
    assert "refused by [address]" in said
    for secret in ("someone@example.org", "Kaolack", "a-secret-token", "Bearer"):
        assert secret not in said


def test_what_somebody_wrote_is_not_in_the_log_of_a_failed_statement(
    installation: Installation, logged: io.StringIO
) -> None:
    written = {"said": "Les amis de Kaolack"}
    with Session(installation.app.state.engine) as session, pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT :said FROM nowhere"), written)
    logging.getLogger("passerelle.test").error("it failed", exc_info=failed.value)
    assert "nowhere" in logged.getvalue()
    assert "Kaolack" not in logged.getvalue()


@pytest.mark.parametrize("url", ["sqlite:///{folder}/empty.sqlite3", "postgresql://nobody@127.0.0.1:1/none"])
def test_it_lives_without_its_database_and_is_not_ready(url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=url.format(folder=tmp_path), data_dir=tmp_path, _env_file=None)
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
