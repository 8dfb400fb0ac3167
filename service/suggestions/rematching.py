"""Making stored suggestions anew: for what has changed, in both directions, or for everybody.

Word of what is to be done lies in the outbox. One process at a time works at it, by lease: a list that is made
anew depends on the lists as they are. Whatever a process leaves behind, the next one does again.

Under new rules everybody's lists are made beside those that are shown, which stay until the new ones are whole.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from matching import Suggestion
from service.clock import now
from service.db.session import reading, unit_of_work, wake_after_commit
from service.db.tables import OutboxRow, Profile, Ruleset, SuggestionList
from service.health.measurement_repository import measure
from service.leases import is_free, take
from service.outbox import repository as outbox
from service.outbox.announcing import DELIVERY, REMATCH
from service.profiles import repository as profiles
from service.rulesets import generation_repository as generations
from service.rulesets import repository as rulesets
from service.rulesets.service import active_ruleset, find_version
from service.suggestions import list_repository
from service.suggestions.index import MatchIndex

LOG = structlog.stdlib.get_logger("passerelle.rematch")
STORED_PER_LIST = 10
"""How many suggestions are stored for each profile."""
LISTS_PER_TRANSACTION = 32
"""Lists in one transaction: others write in between."""
ROWS_AT_ONCE = 200
FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=1)
WIDE = 0.2
"""If more than this share of all profiles has changed, everything is made anew: that is less work."""
OnListsStored = Callable[[int, int | None], None]


class TurnLostError(Exception):
    """Another process has taken this work over."""


class StoppedError(Exception):
    """This process is about to end; the work goes on in another one."""


@dataclass(frozen=True, slots=True)
class Task:
    """What was taken from the outbox: some profiles, or everybody, of whom those up to profile ``after`` have their
    lists under the ruleset of version ``under`` already."""

    rows: tuple[int, ...]
    profiles: tuple[int, ...]
    everything: bool
    after: int
    under: int | None
    requests: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[OutboxRow]) -> "Task":
        """The task that these rows make together."""
        whole = [row for row in rows if row.payload.get("all")]
        return cls(
            tuple(row.number or 0 for row in rows),
            tuple({number for row in rows for number in row.payload.get("profiles", ())}),
            bool(whole),
            min((row.payload.get("after", 0) for row in whole), default=0),
            min((row.payload.get("under", 0) for row in whole), default=None),
            tuple(dict.fromkeys(row.request_id for row in rows if row.request_id)),
        )


class Rematching:
    """Does what the outbox asks for, with a replica of the model of its own."""

    def __init__(
        self,
        engine: Engine,
        index: MatchIndex,
        *,
        stopping: threading.Event | None = None,
        progress: OnListsStored = lambda _done, _total: None,
    ) -> None:
        self._engine, self._index, self._progress = engine, index, progress
        self._stopping = stopping or threading.Event()

    def stop(self) -> None:
        """Leave what is unfinished, after the lists at hand, to others."""
        self._stopping.set()

    def __call__(self) -> int:
        """Do all that waits now; how many lists were made anew."""
        made = 0
        while not self._stopping.is_set() and (task := self._take()) is not None:
            made += self.perform(task)
        return made

    def perform(self, task: Task) -> int:
        """Do what this process holds; how many lists were made anew. What fails is left for later."""
        with structlog.contextvars.bound_contextvars(request_id=",".join(task.requests) or None):
            begun = time.perf_counter()
            try:
                made = self._everything(task) if self._is_wide(task) else self._changed(task)
                with unit_of_work(self._engine) as session:
                    measure(session, "rematch", time.perf_counter() - begun, now())
                    outbox.finish(session, task.rows)
            except TurnLostError:
                LOG.warning("rematch is in other hands now")
                return 0
            except StoppedError:
                self._release(task)
                return 0
            except Exception:
                LOG.exception("rematch failed")
                self._release(task, failed=True)
                return 0
            except BaseException:
                self._release(task)
                raise
            LOG.info("rematch done", lists=made, seconds=round(time.perf_counter() - begun, 3))
            return made

    def _take(self) -> Task | None:
        with unit_of_work(self._engine) as session:
            rows = outbox.first_rows(session, REMATCH, ROWS_AT_ONCE)
            instant = now()
            if not rows or not all(is_free(row, instant) for row in rows):
                return None
            chosen = _done_together([row for row in rows if row.due_at <= instant])
            for row in chosen:
                take(row, instant)
            return Task.of(chosen) if chosen else None

    def _is_wide(self, task: Task) -> bool:
        with reading(self._engine) as session:
            return task.everything or len(task.profiles) > max(
                LISTS_PER_TRANSACTION, WIDE * list_repository.count_profiles(session)
            )

    def _everything(self, task: Task) -> int:
        with reading(self._engine) as session:
            total = list_repository.count_profiles(session)
        made, under, after = 0, task.under, task.after
        while True:
            ruleset = self._ruleset_of(task)
            if ruleset.version != under:
                under, after = ruleset.version, 0
            with reading(self._engine) as session:
                subjects = list_repository.profiles_after(session, after, LISTS_PER_TRANSACTION)
            if subjects:
                after = subjects[-1].number or 0
                self._make_lists(task, subjects, ruleset, after)
                made += len(subjects)
                self._progress(made, max(total, made))
            elif self._show(task, ruleset):
                self._drop_former(task)
                return made

    def _changed(self, task: Task) -> int:
        ruleset = self._ruleset_of(task)
        version = ruleset.version or 0
        with reading(self._engine) as session:
            changed = profiles.by_numbers(session, task.profiles)
            touched = set(changed) | list_repository.subjects_listing(session, version, task.profiles)
            floors = list_repository.floors(session, version, STORED_PER_LIST)
            reached = self._index.subjects_reached(
                [profile.key for profile in changed.values() if profile.published], floors, ruleset
            )
            touched |= set(list_repository.numbers_by_key(session, reached).values())
        wanted = sorted(touched)
        for start in range(0, len(wanted), LISTS_PER_TRANSACTION):
            with reading(self._engine) as session:
                subjects = list(
                    profiles.by_numbers(session, wanted[start : start + LISTS_PER_TRANSACTION]).values()
                )
            self._make_lists(task, subjects, ruleset, None)
            self._progress(min(start + LISTS_PER_TRANSACTION, len(wanted)), len(wanted))
        return len(wanted)

    def _ruleset_of(self, task: Task) -> Ruleset:
        """The rules that a task is to be done by: those in force or, for what has changed, those whose lists are shown."""
        with unit_of_work(self._engine) as session:
            active = active_ruleset(session)
            generations.begin(session, active.version or 0)
            shown = generations.shown_version(session)
            if task.everything or shown in (None, active.version):
                return active
            # These lists are not what those that are being made beside them know of.
            outbox.begin_again(session, REMATCH)
            return find_version(session, shown or 0)

    def _make_lists(
        self, task: Task, subjects: Sequence[Profile], ruleset: Ruleset, after: int | None
    ) -> None:
        if self._stopping.is_set():
            raise StoppedError
        asking = [subject for subject in subjects if subject.published]
        lists = self._index.suggest(asking, None, ruleset, limit=STORED_PER_LIST, on=now().date())
        with unit_of_work(self._engine) as session:
            done = {"all": True, "after": after, "under": ruleset.version}
            self._keep_hold(session, task, **({"payload": done} if task.everything else {}))
            _store(session, [subject.number or 0 for subject in subjects], asking, lists, ruleset)

    def _show(self, task: Task, ruleset: Ruleset) -> bool:
        """Show everybody's lists under a ruleset, now that they are whole; not if it is no longer the one to show."""
        version, instant = ruleset.version or 0, now()
        with unit_of_work(self._engine) as session:
            self._keep_hold(session, task)
            if not task.everything:
                return True
            active = rulesets.active(session, to_change=True)
            if active is None or active.version != version:
                return False
            former = generations.shown_version(session)
            generations.show(session, version)
            if former is not None and former != version:
                _hasten(session, list_repository.subjects_with_news(version, former), instant)
        return True

    def _drop_former(self, task: Task) -> None:
        """Drop all lists but those that are shown, those to come, and those that a rollback would show again."""
        with unit_of_work(self._engine) as session:
            # Whoever would go back to other rules waits until it is clear whose lists are no longer whole.
            active = rulesets.active(session, to_change=True)
            kept = {active.version, active.replaced} if active else set()
            former = generations.give_up(session, kept) if active else []
        for version in former:
            left = True
            while left:
                with unit_of_work(self._engine) as session:
                    self._keep_hold(session, task)
                    left = list_repository.drop_some_lists(session, version, ROWS_AT_ONCE)
                    if not left:
                        generations.forget(session, version)

    def _keep_hold(self, session: Session, task: Task, **values: Any) -> None:
        if not outbox.keep_hold(session, task.rows, now(), **values):
            raise TurnLostError

    def _release(self, task: Task, *, failed: bool = False) -> None:
        with unit_of_work(self._engine) as session:
            rows = [
                row for row in outbox.first_rows(session, REMATCH, ROWS_AT_ONCE) if row.number in task.rows
            ]
            attempts = max((row.attempts for row in rows), default=0)
            pause = min(FIRST_BACKOFF * 2**attempts, LONGEST_BACKOFF)
            outbox.release(session, task.rows, due_at=now() + pause if failed else None)


