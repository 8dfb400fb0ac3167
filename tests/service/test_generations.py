"""Under new rules the former lists are shown until the new ones are whole; a rollback shows them again as they were."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from schemas.weights import PARTS
from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Generation, OutboxRow, Profile, StoredSuggestion, Subscription, SuggestionList
from service.digests.suppression import address_hash
from service.rulesets import generation_repository as generations
from service.suggestions import rematching as module
from tests.service.client import Installation
from tests.service.examples import register
from tests.service.workers import LISTS_AT_ONCE, rematching


@pytest.fixture
def filled(listed_installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An application with the documented initiatives and their lists, which makes others in many small steps."""
    monkeypatch.setattr(module, "LISTS_PER_TRANSACTION", LISTS_AT_ONCE)
    return listed_installation


def killed_after(installation: Installation, lists: int) -> None:
    """A worker that dies when it has made so many lists."""

    def die(done: int, _total: int | None) -> None:
        if done >= lists:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rematching(installation, progress=die)()


def shown(engine: Engine) -> tuple[int | None, list[Any], list[Any]]:
    """Whose lists are shown, and everything in them."""
    with reading(engine) as session:
        version = generations.shown_version(session)
        lists = select(SuggestionList).where(SuggestionList.ruleset_version == version)
        rows = select(StoredSuggestion).where(StoredSuggestion.ruleset_version == version)
        return (
            version,
            sorted(tuple(row.model_dump().items()) for row in session.exec(lists)),
            sorted(session.exec(rows), key=lambda row: (row.subject_number, row.rank)),
        )


def plain(found: tuple[int | None, list[Any], list[Any]]) -> list[Any]:
    return [found[0], found[1], [row.model_dump() for row in found[2]]]


def activate(steward: Any, sector: int) -> dict[str, Any]:
    """New rules by which sectors count for ``sector`` and each other part for 10."""
    draft = steward.post("/rulesets", json={"name": f"sector {sector}", "reason": "to see"}).json()
    weights = dict.fromkeys(PARTS, 10) | {"sector": sector}
    assert steward.patch(f"/rulesets/{draft['id']}", json={"weights": weights}).status_code == 200
    answer = steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "to see"})
    assert answer.status_code == 200
    active: dict[str, Any] = answer.json()
    return active


def test_former_lists_are_shown_until_the_new_ones_are_whole(filled: Installation) -> None:
    engine = filled.app.state.engine
    before = plain(shown(engine))
    ruleset = activate(filled.client("steward"), 90)
    assert plain(shown(engine)) == before
    killed_after(filled, 3 * LISTS_AT_ONCE)
    assert plain(shown(engine)) == before
    made = rematching(filled)()
    with reading(engine) as session:
        profiles = len(session.exec(select(Profile.number)).all())
    assert made == profiles - 3 * LISTS_AT_ONCE
    version, lists, rows = shown(engine)
    assert version == ruleset["version"]
    assert len(lists) == profiles
    assert [row.model_dump() for row in rows] != before[2]


def test_a_rollback_shows_the_former_lists_as_they_were(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    before = plain(shown(engine))
    activate(steward, 90)
    rematching(filled)()
    assert plain(shown(engine)) != before
    assert steward.post("/rulesets/rollback", json={"reason": "too wide"}).status_code == 200
    assert plain(shown(engine)) == before
    rematching(filled)()
    assert plain(shown(engine))[2] == before[2]


def test_a_rollback_of_what_is_half_made_changes_nothing_for_readers(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    before = plain(shown(engine))
    activate(steward, 90)
    killed_after(filled, 2 * LISTS_AT_ONCE)
    assert steward.post("/rulesets/rollback", json={"reason": "too wide"}).status_code == 200
    assert plain(shown(engine)) == before
    rematching(filled)()
    assert plain(shown(engine))[2] == before[2]
    with reading(engine) as session:
        assert session.exec(select(Generation.ruleset_version)).all() == [before[0]]


def test_rules_that_change_again_meanwhile_begin_again(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    activate(steward, 90)
    killed_after(filled, 2 * LISTS_AT_ONCE)
    last = activate(steward, 0)
    with reading(engine) as session:
        profiles = len(session.exec(select(Profile.number)).all())
    seen = []

    def look(_done: int, _total: int | None) -> None:
        version, lists, _ = shown(engine)
        seen.append((version, len(lists)))

    rematching(filled, progress=look)()
    look(0, None)
    assert set(seen) == {(1, profiles), (last["version"], profiles)}


def test_what_comes_while_new_lists_are_half_made_is_on_them(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    activate(steward, 90)
    killed_after(filled, 2 * LISTS_AT_ONCE)
    # A run that has failed waits; what changes meanwhile does not, and goes to the lists that are shown.
    with unit_of_work(engine) as session:
        row = session.exec(select(OutboxRow)).one()
        row.attempts, row.due_at = 1, now().replace(year=now().year + 1)
        session.add(row)
    club = register(steward)
    rematching(filled)()
    with unit_of_work(engine) as session:
        number = session.exec(select(Profile.number).where(Profile.key == club["key"])).one()
        assert number in listed(session)
        row = session.exec(select(OutboxRow)).one()
        row.due_at = now()
        session.add(row)
    rematching(filled)()
    little_by_little = plain(shown(engine))
    activate(steward, 90)
    rematching(filled)()
    again = plain(shown(engine))
    assert [(row["subject_number"], row["candidate_number"], row["score"]) for row in again[2]] == [
        (row["subject_number"], row["candidate_number"], row["score"]) for row in little_by_little[2]
    ]


def listed(session: Session) -> set[int]:
    """Everybody who stands on a list that is shown."""
    query = select(StoredSuggestion.candidate_number).where(
        col(StoredSuggestion.ruleset_version) == generations.SHOWN_VERSION
    )
    return set(session.exec(query))


def test_only_what_is_shown_and_what_a_rollback_needs_is_kept(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    versions = []
    for sector in (90, 50, 0):
        versions.append(activate(steward, sector)["version"])
        rematching(filled)()
    with reading(engine) as session:
        for table in (Generation, SuggestionList, StoredSuggestion):
            assert set(session.exec(select(table.ruleset_version))) == set(versions[1:])


def test_those_who_want_to_hear_at_once_hear_when_the_lists_are_whole(filled: Installation) -> None:
    engine, steward = filled.app.state.engine, filled.client("steward")
    with unit_of_work(engine) as session:
        for number in session.exec(select(Profile.number).where(Profile.kind != "programme")).all():
            session.add(subscription(number or 0))
    activate(steward, 90)
    killed_after(filled, 3 * LISTS_AT_ONCE)
    assert due(engine) == set()
    former = {(row.subject_number, row.candidate_number) for row in shown(engine)[2]}
    rematching(filled)()
    news = {
        row.subject_number
        for row in shown(engine)[2]
        if (row.subject_number, row.candidate_number) not in former
    }
    assert due(engine)
    assert due(engine) <= news


def subscription(number: int) -> Subscription:
    return Subscription(
        organisation_number=number, email=f"{number}@example.org", frequency="immediately", language="fr",
        timezone="Europe/Paris", address_hash=address_hash(f"{number}@example.org"),
        state="active", unsubscribe_token=f"token-{number}", created_at=now(), updated_at=now(),
    )  # fmt: skip


def due(engine: Engine) -> set[int]:
    with reading(engine) as session:
        found = session.exec(
            select(Subscription.organisation_number).where(col(Subscription.next_due_at).is_not(None))
        )
        return set(found)
