"""The candidates of one subject that may be shown, best first, as far as anybody asks for them."""

from collections.abc import Iterator, Sequence

from matching.features.records import Side
from matching.retrieval.side_balance import RankedPair
from matching.retrieval.threshold import ScoredCandidates
from schemas.kinds import Kind


class RankedList:
    """The candidates of one subject, best first; each is taken once.

    Parameters
    ----------
    ranked
        The scored candidates that may be shown, best first.
    row
        The subject's.
    scored_kinds
        Where they come from.
    """

    def __init__(
        self, ranked: Iterator[RankedPair], row: int, scored_kinds: Sequence[ScoredCandidates]
    ) -> None:
        self._ranked, self._row, self._scored_kinds = ranked, row, scored_kinds

    def first(self, k: int) -> list[RankedPair] | None:
        """The next ``k``; ``None`` where a candidate that was not scored could be one of them."""
        return self._next(k, self._bound(self._scored_kinds))

    def first_on_side(self, side: Side, k: int) -> list[RankedPair] | None:
        """The next ``k`` authorities on a side; ``None`` where one that was not scored could be one of them."""
        possible = [
            scored
            for scored in self._scored_kinds
            if scored.pairs.kinds[1] is Kind.AUTHORITY and scored.apart in (None, side)
        ]
        return self._next(k, self._bound(possible), side)

    def _next(self, k: int, bound: float, side: Side | None = None) -> list[RankedPair] | None:
        found: list[RankedPair] = []
        for pair in self._ranked:
            if bound and pair.score <= bound:
                break
            if side is None or pair.side == side:
                found.append(pair)
                if len(found) == k:
                    return found
        return None if bound else found

    def _bound(self, scored_kinds: Sequence[ScoredCandidates]) -> float:
        """What a candidate that was not scored has at most."""
        return max((float(scored.upper_bounds_elsewhere[self._row]) for scored in scored_kinds), default=0.0)
