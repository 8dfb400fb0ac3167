"""The ranking of candidates of several kinds: exact, though few candidates are scored."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from matching.features.profiles import KindProfiles
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.threshold import ScoredCandidates, threshold_search
from matching.retrieval.tie_breaking import ranked_positions, tie_break_hash
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import passes_inexact
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import PAIRINGS, Kind
from schemas.records import Record

OVERFETCH = 16
"""How many more candidates are considered than are wanted: conditions may exclude some."""
SUBJECTS_PER_BATCH = 64
DEPTH_GROWTH = 4
"""By what factor that is increased where it was not enough."""


class RankedPair(NamedTuple):
    """A subject (row) and a candidate (position) of some scored pairs."""

    pairs: PairwiseScores
    row: int
    position: int

    @property
    def candidate_key(self) -> str:
        """The key of the candidate."""
        return self.pairs.candidates.keys[self.position]


class CandidateRanking:
    """The best candidates of some kinds for subjects of one kind.

    Parameters
    ----------
    subjects
        Profiles of one kind.
    every_kind
        The pairs of these subjects with the candidates of each kind.
    indexes
        Where indexes of candidates are found.
    settings, on
        The ruleset, and the day on which dates count.
    depth
        How many candidates are considered at least.
    """

    def __init__(
        self,
        subjects: KindProfiles,
        every_kind: Sequence[PairwiseScores],
        indexes: IndexCache,
        settings: RulesetSettings,
        on: date | None,
        depth: int,
    ) -> None:
        self._subjects, self._every_kind, self._indexes = subjects, every_kind, indexes
        self._settings, self._on, self._depth = settings, on, depth
        self._circumstances = Circumstances(on)
        self._scored = threshold_search(every_kind, indexes, settings, on, depth, OVERFETCH)

    @classmethod
    def of(
        cls,
        state: FittedState,
        indexes: IndexCache,
        settings: RulesetSettings,
        subjects: KindProfiles,
        kinds: Sequence[Kind],
        on: date | None,
        depth: int,
    ) -> "CandidateRanking":
        """The ranking of all known candidates of some kinds."""
        candidates = [profiles for kind in kinds if (profiles := state.profiles.of(kind)).keys]
        every_kind = [PairwiseScores(state, subjects, profiles, on=on) for profiles in candidates]
        return cls(subjects, every_kind, indexes, settings, on, depth)

    def lists(self, k: int) -> list[list[RankedPair]]:
        """The ``k`` best candidates of each subject that no condition excludes, best first."""
        found = [self._list(row, k) for row in range(len(self._subjects.keys))]
        incomplete = [row for row, pairs in enumerate(found) if pairs is None]
        if incomplete:
            for row, pairs in zip(incomplete, self._deeper(incomplete).lists(k), strict=True):
                found[row] = pairs
        return [pairs or [] for pairs in found]

    def _list(self, row: int, k: int) -> list[RankedPair] | None:
        """The list of one subject; ``None`` where a candidate that was not scored could be on it."""
        found: list[RankedPair] = []
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        bound = max((scored.upper_bounds_elsewhere[row] for scored in self._scored), default=0.0)
        for scored, position in self._ranked(row):
            if bound and scored.scores[row, position] <= bound:
                break
            if self._may_be_shown(subject, scored.pairs.candidates, position):
                found.append(RankedPair(scored.pairs, row, position))
                if len(found) == k:
                    return found
        return None if bound else found

    def _deeper(self, rows: Sequence[int]) -> "CandidateRanking":
        """A ranking that considers more candidates, for some of the subjects."""
        return CandidateRanking(
            self._subjects.subset(rows),
            [pairs.restrict_subjects(rows) for pairs in self._every_kind],
            self._indexes,
            self._settings,
            self._on,
            self._depth * DEPTH_GROWTH,
        )

    def _ranked(self, row: int) -> Iterator[tuple[ScoredCandidates, int]]:
        """The scored candidates of all kinds, best first."""
        if not self._scored:
            return
        starts = np.cumsum([0, *(scored.scores.shape[1] for scored in self._scored)])
        subject = self._subjects.keys[row]

        def locate(place: int) -> tuple[ScoredCandidates, int]:
            number = int(np.searchsorted(starts, place, side="right")) - 1
            return self._scored[number], place - int(starts[number])

        def tie_break(place: int) -> int:
            scored, position = locate(place)
            return tie_break_hash(subject, scored.pairs.candidates.encoded[position].traits.key)

        scores = np.concatenate([scored.scores[row] for scored in self._scored])
        yield from map(locate, ranked_positions(scores, tie_break))

    def _may_be_shown(self, subject: Party, candidates: KindProfiles, position: int) -> bool:
        """Whether no condition excludes a candidate, given that its mask does not."""
        profile = candidates.encoded[position]
        if profile.traits.key == subject.traits.key:
            return False
        return passes_inexact(subject, Party(profile.record, profile.traits), self._circumstances)


def rank_subjects(
    state: FittedState,
    indexes: IndexCache,
    settings: RulesetSettings,
    subjects: Sequence[Record],
    k: int,
    kinds: Sequence[Kind] | None,
    on: date | None,
) -> Iterator[tuple[int, list[RankedPair]]]:
    """The position and the list of each subject, of whatever kinds, in no order.

    Subjects are ranked in batches of one kind; what was computed for one batch is not kept. Raises ``ValueError`` when
    ``k`` is less than 1.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    for positions in _batches(subjects):
        batch = [subjects[position] for position in positions]
        rows = state.encode({str(record["key"]): record for record in batch}.values())
        wanted = PAIRINGS[rows.kind] if kinds is None else kinds
        lists = CandidateRanking.of(state, indexes, settings, rows, wanted, on, k).lists(k)
        for position, record in zip(positions, batch, strict=True):
            yield position, lists[rows.position(str(record["key"]))]


def _batches(subjects: Sequence[Record]) -> Iterator[list[int]]:
    by_kind: dict[Kind, list[int]] = {}
    for position, subject in enumerate(subjects):
        by_kind.setdefault(Kind(subject.get("kind", "")), []).append(position)
    for positions in by_kind.values():
        starts = range(0, len(positions), SUBJECTS_PER_BATCH)
        yield from (positions[start : start + SUBJECTS_PER_BATCH] for start in starts)
