"""Rematching: computing stored suggestions again, for what has changed, in both directions, or for everybody.

What is to be done lies in the outbox. One process at a time works at it, by lease: which lists a change touches
depends on the lists as they are. Whatever a process leaves unfinished, the next one does again.

Under new rules everybody's lists are made beside those that are shown, which stay until the new ones are whole.
"""

import threading
import time
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Engine

from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Profile, Ruleset
from service.health.measurement_repository import measure
from service.outbox import repository as outbox
from service.outbox.announcing import REMATCH
from service.profiles import repository as profiles
from service.rulesets import generation_repository as generations
from service.rulesets import repository as rulesets
from service.rulesets.service import active_ruleset, find_version
from service.suggestions import list_repository
from service.suggestions.index import MatchIndex
from service.suggestions.rematch_queue import LeaseLostError, RematchQueue, RematchTask
from service.suggestions.storing import drop_outdated_lists, make_digests_due, store_lists

LOG = structlog.stdlib.get_logger("passerelle.rematch")
STORED_PER_LIST = 10
"""How many suggestions are stored for each profile."""
LISTS_PER_TRANSACTION = 32
"""Lists in one transaction: others write in between."""
WIDE = 0.2
"""If more than this share of all profiles has changed, everything is computed again: that is less work."""
OnListsStored = Callable[[int, int | None], None]


class StoppedError(Exception):
    """This process is about to end; the work goes on in another one."""


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
        self._queue = RematchQueue(engine)
        self._stopping = stopping or threading.Event()

    def stop(self) -> None:
        """Leave what is unfinished, after the lists at hand, to others."""
        self._stopping.set()

    def __call__(self) -> int:
        """Do all that waits now; how many lists were computed."""
        made = 0
        while not self._stopping.is_set() and (task := self._queue.take()) is not None:
            made += self.perform(task)
        return made

    def perform(self, task: RematchTask) -> int:
        """Do what this process holds; how many lists were computed. What fails is left for later."""
        with structlog.contextvars.bound_contextvars(request_id=",".join(task.requests) or None):
            begun = time.perf_counter()
            try:
                made = self._everything(task) if self._is_wide(task) else self._changed(task)
                with unit_of_work(self._engine) as session:
                    measure(session, "rematch", time.perf_counter() - begun, now())
                    outbox.finish(session, task.rows)
            except LeaseLostError:
                LOG.warning("rematch is in other hands now")
                return 0
            except StoppedError:
                self._queue.release(task)
                return 0
            except Exception:
                LOG.exception("rematch failed")
                self._queue.release(task, failed=True)
                return 0
            except BaseException:
                self._queue.release(task)
                raise
            LOG.info("rematch done", lists=made, seconds=round(time.perf_counter() - begun, 3))
            return made

    def _is_wide(self, task: RematchTask) -> bool:
        with reading(self._engine) as session:
            return task.everything or len(task.profiles) > max(
                LISTS_PER_TRANSACTION, WIDE * list_repository.count_profiles(session)
            )

    def _everything(self, task: RematchTask) -> int:
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
                drop_outdated_lists(self._engine, lambda session: self._queue.keep_hold(session, task))
                return made

    def _changed(self, task: RematchTask) -> int:
        ruleset = self._ruleset_of(task)
        version = ruleset.version or 0
        with reading(self._engine) as session:
            changed = profiles.by_numbers(session, task.profiles)
            keys = [profile.key for profile in changed.values() if profile.published]
            alike = list_repository.numbers_by_key(session, self._index.same_jurisdiction(keys))
            listed = {*task.profiles, *alike.values()}
            touched = set(changed) | list_repository.subjects_listing(session, version, listed)
            floors = list_repository.floors(session, version, STORED_PER_LIST)
            one_sided = list_repository.one_sided(session, version)
            reached = self._index.subjects_reached(keys, floors, one_sided, ruleset)
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

    def _ruleset_of(self, task: RematchTask) -> Ruleset:
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
        self, task: RematchTask, subjects: Sequence[Profile], ruleset: Ruleset, after: int | None
    ) -> None:
        if self._stopping.is_set():
            raise StoppedError
        published = [subject for subject in subjects if subject.published]
        lists = self._index.suggest(published, None, ruleset, limit=STORED_PER_LIST, on=now().date())
        with unit_of_work(self._engine) as session:
            done = {"all": True, "after": after, "under": ruleset.version}
            self._queue.keep_hold(session, task, **({"payload": done} if task.everything else {}))
            store_lists(session, [subject.number or 0 for subject in subjects], published, lists, ruleset)

    def _show(self, task: RematchTask, ruleset: Ruleset) -> bool:
        """Show everybody's lists under a ruleset, now that they are whole; not if it is no longer the one to show."""
        version, instant = ruleset.version or 0, now()
        with unit_of_work(self._engine) as session:
            self._queue.keep_hold(session, task)
            if not task.everything:
                return True
            active = rulesets.active(session, to_change=True)
            if active is None or active.version != version:
                return False
            former = generations.shown_version(session)
            generations.show(session, version)
            if former is not None and former != version:
                make_digests_due(session, list_repository.subjects_with_news(version, former), instant)
        return True
