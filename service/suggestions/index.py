"""A replica of the matching model in this process, kept up with the database by change numbers."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session

from matching import RulesetSettings, Suggestion
from schemas.kinds import Kind
from service.corridors.saving import CORRIDOR_CHANGES
from service.db.backup import EPOCH
from service.db.counters import counter_values
from service.db.session import reading
from service.db.tables import Profile, Ruleset, Territory
from service.partnerships.service import PARTNERSHIP_CHANGES
from service.precedents.repository import all_precedents
from service.profiles.records import Record, matching_record
from service.rulesets import repository as rulesets
from service.suggestions import repository
from service.suggestions.capacity import DECISION_CHANGES
from service.vocabularies.resolution import as_place

if TYPE_CHECKING:
    from matching import (
        Baseline,
        ConditionResult,
        NearestPrecedent,
        NearMiss,
        PartnershipModel,
        PrecedentFinder,
        SectorProposal,
    )

PROFILES = "profile"
"""The sequence that counts the changes of profiles."""
BASELINE_SECONDS = 600.0
"""Seconds for which drafts are held against the same model."""
NEXT_TO_NOTHING = 0.002
"""Up to which share of the profiles may have changed meanwhile."""


class _Held(NamedTuple):
    """What drafts are held against: under which settings, as of which changes, and since when."""

    settings: dict[str, Any]
    seen: Mapping[str, int]
    when: float
    baseline: "Baseline"


class MatchIndex:
    """The published profiles and the track record, ready to be matched.

    Every public method first catches up with what has been committed, then answers from memory. One lock
    guards the replica: a caller sees it before a change or after it, never half-way.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._keys: dict[int, str] = {}
        self._seen: Mapping[str, int] | None = None
        self._model: PartnershipModel
        self._version: int | None = None
        self._next: tuple[dict[str, Any], PartnershipModel] | None = None
        self._precedents: PrecedentFinder | None = None
        self._held: _Held | None = None

    def prepare(self) -> None:
        """Load what the first answer needs, so that it need not wait for that."""
        from matching import BRUTE_FORCE_LIMIT

        self.catch_up()
        if len(self._keys) > BRUTE_FORCE_LIMIT:
            from matching import compile_loops

            compile_loops()
        with reading(self._engine) as session:
            active = rulesets.active(session)
        if active is not None:
            self.warm_up(active)

    def warm_up(self, ruleset: Ruleset) -> None:
        """Work out what the first answer under a ruleset needs, while others are answered under the one in force."""
        with self._lock:
            model = self.model(ruleset)
            seen = self._seen
        model.warm_up()
        with self._lock:
            if self._seen != seen:
                return
            if self._version == ruleset.version:
                self._model = model
            else:
                self._next = ruleset.settings, model

    def catch_up(self) -> None:
        """Take in every change that has been committed since the last time."""
        with self._lock, reading(self._engine) as session:
            last = counter_values(session)
            if self._seen is None or any(
                last.get(name) != self._seen.get(name) for name in (EPOCH, CORRIDOR_CHANGES)
            ):
                self._load(session)
            else:
                if last.get(PROFILES) != self._seen.get(PROFILES):
                    self._take_changes(session, since=self._seen.get(PROFILES, 0))
                if last.get(PARTNERSHIP_CHANGES) != self._seen.get(PARTNERSHIP_CHANGES):
                    self._take_track_record(session)
                if any(
                    last.get(name) != self._seen.get(name) for name in (PARTNERSHIP_CHANGES, DECISION_CHANGES)
                ):
                    self._take_waiting(session)
            self._seen = last

    def suggest(
        self,
        subjects: Sequence[Profile],
        kinds: Sequence[Kind] | None,
        ruleset: Ruleset,
        *,
        limit: int,
        on: date,
    ) -> list[list[Suggestion]]:
        """For each subject the best ``limit`` candidates of these kinds, by default of all that fit, best first."""
        with self._lock:
            self.catch_up()
            model = self._model_under(ruleset)
            records = [matching_record(subject) for subject in subjects]
            return model.suggest(records, limit, kinds=kinds, on=on)

    def score(self, subject: Profile, candidate: Profile, ruleset: Ruleset, on: date) -> Suggestion | None:
        """Score and parts of one pair; ``None`` when the candidate is not published."""
        with self._lock:
            self.catch_up()
            model = self._model_under(ruleset)
            scored = model.score_pairs(matching_record(subject), [candidate.key], on=on)
            return scored[0] if scored else None

    def subjects_reached(
        self, changed: Sequence[str], floors: Mapping[str, float], ruleset: Ruleset
    ) -> set[str]:
        """The keys of those on whose lists a change of these profiles may show."""
        with self._lock:
            self.catch_up()
            return self._model_under(ruleset).subjects_reached(changed, floors)

    def conditions(
        self, subject: Profile, candidate: Record, ruleset: Ruleset, on: date, waiting: Set[str]
    ) -> "Sequence[ConditionResult]":
        """Every condition between a profile and a record for whose answer some wait (their keys)."""
        with self._lock:
            model = self._model_under(ruleset)
            return model.conditions(matching_record(subject), candidate, on=on, waiting=waiting)

    def near_misses(
        self, subject: Profile, ruleset: Ruleset, *, limit: int, on: date
    ) -> "Sequence[NearMiss]":
        """The best programmes that a profile misses and could meet, best first."""
        with self._lock:
            self.catch_up()
            return self._model_under(ruleset).near_misses(matching_record(subject), limit, on=on)

    def model(self, ruleset: Ruleset) -> "PartnershipModel":
        """The model under a ruleset as it stands now, to work with while others are answered."""
        with self._lock:
            self.catch_up()
            return self._model.with_ruleset(RulesetSettings.model_validate(ruleset.settings))

    def baseline(self, ruleset: Ruleset, *, anew: bool = False) -> "Baseline":
        """What drafts are held against: the model under a ruleset as it stands now or, but for ``anew``, stood a moment ago.

        While a steward tries one draft after the other, next to nothing changes, and what was worked out for one serves the
        next; and drafts are told apart by what they do, not by what has happened in the meantime.
        """
        from matching import Baseline

        with self._lock:
            self.catch_up()
            if not anew and self._held and self._is_good_for(self._held, ruleset):
                return self._held.baseline
            found = Baseline(self.model(ruleset), self.track_record())
            if not anew:
                self._held = _Held(ruleset.settings, dict(self._seen or {}), time.monotonic(), found)
            return found

    def expect_preview(self, draft: RulesetSettings, ruleset: Ruleset, subjects: int, on: date) -> None:
        """Work out beforehand what the preview of a draft needs, held against the rules in force, where there are so many
        profiles that it takes long."""
        from matching import BRUTE_FORCE_LIMIT

        if len(self._keys) > BRUTE_FORCE_LIMIT:
            self.baseline(ruleset).warm_up(draft, subjects, on)

    def _is_good_for(self, held: "_Held", ruleset: Ruleset) -> bool:
        """Whether it is of these rules, next to nothing has changed since then, and not much time has gone by."""
        present, seen = self._seen or {}, held.seen
        if held.settings != ruleset.settings or time.monotonic() - held.when >= BASELINE_SECONDS:
            return False
        if any(present.get(name) != seen.get(name) for name in (EPOCH, CORRIDOR_CHANGES)):
            return False
        changes = sum(
            present.get(name, 0) - seen.get(name, 0)
            for name in (PROFILES, PARTNERSHIP_CHANGES, DECISION_CHANGES)
        )
        return changes <= NEXT_TO_NOTHING * len(self._keys)

    def track_record(self) -> list[tuple[str, str, str | None]]:
        """All known partnerships: query, candidate (keys) and since when."""
        with self._lock, reading(self._engine) as session:
            self.catch_up()
            return self._pairs(session)

    def propose_sectors(self, record: Record) -> "Sequence[SectorProposal]":
        """The sectors that a record's texts speak for, the likeliest first."""
        with self._lock:
            self.catch_up()
            return self._model.propose_sectors(record)

    def partnerships_of(self, key: str) -> int:
        """With how many a profile is known to have worked, as of the last answer."""
        with self._lock:
            return len(self._model.partners_of(key))

    def precedents(self, subject: Record, candidate: Record) -> "Sequence[NearestPrecedent]":
        """The documented practices nearest to a pair."""
        with self._lock:
            if self._precedents is None:
                from matching import PrecedentFinder

                with reading(self._engine) as session:
                    practices = [row.document for row in all_precedents(session)]
                self._precedents = PrecedentFinder(practices)
            return self._precedents.nearest(subject, candidate)

    def _model_under(self, ruleset: Ruleset) -> "PartnershipModel":
        """The model, which from here on follows this ruleset."""
        if self._version != ruleset.version:
            if self._next is not None and self._next[0] == ruleset.settings:
                self._model = self._next[1]
            else:
                self._model = self._model.with_ruleset(RulesetSettings.model_validate(ruleset.settings))
            self._version, self._next = ruleset.version, None
        return self._model

    @property
    def _models(self) -> "Iterator[PartnershipModel]":
        """The model and, where there is one, that which is ready to take its place: both are kept up."""
        yield self._model
        if self._next is not None:
            yield self._next[1]

    def _load(self, session: Session) -> None:
        from matching import PartnershipModel

        self._keys, self._precedents = {}, None
        self._version = self._next = None
        records = self._remember(session, repository.profiles_changed_since(session, -1))
        ties = [as_people(*ends) for ends in repository.corridors(session)]
        self._model = PartnershipModel().fit(records, self._pairs(session), context=ties)
        self._take_waiting(session)

    def _take_changes(self, session: Session, since: int) -> None:
        gone = repository.profiles_deleted_since(session, since)
        changed = list(repository.profiles_changed_since(session, since))
        former = self._forget([*gone, *(profile.number or 0 for profile in changed)])
        records = self._remember(session, changed)
        for model in self._models:
            model.remove(former).update(records)

    def _take_track_record(self, session: Session) -> None:
        pairs = self._pairs(session)
        for model in self._models:
            model.set_track_record(pairs)

    def _take_waiting(self, session: Session) -> None:
        """Take in who waits for whose answer."""
        waiting = repository.who_waits(session)
        for model in self._models:
            model.set_open_introductions(waiting)

    def _remember(self, session: Session, found: Iterable[Profile]) -> list[Record]:
        records = []
        for profile in found:
            if profile.published:
                self._keys[profile.number or 0] = profile.key
                records.append(matching_record(profile))
        return records

    def _forget(self, numbers: Iterable[int]) -> list[str]:
        return [key for number in numbers if (key := self._keys.pop(number, None)) is not None]

    def _pairs(self, session: Session) -> list[tuple[str, str, str | None]]:
        return [
            (self._keys[query], self._keys[candidate], since)
            for query, candidate, since in repository.track_record(session)
            if query in self._keys and candidate in self._keys
        ]


def as_people(origin: Territory, residence: Territory, stock: int | None) -> Record:
    """A known corridor as matching takes it: so many people, of whom nothing else is known."""
    return {
        "people": stock,
        "kind": Kind.ASSOCIATION.value,
        "key": f"corridor:{origin.code}:{residence.code}",
        "origin": [as_place(origin).model_dump(mode="json")],
        "residence": [as_place(residence).model_dump(mode="json")],
    }
