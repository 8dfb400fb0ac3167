"""The track record part: how likely a candidate is by the partnerships of those like the subject."""

from functools import cached_property

import numpy as np

from matching.features.collection import ProfileCollection
from matching.features.pipelines import kernel_pipeline
from matching.features.vectorizer import ProfileTransformer
from matching.parts.base import RowSelection, ScorePart
from matching.parts.pairs import Pairs
from matching.sparse.matrices import Floats, Positions
from matching.track_record.likelihoods import PartnershipLikelihoods
from matching.track_record.nearest_neighbours import NeighbourWeights
from schemas.kinds import Kind


class TrackRecordPart(ScorePart):
    """The square root of a likelihood, so that unlikely candidates still differ."""

    name = "track_record"

    def __init__(self, pairs: Pairs) -> None:
        super().__init__(pairs)
        self._likelihoods: Floats | None = None
        self._newcomer_likelihoods: Floats | None = None

    @classmethod
    def transformer(cls, profiles: ProfileCollection, kind: Kind, _against: Kind) -> ProfileTransformer:
        """What makes profiles of one kind alike; between them, not with candidates, dot products count."""
        return kernel_pipeline(profiles, kind)

    def _compute(self) -> Floats:
        likelihoods = np.zeros(self.pairs.shape)
        if self.partnerships.candidates:
            positions, columns = self.with_history
            likelihoods[:, positions] = self.likelihoods[:, columns]
            newcomers, groups = self._newcomers
            likelihoods[:, newcomers] = self.newcomer_likelihoods[:, groups]
        return self.pairs.masked(self._root(likelihoods))

    def _root(self, likelihoods: Floats) -> Floats:
        """Their square roots; between authorities, after the lift by their sizes."""
        if self.pairs.between_authorities and self.partnerships.candidates:
            self.partnerships.apply_size_lift(likelihoods, self.pairs.subjects, self.pairs.candidates)
            np.minimum(likelihoods, 1.0, out=likelihoods)
        return np.sqrt(likelihoods, out=likelihoods)

    def upper_bounds(self) -> Floats:
        """Upper bounds from the similarity to those who have worked with the candidates."""
        bounds = np.zeros(self.pairs.shape)
        if self.partnerships.candidates:
            positions, columns = self.with_history
            if positions.size:  # else nobody's neighbours are needed
                bounds[:, positions] = self.partnerships.upper_bounds(self.pairs.subjects, columns)
            newcomers, groups = self._newcomers
            bounds[:, newcomers] = self.partnerships.newcomer_upper_bounds[groups]
        return self._root(bounds)

    def newcomer_upper_bound(self) -> float:
        """An upper bound of the similarity of any candidate without a history."""
        return float(np.sqrt(self.partnerships.newcomer_upper_bounds[self._newcomers[1]].max(initial=0.0)))

    @property
    def partnerships(self) -> PartnershipLikelihoods:
        """The earlier partnerships of the two kinds."""
        return self.pairs.state.partnerships_between(self.pairs.subjects.kind, self.pairs.candidates.kind)

    @cached_property
    def _history_columns(self) -> Positions:
        """By candidate, its column among those with a history; -1 for the others."""
        return self.partnerships.columns_of(self.pairs.candidates)

    @cached_property
    def _newcomer_groups(self) -> Positions:
        return self.partnerships.cold_start.groups_of(self.pairs.candidates)

    @cached_property
    def with_history(self) -> tuple[Positions, Positions]:
        """The candidates with a history: their positions, and their columns in :attr:`likelihoods`."""
        positions = np.flatnonzero(self._history_columns >= 0)
        return positions, self._history_columns[positions]

    @cached_property
    def _newcomers(self) -> tuple[Positions, Positions]:
        """The candidates without a history: their positions, and their columns in :attr:`newcomer_likelihoods`."""
        newcomers = np.flatnonzero(self._history_columns < 0)
        return newcomers, self._newcomer_groups[newcomers]

    @property
    def likelihoods(self) -> Floats:
        """The likelihood of each candidate with a history, known here or not (columns), for each subject (rows)."""
        if self._likelihoods is None:
            self._likelihoods = self.partnerships.likelihoods(self.pairs.subjects)
        return self._likelihoods

    @property
    def newcomer_likelihoods(self) -> Floats:
        """The likelihood of one newcomer of each group (columns) for each subject (rows)."""
        if self._newcomer_likelihoods is None:
            self._newcomer_likelihoods = self.partnerships.newcomer_likelihoods(
                self.pairs.subjects, self.likelihoods
            )
        return self._newcomer_likelihoods

    def restrict(self, pairs: Pairs, rows: RowSelection, positions: slice | Positions) -> "TrackRecordPart":
        """Likelihoods depend on the subjects alone, so they are kept."""
        part = TrackRecordPart(pairs)
        part._history_columns = self._history_columns[positions]
        if self.partnerships.candidates:
            part._newcomer_groups = self._newcomer_groups[positions]
        if self._likelihoods is not None:
            part._likelihoods = self._likelihoods[rows]
        if self._newcomer_likelihoods is not None:
            part._newcomer_likelihoods = self._newcomer_likelihoods[rows]
        return part

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """The key of the candidate's earlier partner that is most similar to the subject."""
        column = int(self._history_columns[position])
        if column < 0:
            return ()
        partner = self.partnerships.nearest_partner(self._neighbours[row], column)
        return (partner,) if partner else ()

    @cached_property
    def _neighbours(self) -> list[NeighbourWeights]:
        return self.partnerships.neighbours(self.pairs.subjects)
