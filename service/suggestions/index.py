"""What the service asks the matching model: the replica is brought up to date, then answers from memory."""

import threading
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from matching import RulesetSettings, Suggestion
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from service.db.session import reading
from service.db.tables import Profile, Ruleset
from service.precedents.repository import all_precedents
from service.profiles.records import matching_record
from service.rulesets import repository as rulesets
from service.suggestions.baseline_cache import BaselineCache
from service.suggestions.replica import ModelReplica

if TYPE_CHECKING:
    from matching import (
        Baseline,
        ConditionResult,
        EmptyList,
        NearestPrecedent,
        NearMiss,
        PartnershipModel,
        PrecedentFinder,
        SectorProposal,
    )


class MatchIndex:
    """The published profiles and the track record, ready to be matched.

    Every public method first catches up with what has been committed, then answers from memory. One lock
    guards the replica: a caller sees it before a change or after it, never half-way.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._replica = ModelReplica()
        self._baselines = BaselineCache(self._replica)
        self._precedents: tuple[int, PrecedentFinder] | None = None

    def prepare(self) -> None:
        """Load what the first answer needs, so that it need not wait for that."""
        self.catch_up()
        if self._is_large():
            from matching import compile_loops

            compile_loops()
        with reading(self._engine) as session:
            active = rulesets.active(session)
        if active is not None:
            self.warm_up(active)

    def warm_up(self, ruleset: Ruleset) -> None:
        """Compute what the first answer under a ruleset needs, while others are answered under the one in force."""
        with self._lock:
            model = self.model(ruleset)
            seen = self._replica.seen
        model.warm_up()
        with self._lock:
            if self._replica.seen == seen:
                self._replica.keep_ready(ruleset, model)

    def catch_up(self) -> None:
        """Take in every change that has been committed since the last time."""
        with self._lock, reading(self._engine) as session:
            self._replica.catch_up(session)

    def suggest(
        self,
        subjects: Sequence[Profile],
        kinds: Sequence[Kind] | None,
        ruleset: Ruleset,
        *,
        limit: int,
        on: date,
        excluded: Mapping[str, Set[str]] | None = None,
    ) -> list[list[Suggestion]]:
        """For each subject the best ``limit`` candidates of these kinds, by default of all that fit, best first.

        ``excluded`` has, by the key of a subject, the keys of those it is not shown.
        """
        with self._lock:
            self.catch_up()
            model = self._replica.follow(ruleset)
            records = [matching_record(subject) for subject in subjects]
            return model.suggest(records, limit, kinds=kinds, on=on, excluded=excluded)

    def score(self, subject: Profile, candidate: Profile, ruleset: Ruleset, on: date) -> Suggestion | None:
        """Score and parts of one pair; ``None`` when the candidate is not published."""
        with self._lock:
            self.catch_up()
            model = self._replica.follow(ruleset)
            scored = model.score_pairs(matching_record(subject), [candidate.key], on=on)
            return scored[0] if scored else None

    def subjects_reached(
        self,
        changed: Sequence[str],
        floors: Mapping[str, float],
        one_sided: Set[str],
        ruleset: Ruleset,
    ) -> set[str]:
        """The keys of those on whose lists a change of these profiles may show."""
        with self._lock:
            self.catch_up()
            return self._replica.follow(ruleset).subjects_reached(changed, floors, one_sided)

    def same_jurisdiction(self, keys: Sequence[str]) -> set[str]:
        """The keys of others who govern what one of these authorities governs."""
        with self._lock:
            self.catch_up()
            return self._replica.model.same_jurisdiction(keys)

    def conditions(
        self, subject: Profile, candidate: JsonObject, ruleset: Ruleset, on: date, waiting: Mapping[str, str]
    ) -> "Sequence[ConditionResult]":
        """Every condition between a profile and a record for whose answer some wait (their keys)."""
        with self._lock:
            model = self._replica.follow(ruleset)
            return model.conditions(matching_record(subject), candidate, on=on, waiting=waiting)

    def near_misses(
        self, subject: Profile, ruleset: Ruleset, *, limit: int, on: date
    ) -> "Sequence[NearMiss]":
        """The best programmes that a profile misses and could meet, best first."""
        with self._lock:
            self.catch_up()
            return self._replica.follow(ruleset).near_misses(matching_record(subject), limit, on=on)

    def explain_empty_list(
        self, subject: Profile, kinds: Sequence[Kind], ruleset: Ruleset, on: date
    ) -> "EmptyList":
        """Why a profile is shown nobody of these kinds."""
        with self._lock:
            self.catch_up()
            model = self._replica.follow(ruleset)
            return model.explain_empty_list(matching_record(subject), kinds=kinds, on=on)

    def model(self, ruleset: Ruleset) -> "PartnershipModel":
        """The model under a ruleset as it stands now, to work with while others are answered."""
        with self._lock:
            self.catch_up()
            return self._replica.under(ruleset)

    def baseline(self, ruleset: Ruleset, *, fresh: bool = False) -> "Baseline":
        """What drafts are compared with: the model under a ruleset, as it stands now or, but for ``fresh``, stood a moment ago."""
        from matching import Baseline

        with self._lock:
            self.catch_up()
            if not fresh and (kept := self._baselines.find(ruleset)):
                return kept
            found = Baseline(self.model(ruleset), self.track_record())
            if not fresh:
                self._baselines.store(ruleset, found)
            return found

    def expect_preview(self, draft: RulesetSettings, ruleset: Ruleset, subjects: int, on: date) -> None:
        """Compute beforehand what the preview of a draft against the rules in force needs, where that takes long."""
        if self._is_large():
            self.baseline(ruleset).warm_up(draft, subjects, on)

    def track_record(self) -> list[tuple[str, str, str | None]]:
        """All known partnerships: query, candidate (keys) and since when."""
        with self._lock, reading(self._engine) as session:
            self.catch_up()
            return self._replica.track_record(session)

    def propose_sectors(self, record: JsonObject) -> "Sequence[SectorProposal]":
        """The sectors that a record's texts speak for, the most likely first."""
        with self._lock:
            self.catch_up()
            return self._replica.model.propose_sectors(record)

    def partnerships_of(self, key: str) -> int:
        """With how many a profile is known to have worked, as of the last answer."""
        with self._lock:
            return len(self._replica.model.partners_of(key))

    def precedents(self, subject: JsonObject, candidate: JsonObject) -> "Sequence[NearestPrecedent]":
        """The documented practices nearest to a pair."""
        with self._lock:
            if self._precedents is None or self._precedents[0] != self._replica.loads:
                from matching import PrecedentFinder

                with reading(self._engine) as session:
                    practices = [row.document for row in all_precedents(session)]
                self._precedents = self._replica.loads, PrecedentFinder(practices)
            return self._precedents[1].nearest(subject, candidate)

    def ended_programmes(
        self, record: JsonObject, ruleset: Ruleset, *, limit: int, on: date
    ) -> "Sequence[NearestPrecedent]":
        """The programmes that have ended and would have fitted a record, the nearest first."""
        with self._lock:
            return self._replica.follow(ruleset).ended_programmes(record, limit, on=on)

    def _is_large(self) -> bool:
        """Whether there are so many profiles that indexes are worth their while."""
        from matching import BRUTE_FORCE_LIMIT

        return len(self._replica.keys) > BRUTE_FORCE_LIMIT
