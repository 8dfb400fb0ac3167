"""A replica of the matching model in this process, kept up with the database by change numbers."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from matching import PartnershipModel
from schemas.kinds import Kind
from schemas.rules import RulesetSettings
from service.db.session import reading
from service.db.tables import Profile, Ruleset
from service.profiles.records import matching_record
from service.suggestions import repository
from service.suggestions.lists import RankedCandidates

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """One candidate with its score and the parts that add up to it."""

    number: int
    score: float
    parts: tuple[Any, ...]


class MatchIndex:
    """The published profiles and the track record, ready to be matched.

    Every public method first catches up with what has been committed, then answers from memory. One lock
    guards the replica: a caller sees it before a change or after it, never half-way.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._model = PartnershipModel()
        self._keys: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._seen_profiles = -1
        self._seen_partnerships = -1
        self._by_version: dict[int, PartnershipModel] = {}

    def catch_up(self) -> None:
        """Take in every change that has been committed since the last time."""
        with self._lock, reading(self._engine) as session:
            if self._seen_profiles < 0:
                self._load(session)
            elif repository.last_change(session) != self._seen_profiles:
                self._take_changes(session)
            if repository.last_change(session, "partnership") != self._seen_partnerships:
                self._take_track_record(session)

    def rank(
        self, subjects: Sequence[Profile], kind: Kind, ruleset: Ruleset, *, limit: int, on: date
    ) -> list[RankedCandidates]:
        """The best ``limit`` candidates of ``kind`` for each subject, in the order of ``subjects``."""
        with self._lock:
            self.catch_up()
            records = [matching_record(subject) for subject in subjects]
            lists = self._model_for(ruleset).suggest(records, k=limit, kinds=(kind.value,), on=on)
            return [
                RankedCandidates(
                    numbers=tuple(self._numbers[item.candidate] for item in items),
                    scores=tuple(item.score for item in items),
                )
                for items in lists
            ]

    def score(
        self, subject: Profile, numbers: Sequence[int], ruleset: Ruleset, *, on: date
    ) -> list[ScoredCandidate]:
        """Scores and parts of the given candidates for one subject; unknown candidates are left out."""
        with self._lock:
            self.catch_up()
            keys = [self._keys[number] for number in numbers if number in self._keys]
            if not keys:
                return []
            scored = self._model_for(ruleset).score_pairs(matching_record(subject), keys)
            return [ScoredCandidate(self._numbers[item.candidate], item.score, item.parts) for item in scored]

    def subjects_touched(self, number: int, kind: Kind, ruleset: Ruleset) -> tuple[list[int], Any]:
        """Subjects of ``kind`` and the scores that candidate ``number`` has for them."""
        with self._lock:
            self.catch_up()
            if number not in self._keys:
                return [], []
            keys, scores = self._model_for(ruleset).subjects_touched(self._keys[number], kind.value)
            return [self._numbers[key] for key in keys], scores

    def _model_for(self, ruleset: Ruleset) -> PartnershipModel:
        version = ruleset.version or 0
        if version not in self._by_version:
            settings = RulesetSettings.model_validate(ruleset.settings)
            self._by_version = {version: self._model.with_ruleset(settings)}
        return self._by_version[version]

    def _load(self, session: Session) -> None:
        self._seen_profiles = repository.last_change(session)
        self._seen_partnerships = repository.last_change(session, "partnership")
        records = [self._remember(profile) for profile in repository.profiles_changed_since(session, -1)]
        published = [record for record in records if record is not None]
        self._model = PartnershipModel().fit(published, track_record=self._pairs(session))
        self._by_version.clear()

    def _take_changes(self, session: Session) -> None:
        since, self._seen_profiles = self._seen_profiles, repository.last_change(session)
        gone = [self._forget(number) for number in repository.profiles_deleted_since(session, since)]
        changed: list[Record] = []
        for profile in repository.profiles_changed_since(session, since):
            former = self._forget(profile.number or 0)
            record = self._remember(profile)
            if record is not None:
                changed.append(record)
            if former is not None and (record is None or former != profile.key):
                gone.append(former)
        self._model.remove([key for key in gone if key is not None])
        self._model.update(changed)
        self._by_version.clear()

    def _take_track_record(self, session: Session) -> None:
        self._seen_partnerships = repository.last_change(session, "partnership")
        self._model.learn(self._pairs(session))
        self._by_version.clear()

    def _remember(self, profile: Profile) -> Record | None:
        if not profile.published:
            return None
        number = profile.number or 0
        self._keys[number] = profile.key
        self._numbers[profile.key] = number
        return matching_record(profile)

    def _forget(self, number: int) -> str | None:
        key = self._keys.pop(number, None)
        if key is not None:
            self._numbers.pop(key, None)
        return key

    def _pairs(self, session: Session) -> list[tuple[str, str, str | None]]:
        return [
            (self._keys[query], self._keys[candidate], since)
            for query, candidate, since in repository.track_record(session)
            if query in self._keys and candidate in self._keys
        ]
