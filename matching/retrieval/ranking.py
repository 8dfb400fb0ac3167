"""The ranking of candidates of several kinds: exact, though few candidates are scored."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from matching.features.encoding import EncodedProfile
from matching.features.profiles import KindProfiles
from matching.features.records import SIDES, Side
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.index_cache import IndexCache
from matching.retrieval.side_balance import RankedPair, Shortage, balanced, shortage
from matching.retrieval.threshold import ScoredCandidates, threshold_search
from matching.retrieval.tie_breaking import ranked_positions, tie_break_hash
from matching.rules.built_in.base import Circumstances
from matching.rules.built_in.registry import passes_inexact
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.sparse.precision import SCORE_DECIMALS
from schemas.kinds import PAIRINGS, Kind
from schemas.records import Record

OVERFETCH = 16
"""How many more candidates are considered than are wanted: conditions may exclude some."""
SUBJECTS_PER_BATCH = 64
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
        found = self._best(k)
        for side in SIDES:
            shortages = {
                row: short
                for row, pairs in enumerate(found)
                if len(pairs) == k and (short := shortage(pair.side for pair in pairs)) and short.side == side
            }
            known = {row: self._best_on_side(row, short) for row, short in shortages.items()}
            unknown = [row for row, best in known.items() if best is None]
            if unknown:
                places = max(shortages[row].places for row in unknown)
                known.update(zip(unknown, self._on_side(side, unknown, places)._best(places), strict=True))
            for row, best in known.items():
                found[row] = balanced(found[row], shortages[row], best or [])
        return found

    def _best_on_side(self, row: int, short: Shortage) -> list[RankedPair] | None:
        """The best authorities on a side for one subject; ``None`` where one that was not scored could be among them."""
        scored = [
            each
            for each in self._scored
            if each.pairs.kinds[1] is Kind.AUTHORITY and each.apart in (None, short.side)
        ]
        return self._list(row, short.places, scored, short.side)

    def _best(self, k: int) -> list[list[RankedPair]]:
        """The ``k`` best candidates of each subject by score alone."""
        found = [self._list(row, k, self._scored, self._side) for row in range(len(self._subjects.keys))]
        incomplete = [row for row, pairs in enumerate(found) if pairs is None]
        if incomplete:
            for row, pairs in zip(incomplete, self._deeper(incomplete)._best(k), strict=True):
                found[row] = pairs
        return [pairs or [] for pairs in found]

    def _list(
        self, row: int, k: int, scored_kinds: Sequence[ScoredCandidates], side: Side | None
    ) -> list[RankedPair] | None:
        """The list of one subject; ``None`` where a candidate that was not scored could be on it."""
        found: list[RankedPair] = []
        governed = set[str]()
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        bound = max((scored.upper_bounds_elsewhere[row] for scored in scored_kinds), default=0.0)
        for scored, position in self._ranked(row, scored_kinds, side):
            score = scored.scores[row, position]
            if bound and score <= bound:
                break
            candidate = scored.pairs.candidates.encoded[position]
            if candidate.jurisdiction not in governed and self._may_be_shown(subject, candidate):
                order = (
                    -round(score, SCORE_DECIMALS),
                    tie_break_hash(subject.traits.key, candidate.traits.key),
                )
                found.append(RankedPair(scored.pairs, row, position, order))
                if len(found) == k:
                    return found
                if candidate.jurisdiction:
                    governed.add(candidate.jurisdiction)
        return None if bound else found

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

    def _ranked(
        self, row: int, scored_kinds: Sequence[ScoredCandidates], side: Side | None
    ) -> Iterator[tuple[ScoredCandidates, int]]:
        """The scored candidates of some kinds, best first; only authorities on a side, if one is given."""
        if not scored_kinds:
            return
        starts = np.cumsum([0, *(scored.scores.shape[1] for scored in scored_kinds)])
        subject = self._subjects.keys[row]

        def locate(place: int) -> tuple[ScoredCandidates, int]:
            number = int(np.searchsorted(starts, place, side="right")) - 1
            return scored_kinds[number], place - int(starts[number])

        def tie_break(place: int) -> int:
            scored, position = locate(place)
            return tie_break_hash(subject, scored.pairs.candidates.encoded[position].traits.key)

        scores = np.concatenate([scored.on_side(side, row) for scored in scored_kinds])
        yield from map(locate, ranked_positions(scores, tie_break))

    def _may_be_shown(self, subject: Party, profile: EncodedProfile) -> bool:
        """Whether no condition excludes a candidate, given that its mask does not."""
        own, key = subject.traits.key, profile.traits.key
        if key == own or key in self._context.excluded.get(own, ()):
            return False
        return passes_inexact(subject, Party(profile.record, profile.traits), self._circumstances)


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
        wanted = PAIRINGS[rows.kind] if kinds is None else kinds
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