def _done_together(due: Sequence[OutboxRow]) -> Sequence[OutboxRow]:
    """What is taken at once of what is due.

    What has failed before is tried by itself, so that it keeps nothing else from being done. A full run that was
    broken off goes on by itself: what has changed since then also concerns the lists that it has behind it.
    """
    fresh = [row for row in due if not row.attempts] or due[:1]
    return [row for row in fresh if row.payload.get("after")] or fresh


def _store(
    session: Session,
    numbers: Sequence[int],
    subjects: Sequence[Profile],
    lists: Sequence[Sequence[Suggestion]],
    ruleset: Ruleset,
) -> None:
    """Store lists in place of the former ones of ``numbers``; those who are shown something new are written to."""
    instant, version = now(), ruleset.version or 0
    known = list_repository.numbers_by_key(session, {item.candidate for found in lists for item in found})
    there = profiles.keep(session, {*numbers, *known.values()})
    seen = list_repository.first_seen(session, numbers)
    headers, rows, with_news = [], [], set()
    for subject, found in zip(subjects, lists, strict=True):
        number = subject.number or 0
        if number not in there:
            continue
        headers.append(SuggestionList(subject_number=number, ruleset_version=version, computed_at=instant))
        still = [item for item in found if known.get(item.candidate) in there]
        for rank, item in enumerate(still, 1):
            candidate = known[item.candidate]
            if (number, candidate) not in seen:
                with_news.add(number)
            rows.append(
                {
                    "subject_number": number,
                    "candidate_number": candidate,
                    "ruleset_version": version,
                    "rank": rank,
                    "score": item.score,
                    "parts": [[p.name, p.weight, p.similarity, list(p.because)] for p in item.parts],
                    "first_seen_at": seen.get((number, candidate), instant),
                }
            )
    list_repository.replace_lists(session, version, numbers, headers, rows)
    if with_news and generations.shown_version(session) == version:
        _hasten(session, with_news, instant)


def _hasten(session: Session, subjects: set[int] | SelectOfScalar[int], instant: datetime) -> None:
    if list_repository.make_due_now(session, subjects, instant):
        wake_after_commit(session, DELIVERY)
