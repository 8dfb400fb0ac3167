"""The ranking of candidates of several kinds: exact, though few candidates are scored."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import accumulate

import numpy as np

from matching.features.profiles import KindProfiles
from matching.features.records import SIDES, Side
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.ranked_list import RankedList
from matching.retrieval.side_balance import RankedPair, balanced, shortage
from matching.retrieval.threshold import ScoredCandidates, threshold_search
from matching.retrieval.tie_breaking import ranked_positions, tie_break
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import passes_inexact
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import Kind
from schemas.records import Record

OVERFETCH = 16
"""How many more candidates are considered than are wanted: conditions may exclude some."""
SUBJECTS_PER_BATCH = 128
DEPTH_GROWTH = 4
"""By what factor that is increased where it was not enough."""


@dataclass(frozen=True, slots=True)
class RankingContext:
    """What a ranking depends on beside the profiles.

    Attributes
    ----------
    indexes
        Where indexes of candidates are found.
    settings, on
        The ruleset, and the day on which dates count.
    excluded
        By the key of a subject, the keys of candidates that it is not to be shown.
    """

    indexes: IndexCache
    settings: RulesetSettings
    on: date | None = None
    excluded: Mapping[str, Set[str]] = field(default_factory=dict)


class CandidateRanking:
    """The best candidates of some kinds for subjects of one kind.

    Parameters
    ----------
    subjects
        Profiles of one kind.
    every_kind
        The pairs of these subjects with the candidates of each kind.
    context
        What it depends on beside these.
    depth
        How many candidates are considered at least.
    side
        Only authorities that stand on this side are candidates, if it is given.
    """

    def __init__(
        self,
        subjects: KindProfiles,
        every_kind: Sequence[PairwiseScores],
        context: RankingContext,
        depth: int,
        side: Side | None = None,
    ) -> None:
        self._subjects, self._every_kind, self._context = subjects, every_kind, context
        self._depth, self._side = depth, side
        self._circumstances = Circumstances(context.on)
        self._scored = threshold_search(
            every_kind, context.indexes, context.settings, context.on, depth, OVERFETCH, side
        )

    @classmethod
    def of(
        cls,
        state: FittedState,
        context: RankingContext,
        subjects: KindProfiles,
        kinds: Sequence[Kind],
        depth: int,
    ) -> "CandidateRanking":
        """The ranking of all known candidates of some kinds."""
        candidates = [profiles for kind in kinds if (profiles := state.profiles.of(kind)).keys]
        every_kind = [PairwiseScores(state, subjects, profiles, on=context.on) for profiles in candidates]
        return cls(subjects, every_kind, context, depth)

    def lists(self, k: int) -> list[list[RankedPair]]:
        """The ``k`` best candidates of each subject that no condition excludes, best first.

        Authorities of either side have half of the places that authorities have, as far as there are any. Of authorities
        that govern the same only the best one is there.
        """
        rankings = self._rankings(k)
        found = [pairs for _, pairs in rankings]
        short = {
            row: shortage(pair.side for pair in pairs) for row, pairs in enumerate(found) if len(pairs) == k
        }
        for side in SIDES:
            shortages = {row: each for row, each in short.items() if each and each.side == side}
            listed = {row: {pair.candidate_key for pair in found[row]} for row in shortages}
            more = {
                row: rankings[row][0].first_on_side(*each, listed[row]) for row, each in shortages.items()
            }
            unknown = {row: listed[row] for row, pairs in more.items() if pairs is None}
            if unknown:
                more.update(self._search_side(side, unknown, k // 2))
            for row, pairs in more.items():
                missing = shortages[row].missing
                found[row] = balanced(found[row], side, (pairs or [])[:missing])
        return found

    def _search_side(
        self, side: Side, listed: Mapping[int, Set[str]], places: int
    ) -> Iterator[tuple[int, list[RankedPair]]]:
        """The authorities on a side that are not ``listed`` (keys, by row), but among as many of the best as there are places."""
        rankings = self._on_side(side, list(listed), places)._rankings(places)
        for (row, keys), (_, best) in zip(listed.items(), rankings, strict=True):
            yield row, [pair for pair in best if pair.candidate_key not in keys]

    def _rankings(self, k: int) -> list[tuple[RankedList, list[RankedPair]]]:
        """The ``k`` best candidates of each subject by score alone, after what comes after them."""
        ranked = [self._ranked_list(row) for row in range(len(self._subjects.keys))]
        first = [candidates.first(k) for candidates in ranked]
        incomplete = [row for row, pairs in enumerate(first) if pairs is None]
        found = [(candidates, pairs or []) for candidates, pairs in zip(ranked, first, strict=True)]
        if incomplete:
            for row, deeper in zip(incomplete, self._deeper(incomplete)._rankings(k), strict=True):
                found[row] = deeper
        return found

    def _ranked_list(self, row: int) -> RankedList:
        return RankedList(partial(self._may_be_shown, row), row, self._scored)

    def _may_be_shown(self, row: int, side: Side | None) -> Iterator[RankedPair]:
        """The scored candidates of one subject that no condition excludes, best first; of those that govern the same
        the best. With a side, only authorities on it."""
        governed = set[str]()
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        own = subject.traits.key
        hidden = {own, *self._context.excluded.get(own, ())}
        for scored, position in self._ranked(row, side or self._side):
            candidate = scored.pairs.candidates.encoded[position]
            if candidate.traits.key in hidden or candidate.jurisdiction in governed:
                continue
            if not passes_inexact(subject, Party(candidate.record, candidate.traits), self._circumstances):
                continue
            if candidate.jurisdiction:
                governed.add(candidate.jurisdiction)
            yield RankedPair(scored.pairs, row, position, float(scored.scores[row, position]))

    def _deeper(self, rows: Sequence[int]) -> "CandidateRanking":
        """A ranking that considers more candidates, for some of the subjects."""
        return CandidateRanking(
            self._subjects.subset(rows),
            [pairs.restrict_subjects(rows) for pairs in self._every_kind],
            self._context,
            self._depth * DEPTH_GROWTH,
            self._side,
        )

    def _on_side(self, side: Side, rows: Sequence[int], depth: int) -> "CandidateRanking":
        """A ranking of the authorities on one side, for some of the subjects."""
        pairs = [pairs for pairs in self._every_kind if pairs.kinds[1] is Kind.AUTHORITY]
        return CandidateRanking(
            self._subjects.subset(rows),
            [of_authorities.restrict_subjects(rows) for of_authorities in pairs],
            self._context,
            depth,
            side,
        )

    def _ranked(self, row: int, side: Side | None) -> Iterator[tuple[ScoredCandidates, int]]:
        """The scored candidates of one subject, or of these the authorities on a side, best first."""
        among = [scored for scored in self._scored if side is None or scored.are_authorities]
        if not among:
            return
        starts = [0, *accumulate(scored.scores.shape[1] for scored in among)]
        subject = self._subjects.keys[row]

        def locate(place: int) -> tuple[ScoredCandidates, int]:
            number = bisect_right(starts, place) - 1
            return among[number], place - starts[number]

        def tie_break_at(place: int) -> int:
            scored, position = locate(place)
            return tie_break(subject, scored.pairs.candidates.encoded[position], self._context.on)

        scores = np.concatenate([scored.on_side(side, row) for scored in among])
        yield from map(locate, ranked_positions(scores, self._context.settings.cutoff, tie_break_at))


def rank_subjects(
    state: FittedState,
    context: RankingContext,
    subjects: Sequence[Record],
    k: int,
    kinds: Sequence[Kind] | None,
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
        wanted = context.settings.candidate_kinds(rows.kind) if kinds is None else kinds
        lists = CandidateRanking.of(state, context, rows, wanted, k).lists(k)
        for position, record in zip(positions, batch, strict=True):
            yield position, lists[rows.position(str(record["key"]))]


def _batches(subjects: Sequence[Record]) -> Iterator[list[int]]:
    by_kind: dict[Kind, list[int]] = {}
    for position, subject in enumerate(subjects):
        by_kind.setdefault(Kind(subject.get("kind", "")), []).append(position)
    for positions in by_kind.values():
        starts = range(0, len(positions), SUBJECTS_PER_BATCH)
        yield from (positions[start : start + SUBJECTS_PER_BATCH] for start in starts)
