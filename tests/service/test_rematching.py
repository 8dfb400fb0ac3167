"""Stored suggestions: computed again for what has changed, by one process at a time, and never half."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from bench.harness.databases import PostgresqlDatabases, SqliteDatabases
from service.clock import now
from service.db.engine import open_engine
from service.db.session import unit_of_work, with_wake_ups
from service.db.tables import OutboxRow, Profile, StoredSuggestion, Subscription, SuggestionList
from service.digests.suppression import address_hash
from service.outbox.announcing import announce_everything, announce_profiles
from service.outbox.repository import DAY
from service.outbox.sweeping import begin_day, topics_waiting
from service.rulesets import generation_repository as generations
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import STORED_PER_LIST, Rematching
from tests.service.client import Installation
from tests.service.examples import register
from tests.service.workers import rematching

Lists = dict[str, list[str]]
GONE = "elsewhere:1:abcdef"


def stored_lists(engine: Engine) -> Lists:
    """Every list that is shown, by the subject's key: the candidates' keys in order."""
    with Session(engine) as session:
        keys = dict(session.execute(select(Profile.number, Profile.key)).all())
        shown = generations.shown_version(session)
        subjects = select(SuggestionList.subject_number).where(SuggestionList.ruleset_version == shown)
        lists: Lists = {keys[number]: [] for number in session.exec(subjects)}
        rows = select(StoredSuggestion).where(StoredSuggestion.ruleset_version == shown)
        for row in session.exec(rows.order_by(col(StoredSuggestion.rank))):
            lists[keys[row.subject_number]].append(keys[row.candidate_number])
    return lists


def live_lists(installation: Installation, of_each: int) -> Lists:
    """What the API answers now for some profiles of each kind."""
    client = installation.client()
    keys: dict[str, str] = {}
    lists: Lists = {}
    for kind in ("associations", "authorities", "programmes", "projects"):
        profiles = client.get(f"/{kind}", params={"limit": 100}).json()["items"]
        keys |= {profile["id"]: profile["key"] for profile in profiles}
        for profile in profiles[:of_each]:
            answer = client.get(f"/{kind}/{profile['id']}/suggestions", params={"limit": STORED_PER_LIST})
            lists[profile["key"]] = [item["candidate"]["id"] for item in answer.json()["items"]]
    return {key: [keys[identifier] for identifier in ids] for key, ids in lists.items()}


def waiting(engine: Engine) -> list[OutboxRow]:
    with Session(engine) as session:
        return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.number))))


@pytest.fixture
def filled(documented_installation: Installation) -> Installation:
    """The documented initiatives on each kind of database."""
    return documented_installation


def test_stored_lists_are_what_the_api_answers(filled: Installation) -> None:
    assert rematching(filled)() > 0
    assert waiting(filled.app.state.engine) == []
    live = live_lists(filled, of_each=5)
    stored = stored_lists(filled.app.state.engine)
    assert len(live) >= 15
    assert {key: stored[key] for key in live} == live


def test_a_new_profile_gets_a_list_and_comes_onto_the_lists_of_others(filled: Installation) -> None:
    engine = filled.app.state.engine
    worker = rematching(filled)
    worker()
    new = register(filled.client("steward"))
    assert len(waiting(engine)) == 1
    made = worker()
    lists = stored_lists(engine)
    assert 0 < made < len(lists)
    assert lists[new["key"]]
    assert any(new["key"] in candidates for candidates in lists.values())
    assert waiting(engine) == []


def test_a_change_a_deletion_and_a_partnership_lead_to_the_lists_of_a_full_run(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    worker = rematching(filled)
    worker()
    club, town = register(steward), register(steward, "authorities")
    worker()
    steward.patch(f"/associations/{club['id']}", json={"origin": ["MX-ZAC"], "residence": ["US-IL"]})
    worker()
    steward.post("/partnerships", json={"query": club["key"], "candidate": town["key"]})
    worker()
    steward.delete(f"/authorities/{town['id']}")
    worker()
    little_by_little = stored_lists(engine)
    with unit_of_work(engine) as session:
        announce_everything(session, now())
    rematching(filled)()
    whole = stored_lists(engine)
    assert {key: set(found) for key, found in little_by_little.items()} == {
        key: set(found) for key, found in whole.items()
    }
    assert not any(town["key"] in found for found in whole.values())


def test_an_unpublished_profile_has_no_list_and_is_on_none(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    worker = rematching(filled)
    club = register(steward)
    worker()
    steward.patch(f"/associations/{club['id']}", json={"published": False})
    worker()
    lists = stored_lists(engine)
    assert club["key"] not in lists
    assert not any(club["key"] in found for found in lists.values())


def test_lists_carry_the_version_of_the_rules_that_made_them(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    worker = rematching(filled)
    worker()
    draft = steward.post("/rulesets", json={"name": "balanced again", "reason": "to see"}).json()
    assert steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "seen"}).status_code == 200
    worker()
    with Session(engine) as session:
        assert generations.shown_version(session) == draft["version"]
    assert stored_lists(engine)


def test_what_stays_on_a_list_keeps_the_time_it_came(filled: Installation) -> None:
    engine = filled.app.state.engine
    worker = rematching(filled)
    worker()
    with Session(engine) as session:
        before = {
            (s.subject_number, s.candidate_number): s.first_seen_at
            for s in session.exec(select(StoredSuggestion))
        }
    with unit_of_work(engine) as session:
        announce_everything(session, now())
    worker()
    with Session(engine) as session:
        after = {
            (s.subject_number, s.candidate_number): s.first_seen_at
            for s in session.exec(select(StoredSuggestion))
        }
    assert after == before


def held_by(engine: Engine, owner: str, ends_in: timedelta) -> None:
    with unit_of_work(engine) as session:
        for row in session.exec(select(OutboxRow)):
            row.lease_owner, row.lease_until = owner, now() + ends_in
            session.add(row)


def test_what_another_worker_holds_is_left_to_it_until_its_lease_ends(filled: Installation) -> None:
    engine = filled.app.state.engine
    held_by(engine, GONE, timedelta(seconds=30))
    with unit_of_work(engine) as session:
        announce_profiles(session, [1], now())
    assert rematching(filled)() == 0
    held_by(engine, GONE, timedelta(seconds=-1))
    assert rematching(filled)() > 0
    assert waiting(engine) == []


def test_a_worker_whose_work_was_taken_over_stores_nothing_more(filled: Installation) -> None:
    engine = filled.app.state.engine
    taken: list[int] = []

    def take_over(done: int, _total: int | None) -> None:
        taken.append(done)
        held_by(engine, GONE, timedelta(seconds=30))

    assert rematching(filled, progress=take_over)() == 0
    assert len(taken) == 1
    assert waiting(engine)


def test_a_full_run_that_was_broken_off_goes_on_where_it_was(filled: Installation) -> None:
    engine = filled.app.state.engine
    rematching(filled)()
    with unit_of_work(engine) as session:
        announce_everything(session, now())
    counted: list[int] = []

    def break_off(done: int, _total: int | None) -> None:
        counted.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rematching(filled, progress=break_off)()
    assert waiting(engine)[0].payload["after"] > 0
    assert waiting(engine)[0].lease_owner is None
    total = len(stored_lists(engine))
    assert rematching(filled)() == total - counted[0]


def test_what_changed_while_a_full_run_was_broken_off_is_not_lost(filled: Installation) -> None:
    engine = filled.app.state.engine
    worker = rematching(filled)
    worker()
    with unit_of_work(engine) as session:
        announce_everything(session, now())

    def break_off(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        rematching(filled, progress=break_off)()
    broken_off = waiting(engine)[0].payload["after"]
    new = register(filled.client("steward"))
    worker()
    little_by_little = stored_lists(engine)
    with unit_of_work(engine) as session:
        numbers = dict(session.execute(select(Profile.key, Profile.number)).all())
        announce_everything(session, now())
    behind = {key for key, number in numbers.items() if number <= broken_off}
    assert any(new["key"] in little_by_little[key] for key in behind)
    rematching(filled)()
    assert _listing(stored_lists(engine), new["key"]) == _listing(little_by_little, new["key"])


def _listing(lists: Lists, key: str) -> set[str]:
    """On whose lists a profile stands."""
    return {subject for subject, candidates in lists.items() if key in candidates}


def test_what_fails_is_tried_later_and_keeps_nothing_else_from_being_done(
    filled: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = filled.app.state.engine
    worker = rematching(filled)
    worker()
    with unit_of_work(engine) as session:
        announce_everything(session, now())

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(MatchIndex, "suggest", fails)
        assert worker() == 0
    left = waiting(engine)[0]
    assert left.attempts == 1
    assert left.due_at > now()
    register(filled.client("steward"))
    assert worker() > 0
    assert [row.number for row in waiting(engine)] == [left.number]


def test_a_change_wakes_the_worker_only_once_it_is_committed(filled: Installation) -> None:
    woken: list[int] = []
    engine = filled.app.state.engine

    def wake(_topic: str) -> None:
        woken.append(len(waiting(engine)))

    before = len(waiting(engine))
    with unit_of_work(with_wake_ups(engine, wake)) as session:
        announce_profiles(session, [1], now())
        assert woken == []
    assert woken == [before + 1]
    with suppress(RuntimeError), unit_of_work(with_wake_ups(engine, wake)) as session:
        announce_profiles(session, [1], now())
        raise RuntimeError
    assert woken == [before + 1]


def test_a_refused_request_leaves_no_word(filled: Installation) -> None:
    steward = filled.client("steward")
    before = len(waiting(filled.app.state.engine))
    assert steward.post("/associations", json={"name": "", "origin": ["XX"]}).status_code == 422
    assert len(waiting(filled.app.state.engine)) == before


def test_the_sweep_finds_what_nobody_came_for(installation: Installation) -> None:
    engine = installation.app.state.engine
    register(installation.client("steward"))
    with unit_of_work(engine) as session:
        assert list(topics_waiting(session, now())) == []
        assert list(topics_waiting(session, now() + timedelta(seconds=10))) == ["rematch"]


def test_each_day_begins_once(filled: Installation) -> None:
    engine = filled.app.state.engine
    today = now()
    begun: Callable[[timedelta], bool] = lambda later: _begins(engine, today + later)  # noqa: E731 - read as a sentence below
    assert not begun(timedelta())
    assert not begun(timedelta())
    assert begun(timedelta(days=1))
    assert not begun(timedelta(days=1))
    assert [row.payload for row in waiting(engine) if "all" in row.payload] == [{"all": True}]
    with Session(engine) as session:
        counted = session.execute(text("SELECT value FROM counter WHERE name = :name"), {"name": DAY})
        assert counted.scalar_one() == (today + timedelta(days=1)).date().toordinal()


def _begins(engine: Engine, at: Any) -> bool:
    with unit_of_work(engine) as session:
        return begin_day(session, at)


def test_those_who_want_to_hear_at_once_are_due_when_something_new_fits(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    worker = rematching(filled)
    town = register(steward, "authorities")
    worker()
    with unit_of_work(engine) as session:
        number = session.exec(select(Profile.number).where(Profile.key == town["key"])).one()
        session.add(
            Subscription(
                organisation_number=number or 0,
                email="office@example.org",
                address_hash=address_hash("office@example.org"),
                state="active",
                frequency="immediately",
                language="fr",
                timezone="Europe/Rome",
                unsubscribe_token="t",
                created_at=now(),
                updated_at=now(),
            )
        )
    register(steward)
    worker()
    with Session(engine) as session:
        assert session.exec(select(Subscription.next_due_at)).one() is not None


def test_both_kinds_of_database_hold_the_same_lists(
    documented_sqlite_databases: SqliteDatabases, documented_postgresql_databases: PostgresqlDatabases
) -> None:
    with documented_sqlite_databases.fresh() as one, documented_postgresql_databases.fresh() as other:
        there, here = lists_of_the_documented(one), lists_of_the_documented(other)
    assert there == here
    assert len(there) > 200


def lists_of_the_documented(database_url: str) -> list[tuple[Any, ...]]:
    """Every stored suggestion between the documented profiles, with keys for numbers, score and points."""
    engine = open_engine(database_url)
    assert Rematching(engine, MatchIndex(engine))() > 0
    with Session(engine) as session:
        keys = dict(session.execute(select(Profile.number, Profile.key)).all())
        rows = [
            (keys[row.subject_number], row.rank, keys[row.candidate_number], row.score, row.parts)
            for row in session.exec(select(StoredSuggestion))
        ]
    engine.dispose()
    return sorted(rows)
