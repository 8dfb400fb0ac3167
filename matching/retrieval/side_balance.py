"""Both sides of a corridor on one list: authorities of either side take half of the places that authorities take."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matching.features.encoding import EncodedProfile
from matching.features.records import OTHER_SIDE, SIDES, Side
from matching.retrieval.tie_breaking import tie_break
from matching.sparse.precision import SCORE_DECIMALS
from schemas.records import Record

if TYPE_CHECKING:
    from matching.parts.pairwise import PairwiseScores


class RankedPair(NamedTuple):
    """A subject (row) and a candidate (position) of some scored pairs, with their score."""

    pairs: "PairwiseScores"
    row: int
    position: int
    score: float

    @property
    def subject(self) -> Record:
        """The record of the subject."""
        return self.pairs.subjects.records[self.row]

    @property
    def candidate(self) -> EncodedProfile:
        """The candidate."""
        return self.pairs.candidates.encoded[self.position]

    @property
    def candidate_key(self) -> str:
        """The key of the candidate."""
        return self.candidate.traits.key

    @property
    def rounded_score(self) -> float:
        """The score as it orders candidates."""
        return round(self.score, SCORE_DECIMALS)

    @property
    def tie_break(self) -> int:
        """What orders it among candidates of equal score."""
        return tie_break(str(self.subject["key"]), self.candidate, self.pairs.on)

    @property
    def side(self) -> Side | None:
        """The side on which the candidate stands, where it is an authority of one side."""
        return self.candidate.only_side


class Shortage(NamedTuple):
    """A side that has fewer than half of the places of authorities, and how many more it is to have."""

    side: Side
    missing: int


def shortage(sides: Iterable[Side | None]) -> Shortage | None:
    """The side that comes short on a list, given the sides of its candidates."""
    counts = Counter(sides)
    for side in SIDES:
        places = (counts[side] + counts[OTHER_SIDE[side]]) // 2
        if counts[side] < places:
            return Shortage(side, places - counts[side])
    return None


def is_one_sided(sides: Iterable[Side | None]) -> bool:
    """Whether a side comes short on a list that is made: there are no more authorities of it."""
    return shortage(sides) is not None


def balanced(pairs: Sequence[RankedPair], side: Side, more: Sequence[RankedPair]) -> list[RankedPair]:
    """A list with more authorities on a side, in the places of the last on the other."""
    others = [pair for pair in pairs if pair.side == OTHER_SIDE[side]]
    displaced = set(others[len(others) - len(more) :])
    listed = [*(pair for pair in pairs if pair not in displaced), *more]
    scored_alike = Counter(pair.rounded_score for pair in listed)
    return sorted(
        listed,
        key=lambda pair: (
            -pair.rounded_score,
            pair.tie_break if scored_alike[pair.rounded_score] > 1 else 0,
        ),
    )
