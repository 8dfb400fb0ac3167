"""Two stewards, a worker that is killed, and a rollback, in any order.

At every step exactly one ruleset is active, nobody is shown a list that is half new, and no step is missing from the
audit log.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, update
from sqlmodel import col, select

from bench.harness.databases import PostgresqlDatabases, SqliteDatabases
from schemas.weights import PARTS
from service.audit.log import broken_at
from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import AuditEntry, OutboxRow, Profile, Ruleset, StoredSuggestion, SuggestionList
from service.leases import this_process
from service.rules.lifecycle import keep_to_calendar
from service.rulesets import generation_repository as generations
from service.suggestions import rematching as module
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import STORED_PER_LIST, Rematching
from tests.service.client import english_installation
from tests.service.examples import ASSOCIATION, AUTHORITY
from tests.sizes import examples

FreshDatabase = Callable[[], AbstractContextManager[str]]
DEAD = f"{this_process().rpartition(':')[0]}:another"
"""A process that had the number of this one before it: whoever reads this name knows that it is gone."""
Row = tuple[int, int, int, float]


class Stewardship(RuleBasedStateMachine):
    """What may happen between rules and lists. ``fresh`` is set where a machine is to run."""

    drafts = Bundle("drafts")
    fresh: FreshDatabase

    def __init__(self) -> None:
        super().__init__()
        self._end = ExitStack()
        url = self._end.enter_context(self.fresh())
        folder = Path(self._end.enter_context(TemporaryDirectory()))
        self.installation = self._end.enter_context(english_installation(url, folder))
        self.engine = self.installation.app.state.engine
        self.stewards = [self.installation.client("steward") for _ in range(2)]
        self.steps = self._entries()
        self.days = 0
        self.clubs = 0
        self.complete: dict[int, set[int]] = {}
        """Under each ruleset, who has a list from now on: everybody who was there when its lists were last whole."""
        self.before: dict[int, list[Row]] = {}
        """What each ruleset's lists were when they were last seen to be shown."""

    @initialize()
    def begin(self) -> None:
        """Some towns and clubs, and their first lists."""
        for number in range(3):
            town = AUTHORITY | {"key": f"town-{number}", "name": f"Town {number}"}
            assert self.stewards[0].post("/authorities", json=town).status_code == 201
            self.register()
        Rematching(self.engine, MatchIndex(self.engine))()

    def teardown(self) -> None:
        self._end.close()

    @rule()
    def register(self) -> None:
        self.clubs += 1
        club = ASSOCIATION | {"key": f"club-{self.clubs}", "name": f"Club {self.clubs}"}
        club |= {"description": f"Wells and schools, {self.clubs}.", "contact_email": None}
        assert self.stewards[0].post("/associations", json=club).status_code == 201

    @rule(target=drafts, sector=st.integers(0, 3), begins=st.sampled_from([None, 1, 2]))
    def draft(self, sector: int, begins: int | None) -> str:
        steward = self.stewards[1]
        made = steward.post("/rulesets", json={"name": f"sector {sector}", "reason": "to see"}).json()
        weights = dict.fromkeys(PARTS, 1) | {"sector": sector}
        day = begins and (self._instant().date() + timedelta(days=begins)).isoformat()
        answer = steward.patch(f"/rulesets/{made['id']}", json={"weights": weights, "valid_from": day})
        assert answer.status_code == 200, answer.text
        self.steps += 2
        return str(made["id"])

    @rule(one=drafts, other=drafts)
    def press_at_once(self, one: str, other: str) -> None:
        def press(steward: Any, ruleset: str) -> Any:
            return steward.post(f"/rulesets/{ruleset}/activate", json={"reason": "now"})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(press, self.stewards, (one, other)))
        assert {answer.status_code for answer in answers} <= {200, 409}
        for answer in answers:
            if answer.status_code == 200:
                self.steps += 2 if answer.json()["state"] == "active" else 1

    @rule()
    def roll_back(self) -> None:
        answer = self.stewards[0].post("/rulesets/rollback", json={"reason": "too wide"})
        assert answer.status_code in (200, 409)
        if answer.status_code == 200:
            self.steps += 2
            shown, rows = self._shown()
            if shown == answer.json()["version"] and shown in self.before:
                assert rows == self.before[shown]

    @rule()
    def next_day(self) -> None:
        """Whatever waits for this day comes into force."""
        self.days += 1
        with unit_of_work(self.engine) as session:
            due = session.exec(select(Ruleset).where(Ruleset.state == "scheduled")).all()
            today = self._instant().date().isoformat()
            self.steps += 2 * sum(ruleset.settings["valid_from"] <= today for ruleset in due)
            keep_to_calendar(session, self._instant())
            # The worker of this test lives today.
            session.execute(update(OutboxRow).values(due_at=now()))

    @rule()
    def work(self) -> None:
        """A worker does all there is to do: then everybody has the list that the active rules give."""
        index = MatchIndex(self.engine)
        Rematching(self.engine, index, progress=lambda _done, _total: self.no_list_is_half_new())()
        with reading(self.engine) as session:
            active = session.exec(select(Ruleset).where(Ruleset.state == "active")).one()
            everybody = session.exec(select(Profile).order_by(col(Profile.number))).all()
            keys = {profile.key: profile.number or 0 for profile in everybody}
        lists = index.suggest(everybody, None, active, limit=STORED_PER_LIST, on=now().date())
        version, rows = self._shown()
        assert version is not None
        assert version == active.version
        assert [row[:3] for row in rows] == [
            (subject.number, rank, keys[item.candidate])
            for subject, found in zip(everybody, lists, strict=True)
            for rank, item in enumerate(found, 1)
        ]
        self.complete[version] = set(keys.values())

    @rule(lists=st.integers(1, 6))
    def work_until_killed(self, lists: int) -> None:
        """A worker dies after so many lists, without a word, and holds what it held."""

        def die(done: int, _total: int | None) -> None:
            self.no_list_is_half_new()
            if done >= lists:
                raise KeyboardInterrupt

        worker = Rematching(self.engine, MatchIndex(self.engine), progress=die)
        with pytest.MonkeyPatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(worker._queue, "release", lambda *_args, **_options: None)
            worker()
        with unit_of_work(self.engine) as session:
            for row in session.exec(select(OutboxRow).where(col(OutboxRow.lease_owner).is_not(None))):
                row.lease_owner = DEAD
                session.add(row)

    @invariant()
    def exactly_one_ruleset_is_active(self) -> None:
        with reading(self.engine) as session:
            states = session.exec(select(Ruleset.state)).all()
        assert states.count("active") == 1

    @invariant()
    def no_list_is_half_new(self) -> None:
        version, rows = self._shown()
        assert version is not None
        with reading(self.engine) as session:
            everybody = session.exec(select(Profile.number)).all()
            query = select(SuggestionList.subject_number).where(SuggestionList.ruleset_version == version)
            there = set(session.exec(query))
        # What is shown for the first time holds a list for everybody there is.
        assert self.complete.setdefault(version, {number or 0 for number in everybody}) <= there
        self.before[version] = rows

    @invariant()
    def no_audit_entry_is_lost(self) -> None:
        assert self._entries() == self.steps
        with reading(self.engine) as session:
            assert broken_at(session) is None

    def _instant(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)

    def _entries(self) -> int:
        with reading(self.engine) as session:
            return session.exec(select(func.count(col(AuditEntry.number)))).one()

    def _shown(self) -> tuple[int | None, list[Row]]:
        with reading(self.engine) as session:
            version = generations.shown_version(session)
            found = session.exec(select(StoredSuggestion).where(StoredSuggestion.ruleset_version == version))
            rows = [(row.subject_number, row.rank, row.candidate_number, row.score) for row in found]
        return version, sorted(rows)


@pytest.mark.parametrize(("kind", "orders"), [("sqlite", 6), ("postgresql", 3)])
def test_rules_change_hands_whole(
    kind: str, orders: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = cast("SqliteDatabases | PostgresqlDatabases", request.getfixturevalue(f"{kind}_databases"))
    monkeypatch.setattr(module, "LISTS_PER_TRANSACTION", 2)
    machine = type("Machine", (Stewardship,), {"fresh": staticmethod(databases.fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(orders),
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
