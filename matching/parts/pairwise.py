"""The scores of all pairs of some subjects and candidates, part by part."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import cast

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.profiles import KindProfiles
from matching.features.records import Traits
from matching.features.vectorizer import ProfileVectorizer
from matching.features.weighting import IdfWeights
from matching.fitted_state import FittedState
from matching.parts.base import RowSelection, ScorePart
from matching.parts.preferences import PreferenceScores
from matching.parts.registry import SCORE_PARTS
from matching.parts.track_record import TrackRecordPart
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions, dot_products
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from schemas.kinds import Kind
from schemas.weights import PartName, ScorePartName

MAX_REASONS = 5


class PairwiseScores:
    """The scores of all subjects (rows, of one kind) with all candidates (columns, of one kind).

    Parameters
    ----------
    state
        What the model knows.
    subjects, candidates
        Read into the vocabulary of the known profiles: see :meth:`FittedState.encode`.
    mask
        Which pairs are wanted (subjects × candidates), by default all; similarities of the others are 0.
    on
        The day on which dates count.
    """

    def __init__(
        self,
        state: FittedState,
        subjects: KindProfiles,
        candidates: KindProfiles,
        mask: Mask | None = None,
        on: date | None = None,
    ) -> None:
        self.state, self.subjects, self.candidates = state, subjects, candidates
        self._mask, self.on = mask, on
        self.parts: dict[PartName, ScorePart] = {part.name: part(self) for part in SCORE_PARTS}
        self._preferences = PreferenceScores(self)

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of subjects and candidates."""
        return len(self.subjects.encoded), len(self.candidates.encoded)

    @cached_property
    def kinds(self) -> tuple[Kind, Kind]:
        """The kinds of the subjects and of the candidates."""
        return self.subjects.kind, self.candidates.kind

    @property
    def between_authorities(self) -> bool:
        """Whether both sides are authorities."""
        return self.kinds == (Kind.AUTHORITY, Kind.AUTHORITY)

    @property
    def idf(self) -> IdfWeights:
        """The inverse document frequencies over all known profiles."""
        return self.state.profiles.idf_weights

    def vectors(self, vectorizer: type[ProfileVectorizer]) -> tuple[csr_matrix, csr_matrix]:
        """The vectors of the subjects and of the candidates."""
        return self.subjects.matrix(vectorizer), self.candidates.matrix(vectorizer)

    def tfidf(self, vectorizer: type[ProfileVectorizer]) -> tuple[csr_matrix, csr_matrix]:
        """The vectors of the subjects and of the candidates, weighted by TF-IDF."""
        return self.subjects.tfidf(vectorizer, self.idf), self.candidates.tfidf(vectorizer, self.idf)

    @property
    def track_record(self) -> TrackRecordPart:
        """The track record part."""
        return cast("TrackRecordPart", self.parts["track_record"])

    def traits_of(self, row: int, position: int) -> tuple[Traits, Traits]:
        """The traits of a subject and of a candidate."""
        return self.subjects.encoded[row].traits, self.candidates.encoded[position].traits

    def similarity(self, name: PartName) -> Floats:
        """One part, between 0 and 1 (subjects × candidates)."""
        return self.parts[name].similarity

    @staticmethod
    def reasons(part: ScorePart, row: int, position: int) -> tuple[str, ...]:
        """Codes of what a pair has in common in one part, at most five; none where the similarity is 0."""
        return part.reasons(row, position)[:MAX_REASONS] if part.similarity[row, position] > 0 else ()

    def dot_products(self, left: csr_matrix, right: csr_matrix) -> Floats:
        """Dot products of the subjects' rows with the candidates', at most 1, of the wanted pairs."""
        if self._mask is None:
            return dot_products(left, right)
        # Among few candidates all pairs are wanted, and nobody has to wait for this loop to be compiled.
        from matching.sparse.products import masked_dot_products

        return masked_dot_products(left, right, self._mask)

    def masked(self, values: Floats) -> Floats:
        """The values of the wanted pairs, and 0 elsewhere."""
        return values if self._mask is None else values * self._mask

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

    def weight(self, settings: RulesetSettings, name: ScorePartName) -> float:
        """The weight of a part between the two kinds."""
        return settings.share(*self.kinds, name)

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
            some.parts[name] = part.restrict(some, rows, positions)
        some._preferences = self._preferences.restrict(some, rows, positions)
        return some
