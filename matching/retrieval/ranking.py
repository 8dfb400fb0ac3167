"""The order of the candidates for subjects of one kind, exact, though only those that may matter are looked at closely."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from matching.rules.masks import mask_is_exact
from matching.rules.eligibility import Party, eligibility, excluded
from matching.retrieval.threshold import ScoredCandidates, threshold_search
from matching.state import FittedState
from matching.retrieval.tie_breaking import ranked_positions, tie_break_hash
from matching.features.profiles import KindProfiles
from matching.parts.similarities import Similarities
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

OVERFETCH = 16
"""How many more candidates are looked at than are wanted: conditions may exclude some."""
DEPTH_GROWTH = 4
"""How many times more are looked at when that was too few."""
ScoredPair = tuple[Similarities, int, int]
"""Where a pair is found: in which similarities, in which row and in which column."""


def candidate_key(place: ScoredPair) -> str:
    """The key of the candidate at a place."""
    similarities, _, position = place
    return similarities.candidates.keys[position]


class CandidateRanking:
    """The ``k`` best candidates of some kinds in order, for subjects of one kind."""

    def __init__(
        self,
        subjects: KindProfiles,
        everybody: Sequence[Similarities],
        settings: RulesetSettings,
        on: date | None,
        k: int,
    ) -> None:
        self._subjects, self._everybody = subjects, everybody
        self._settings, self._on, self._k = settings, on, k
        self._fields = threshold_search(everybody, settings, on, k, OVERFETCH)

    @classmethod
    def of(
        cls,
        state: FittedState,
        settings: RulesetSettings,
        subjects: KindProfiles,
        wanted: Sequence[Kind],
        on: date | None,
        k: int,
    ) -> "CandidateRanking":
        """The ranking of all known candidates of the ``wanted`` kinds."""
        kinds = [candidates for kind in wanted if (candidates := state.profiles.of(kind)).keys]
        everybody = [Similarities(state, subjects, candidates, on=on) for candidates in kinds]
        return cls(subjects, everybody, settings, on, k)

    def lists(self, k: int) -> list[list[ScoredPair]]:
        """For each subject the ``k`` best candidates that no condition excludes."""
        found = [self._best(row, k) for row in range(len(self._subjects.keys))]
        unsure = [row for row, places in enumerate(found) if places is None]
        if unsure:
            for row, places in zip(unsure, self._deeper(unsure).lists(k), strict=True):
                found[row] = places
        return [places or [] for places in found]

    def _best(self, row: int, k: int) -> list[ScoredPair] | None:
        """The list of one subject; ``None`` when others than are looked at here could be on it."""
        found: list[ScoredPair] = []
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        floor = max((field.upper_bounds_elsewhere[row] for field in self._fields), default=0.0)
        for field, position in self._in_order(row):
            if floor and field.scores[row, position] <= floor:
                break
            if self._may_be_shown(subject, field.similarities.candidates, position):
                found.append((field.similarities, row, position))
                if len(found) == k:
                    return found
        return None if floor else found

    def _deeper(self, rows: Sequence[int]) -> "CandidateRanking":
        """A ranking of more candidates for some of the subjects."""
        everybody = [candidates.restrict_subjects(rows) for candidates in self._everybody]
        return CandidateRanking(self._subjects.rows(rows), everybody, self._settings, self._on, self._k * DEPTH_GROWTH)

    def _in_order(self, row: int) -> Iterator[tuple[ScoredCandidates, int]]:
        if not self._fields:
            return
        starts = np.cumsum([0, *(field.scores.shape[1] for field in self._fields)])
        subject = self._subjects.keys[row]

        def find(place: int) -> tuple[ScoredCandidates, int]:
            which = int(np.searchsorted(starts, place, side="right")) - 1
            return self._fields[which], place - int(starts[which])

        def turn(place: int) -> int:
            field, position = find(place)
            return tie_break_hash(subject, field.similarities.candidates.encoded[position].traits.key)

        scores = np.concatenate([field.scores[row] for field in self._fields])
        yield from map(find, ranked_positions(scores, turn))

    def _may_be_shown(self, subject: Party, candidates: KindProfiles, position: int) -> bool:
        """Whether no condition excludes somebody who is allowed as far as that can be said of many at once."""
        known = candidates.encoded[position]
        if known.traits.key == subject.traits.key:
            return False
        return mask_is_exact(subject.traits.kind, known.traits.kind) or not excluded(
            eligibility(subject, Party(known.record, known.traits), self._on)
        )
