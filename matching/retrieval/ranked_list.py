"""The best candidates of one subject that may be shown, as far as nobody who was not scored could be among them."""

from collections.abc import Callable, Iterator, Sequence, Set

from matching.features.records import Side
from matching.retrieval.side_balance import RankedPair
from matching.retrieval.threshold import ScoredCandidates


class RankedList:
    """The candidates of one subject, best first.

    Parameters
    ----------
    ranked
        Iterates over the scored candidates that may be shown, or over the authorities among them that stand on one side,
        best first.
    row
        The subject's.
    scored_kinds
        Where they come from.
    """

    def __init__(
        self,
        ranked: Callable[[Side | None], Iterator[RankedPair]],
        row: int,
        scored_kinds: Sequence[ScoredCandidates],
    ) -> None:
        self._ranked, self._row, self._scored_kinds = ranked, row, scored_kinds

    def first(self, k: int) -> list[RankedPair] | None:
        """The first ``k``; ``None`` where a candidate that was not scored could be one of them."""
        return self._first(k, self._bound(self._scored_kinds))

    def first_on_side(self, side: Side, k: int, listed: Set[str]) -> list[RankedPair] | None:
        """The first ``k`` authorities on a side that are not ``listed`` (keys); ``None`` where one that was not scored could be
        one of them."""
        authorities = [scored for scored in self._scored_kinds if scored.are_authorities]
        return self._first(k, self._bound(authorities, side), side, listed)

    def _first(
        self, k: int, bound: float, side: Side | None = None, listed: Set[str] = frozenset()
    ) -> list[RankedPair] | None:
        found: list[RankedPair] = []
        for pair in self._ranked(side):
            if bound and pair.score <= bound:
                break
            if pair.candidate_key not in listed:
                found.append(pair)
                if len(found) == k:
                    return found
        return None if bound else found

    def _bound(self, scored_kinds: Sequence[ScoredCandidates], side: Side | None = None) -> float:
        """What a candidate that was not scored has at most."""
        return max((scored.bound(side, self._row) for scored in scored_kinds), default=0.0)
