"""The scores of all pairs of some subjects and candidates, part by part."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from matching.parts.base import RowSelection, ScorePart
from matching.parts.pairs import Pairs
from matching.parts.preferences import PreferenceScores
from matching.parts.registry import SCORE_PARTS
from matching.parts.track_record import TrackRecordPart
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from schemas.weights import PartName


@dataclass(eq=False, repr=False)
class PairwiseScores(Pairs):
    """The scores of some pairs, part by part. Parameters are those of :class:`Pairs`."""

    def __post_init__(self) -> None:
        # Parts that held their scores would hold themselves: matrices would wait for the garbage collector.
        self._pairs = Pairs(self.state, self.subjects, self.candidates, self.mask, self.on)
        self.parts: dict[PartName, ScorePart] = {part.name: part(self._pairs) for part in SCORE_PARTS}
        self._preferences = PreferenceScores(self._pairs)

    @property
    def track_record(self) -> TrackRecordPart:
        """The track record part."""
        return cast("TrackRecordPart", self.parts["track_record"])

    def similarity(self, name: PartName) -> Floats:
        """One part, between 0 and 1 (subjects × candidates)."""
        return self.parts[name].similarity

    def scores(self, settings: RulesetSettings) -> Floats:
        """The scores under a ruleset: its weights × the parts, plus what it prefers."""
        scores = self.weighted_sum(settings, lambda part: part.similarity)
        if preferences := self.preference_scores(settings):
            scores += self.masked(np.stack(preferences)) * (np.round(scores, SCORE_DECIMALS) >= MIN_SCORE)
        return scores

    def upper_bounds(self, settings: RulesetSettings) -> Floats:
        """Upper bounds of the scores; quicker than these for many subjects and few candidates."""
        bounds = self.weighted_sum(settings, lambda part: part.upper_bounds())
        return bounds + self.weight(settings, "preferences")

    def weighted_sum(
        self,
        settings: RulesetSettings,
        values: Callable[[ScorePart], Floats],
        parts: Iterable[PartName] | None = None,
    ) -> Floats:
        """Σ weight × values over some parts, by default all."""
        total: Floats = np.zeros(self.shape)
        for name in self.parts if parts is None else parts:
            if weight := self.weight(settings, name):
                total += weight * values(self.parts[name])
        return total

    def preference_scores(self, settings: RulesetSettings) -> Sequence[Floats]:
        """What the ruleset's preferences add to scores: for each subject an array over all candidates.

        It counts only where the two have something else in common. Subjects with the same facts share an array; the
        sequence is empty where nothing is preferred.
        """
        return self._preferences.scores(settings)

    def track_record_weight(self, settings: RulesetSettings) -> float:
        """The weight of the track record; 0 where nobody has one."""
        return self.weight(settings, "track_record") if self.track_record.partnerships.candidates else 0.0

    def restrict_candidates(self, positions: Positions, mask: Mask | None = None) -> "PairwiseScores":
        """The scores with some of the candidates; what is known of them is not computed again."""
        candidates = self.candidates.subset_with_vectors(positions)
        some = PairwiseScores(self.state, self.subjects, candidates, mask, self.on)
        return self._carry_over(some, slice(None), positions)

    def restrict_subjects(self, rows: Sequence[int]) -> "PairwiseScores":
        """The scores of some of the subjects; what is known of them is not computed again."""
        subjects = self.subjects.subset_with_vectors(np.array(rows))
        some = PairwiseScores(self.state, subjects, self.candidates, on=self.on)
        return self._carry_over(some, rows, slice(None))

    def _carry_over(
        self, some: "PairwiseScores", rows: RowSelection, positions: slice | Positions
    ) -> "PairwiseScores":
        for name, part in self.parts.items():
            some.parts[name] = part.restrict(some._pairs, rows, positions)
        some._preferences = self._preferences.restrict(some._pairs, rows, positions)
        return some
