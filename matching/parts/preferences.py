"""What the preferences of a ruleset add to scores."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matching.parts.base import RowSelection
from matching.sparse.matrices import Floats, Positions
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.parts.pairwise import PairwiseScores


class PreferenceScores:
    """The points that preferences give to all pairs, computed once for a ruleset."""

    def __init__(self, pairs: "PairwiseScores") -> None:
        self._pairs = pairs
        self._computed: tuple[RulesetSettings, Sequence[Floats]] | None = None

    def scores(self, settings: RulesetSettings) -> Sequence[Floats]:
        """As :meth:`matching.parts.pairwise.PairwiseScores.preference_scores`."""
        most = self._pairs.weight(settings, "preferences")
        if not most:
            return []
        if self._computed is None or self._computed[0] is not settings:
            rules = settings.preferences_between(*self._pairs.kinds)
            self._computed = settings, self._pairs.evaluator(settings).points(rules, most)
        return self._computed[1]

    def restrict(
        self, pairs: "PairwiseScores", rows: RowSelection, positions: slice | Positions
    ) -> "PreferenceScores":
        """The points of some of the pairs."""
        some = PreferenceScores(pairs)
        if self._computed is not None:
            settings, scores = self._computed
            few = scores[rows] if isinstance(rows, slice) else [scores[row] for row in rows]
            some._computed = settings, [each[positions] for each in few]
        return some
