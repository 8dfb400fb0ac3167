"""What the preferences of a ruleset add to scores."""

from collections.abc import Sequence

from matching.parts.base import RowSelection
from matching.parts.pairs import Pairs
from matching.rules.evaluator import ConditionEvaluator
from matching.rules.groups import ProfileGroup
from matching.rules.ruleset import RulesetSettings
from matching.rules.verdict import ConditionContext
from matching.sparse.matrices import Floats, Positions


class PreferenceScores:
    """The points that preferences give to all pairs, computed once for a ruleset."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs
        self._computed: tuple[RulesetSettings, Sequence[Floats]] | None = None

    def scores(self, settings: RulesetSettings) -> Sequence[Floats]:
        """As :meth:`matching.parts.pairwise.PairwiseScores.preference_scores`."""
        most = self._pairs.weight(settings, "preferences")
        if not most:
            return []
        if self._computed is None or self._computed[0] is not settings:
            rules = settings.preferences_between(*self._pairs.kinds)
            self._computed = settings, evaluator_of(self._pairs, settings).points(rules, most)
        return self._computed[1]

    def restrict(self, pairs: Pairs, rows: RowSelection, positions: slice | Positions) -> "PreferenceScores":
        """The points of some of the pairs."""
        some = PreferenceScores(pairs)
        if self._computed is not None:
            settings, scores = self._computed
            few = scores[rows] if isinstance(rows, slice) else [scores[row] for row in rows]
            some._computed = settings, [each[positions] for each in few]
        return some


def evaluator_of(pairs: Pairs, settings: RulesetSettings) -> ConditionEvaluator:
    """An evaluator of a ruleset's conditions and preferences between the two sides of some pairs."""
    return ConditionEvaluator(
        pairs.subjects.derived(ProfileGroup.of),
        pairs.candidates.derived(ProfileGroup.of),
        ConditionContext(pairs.on, settings.territories),
        pairs.state.ties,
    )
