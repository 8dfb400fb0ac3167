"""Both sides of a corridor on one list: authorities of either side take half of the places that authorities take."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matching.features.records import OTHER_SIDE, SIDES, Side
from schemas.records import Record

if TYPE_CHECKING:
    from matching.parts.pairwise import PairwiseScores


class RankedPair(NamedTuple):
    """A subject (row) and a candidate (position) of some scored pairs, with their place in the total order."""

    pairs: "PairwiseScores"
    row: int
    position: int
    order: tuple[float, int]

    @property
    def subject(self) -> Record:
        """The record of the subject."""
        return self.pairs.subjects.records[self.row]

    @property
    def candidate_key(self) -> str:
        """The key of the candidate."""
        return self.pairs.candidates.keys[self.position]

    @property
    def side(self) -> Side | None:
        """The side on which the candidate stands, where it is an authority of one side."""
        return self.pairs.candidates.encoded[self.position].only_side


class Shortage(NamedTuple):
    """A side that has fewer than half of the places of authorities, and how many it is to have."""

    side: Side
    places: int


def shortage(sides: Iterable[Side | None]) -> Shortage | None:
    """The side that comes short on a list, given the sides of its candidates."""
    counts = Counter(sides)
    for side in SIDES:
        places = (counts[side] + counts[OTHER_SIDE[side]]) // 2
        if counts[side] < places:
            return Shortage(side, places)
    return None


def is_one_sided(sides: Iterable[Side | None]) -> bool:
    """Whether a side comes short on a list that is made: there are no more authorities of it."""
    return shortage(sides) is not None


def balanced(pairs: Sequence[RankedPair], short: Shortage, best: Sequence[RankedPair]) -> list[RankedPair]:
    """A list on which a side has its places: its ``best`` candidates, as far as there are any, for the last of the other's."""
    added = best[: short.places]
    there = [pair for pair in pairs if pair.side == short.side]
    surplus = len(added) - len(there)
    others = [pair for pair in pairs if pair.side == OTHER_SIDE[short.side]]
    neither = [pair for pair in pairs if pair.side is None]
    return sorted([*neither, *others[: len(others) - surplus], *added], key=lambda pair: pair.order)
