"""The scheduler by itself: it shows that it lives, whether or not anybody does what it asks for."""

import pytest
from sqlmodel import Session

from bench.harness.processes import until
from service.health.heartbeat_repository import SCHEDULER, last_heartbeat
from service.settings import Settings
from tests.service.client import Installation
from workers.app import make_app
from workers.heartbeat import Heartbeat
from workers.schedule import Schedule


def has_beaten(installation: Installation) -> bool:
    with Session(installation.app.state.engine) as session:
        return last_heartbeat(session, SCHEDULER) is not None


def test_a_scheduler_shows_life_while_no_worker_is_there(installation: Installation) -> None:
    schedule = Schedule(make_app(Settings(_env_file=None)), installation.app.state.engine)
    schedule.start()
    assert until(lambda: has_beaten(installation))
    schedule.stop()
    assert not schedule.goes_on(5)


def test_a_scheduler_that_cannot_ask_shows_none(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(Settings(_env_file=None))
    schedule = Schedule(app, embedded.app.state.engine)
    asked: list[object] = []

    def refuse(*what: object) -> float:
        asked.append(what)
        raise SystemExit

    monkeypatch.setattr("celery.beat.Scheduler.tick", refuse)
    schedule.start()
    assert not schedule.goes_on(5)
    assert asked
    assert not has_beaten(embedded)


def test_a_heart_beats_at_most_every_ten_seconds(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    monkeypatch.setattr("workers.heartbeat.beat_heart", lambda *said: written.append(said))
    heart = Heartbeat(embedded.app.state.engine, SCHEDULER)
    heart()
    heart()
    assert len(written) == 1
    heart._next_at -= 11
    heart()
    assert len(written) == 2
