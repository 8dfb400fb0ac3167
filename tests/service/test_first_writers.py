"""Rows that are made by whoever comes first: two who come at once are both served."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep

from sqlmodel import Session

from service.db.counters import counter_value, set_counter
from service.db.engine import open_engine
from service.db.session import reading, unit_of_work
from service.health.measurement_repository import measure, measurements
from service.outbox.repository import turn_day
from service.rulesets import generation_repository as generations
from service.rulesets.service import active_ruleset

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = NOON.toordinal()
Write = Callable[[Session], object]


def both_at_once(database_url: str, write: Write) -> tuple[object, object]:
    """What two get who write the same, the second before the first has committed."""
    engine = open_engine(database_url)

    def second() -> object:
        with unit_of_work(engine) as session:
            return write(session)

    with ThreadPoolExecutor(1) as other:
        with unit_of_work(engine) as session:
            first = write(session)
            waiting = other.submit(second)
            sleep(0.2)
        result = waiting.result(timeout=20)
    engine.dispose()
    return first, result


def read(database_url: str, look: Callable[[Session], object]) -> object:
    engine = open_engine(database_url)
    with reading(engine) as session:
        found = look(session)
    engine.dispose()
    return found


def test_both_pieces_of_work_are_measured(database_url: str) -> None:
    both_at_once(database_url, lambda session: measure(session, "digest_sent", 0.5, NOON))
    sent = read(database_url, lambda session: measurements(session)["digest_sent"].model_dump())
    assert sent == {
        "name": "digest_sent", "times": 2, "seconds": 1.0, "last_seconds": 0.5, "measured_at": NOON,
    }  # fmt: skip


def test_a_day_begins_once(database_url: str) -> None:
    assert both_at_once(database_url, lambda session: turn_day(session, TODAY)) == (False, False)
    assert both_at_once(database_url, lambda session: turn_day(session, TODAY + 1)) == (True, False)


def test_a_counter_is_set_by_both(database_url: str) -> None:
    both_at_once(database_url, lambda session: set_counter(session, "placed", 3))
    assert read(database_url, lambda session: counter_value(session, "placed")) == 3


def test_the_first_lists_are_shown_whoever_makes_them(database_url: str) -> None:
    def begin(session: Session) -> int:
        version = active_ruleset(session).version or 0
        generations.begin(session, version)
        return version

    first, second = both_at_once(database_url, begin)
    assert first == second == read(database_url, generations.shown_version)
