"""What there was before: documented practices that resemble a pair, and programmes for it that have ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.features.collection import ProfileCollection
from matching.features.profiles import KindProfiles
from matching.features.records import read_traits
from matching.features.region import PEOPLE
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.rules.built_in.programme_state import programme_state
from matching.rules.built_in.registry import TERRITORY_CONDITIONS, eligible_candidates
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.track_record.partnerships import TrackRecord
from schemas.kinds import PAIRINGS, Kind
from schemas.programme_states import ProgrammeState
from schemas.records import Record

MIN_SIMILARITY = 0.15
"""Below this, a practice has too little to do with a pair to be worth reading."""


@dataclass(frozen=True, slots=True)
class NearestPrecedent:
    """A documented practice near to a pair, or a programme that has ended.

    Attributes
    ----------
    key : str
    similarity : float
        Between 0 and 1.
    """

    key: str
    similarity: float


def ended_programmes(
    state: FittedState, settings: RulesetSettings, subject: KindProfiles, most: int, on: date | None
) -> list[NearestPrecedent]:
    """The ended programmes that share a territory with one subject and would have fitted it, the nearest first."""
    programmes = state.profiles.of(Kind.PROGRAMME)
    if Kind.PROGRAMME not in PAIRINGS[subject.kind] or not programmes.keys:
        return []
    party = Party(subject.records[0], subject.traits[0])
    sharing = eligible_candidates(party, programmes, state.circumstances(on), TERRITORY_CONDITIONS)
    ended = [
        position
        for position in np.flatnonzero(sharing).tolist()
        if programme_state(programmes.records[position], on) is ProgrammeState.ENDED
    ]
    if not ended:
        return []
    pairs = PairwiseScores(state, subject, programmes, on=on).restrict_candidates(np.array(ended))
    scores: list[float] = pairs.scores(settings)[0].tolist()
    found = [
        NearestPrecedent(key, score)
        for key, score in zip(pairs.candidates.keys, scores, strict=True)
        if score >= MIN_SIMILARITY
    ]
    return sorted(found, key=lambda item: (-item.similarity, item.key))[:most]


class PrecedentFinder:
    """Finds the documented practices nearest to a pair of profiles.

    Parameters
    ----------
    practices : iterable of Record
        With ``key``, ``name``, ``description``, ``origin``, ``residence``, ``sectors``, ``priorities`` and ``profiles``, the keys
        of those who took part.
    settings : RulesetSettings, optional
        The ruleset whose levels and affinities are used, by default the balanced one.
    """

    def __init__(self, practices: Iterable[Record], settings: RulesetSettings | None = None) -> None:
        known = {str(practice["key"]): practice for practice in practices}
        self._took_part = {key: set(practice.get("profiles") or ()) for key, practice in known.items()}
        self._settings = settings or RulesetSettings.balanced()
        self._state = FittedState(
            self._settings,
            ProfileCollection(self._settings.features).put(
                {**one, "kind": Kind.PROJECT.value} for one in known.values()
            ),
            ProfileCollection(self._settings.features),
            TrackRecord.of([]),
        )
        self._last: tuple[Record, Mapping[str, float]] | None = None

    def nearest(self, subject: Record, candidate: Record, limit: int = 2) -> Sequence[NearestPrecedent]:
        """At most ``limit`` practices, those first in which the candidate itself took part, then by similarity."""
        found = [
            NearestPrecedent(key, score)
            for key, score in self._similarities(self._query(subject, candidate)).items()
            if score >= MIN_SIMILARITY
        ]
        mine = str(candidate.get("key"))
        found.sort(key=lambda item: (mine not in self._took_part[item.key], -item.similarity, item.key))
        return found[:limit]

    def _similarities(self, query: Record) -> Mapping[str, float]:
        """The similarity of each practice; kept for the next pair, which often has the same side in it."""
        if self._last is None or self._last[0] != query:
            practices = self._state.profiles.of(Kind.PROJECT)
            scores: list[float] = []
            if practices.keys:
                pairs = PairwiseScores(self._state, self._state.encode([query]), practices)
                scores = pairs.scores(self._settings)[0].tolist()
            self._last = query, dict(zip(practices.keys, scores, strict=True))
        return self._last[1]

    @staticmethod
    def _query(subject: Record, candidate: Record) -> Record:
        """The side that practices are compared with: people and what they want, rather than who supports them."""
        for side in (subject, candidate):
            if read_traits(side).kind in PEOPLE:
                return {**side, "kind": Kind.ASSOCIATION.value}
        return subject
