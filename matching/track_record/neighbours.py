"""Nearest neighbours among earlier subjects: what they have chosen says who is likely to work with a new one.

The likelihood of a candidate is what the nearest earlier subjects have chosen, weighted by kernel ridge regression
(Saunders, Gammerman and Vovk 1998): two that say the same count little more than one, and partnerships long ago less than
recent ones. What the weights leave open is filled from the popularity of late. A candidate without a history has the
likelihood of a newcomer (:mod:`matching.track_record.cold_start`).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csc_matrix, csr_matrix

from matching.features.cache import ProfileCache
from matching.features.encoding import EncodedProfile
from matching.features.profiles import IdfWeights, KindProfiles
from matching.features.records import Sides, Traits
from matching.features.size import size_classes
from matching.sparse.matrices import Floats, Mask, Positions, SparseRow, dot_products, stack_rows
from matching.track_record.cold_start import ColdStart
from matching.track_record.kernel import KernelMatrix, sharpen
from matching.track_record.partnerships import TrackRecord
from matching.track_record.popularity import PopularityPrior, recency
from schemas.exposure import Exposure

NEIGHBOUR_COUNT = 160
RIDGE_ALPHA = 0.6
"""The regularization of a partnership of today, relative to a similarity of 1."""
ALPHA_DOUBLING_YEARS = 3.0
"""Years after which the regularization of a partnership has doubled: it is believed half as much."""
KNN_SHARE = 0.25
"""The share of plain nearest-neighbour weights, by similarity and age alone, beside those of the regression: a frequent
neighbour keeps some weight where others explain more."""
KNN_SHARE_BY_PLACE = 1.0
"""The same where similarity is by place: of two towns side by side, neither explains the other."""
MAX_AGE_YEARS = 15.0
"""Older partnerships count as if they were of this age."""
MIN_BATCH = 8
"""From this many subjects on, rows of the kernel may be computed for later batches too."""


class NeighbourWeights(NamedTuple):
    """The nearest earlier subjects of one subject: their ``rows`` in order, their similarities, and their weights."""

    rows: NDArray[np.int32]
    similarities: Floats
    weights: Floats


NO_NEIGHBOURS = NeighbourWeights(np.empty(0, np.int32), np.empty(0), np.empty(0))


class _Choices(NamedTuple):
    """Who has chosen whom: a 1 for each partnership (subjects × candidates), by row and by column; and by subject the age
    of its latest partnership in years."""

    matrix: csr_matrix
    by_candidate: csc_matrix
    ages: Floats

    @classmethod
    def of(cls, subjects: Sequence[str], columns: Mapping[str, int], track_record: TrackRecord) -> "_Choices":
        partners = [[key for key in track_record.partners_of(one) if key in columns] for one in subjects]
        rows = [SparseRow.of({columns[key]: 1.0 for key in keys}) for keys in partners]
        ages = [
            min(track_record.age(one, key) for key in keys)
            for one, keys in zip(subjects, partners, strict=True)
        ]
        matrix = stack_rows(rows, len(columns))
        by_candidate = matrix.tocsc()
        by_candidate.sort_indices()
        return cls(matrix, by_candidate, np.minimum(ages, MAX_AGE_YEARS))

    def candidates_of(self, row: int) -> Positions:
        """The candidates (columns) that a subject has chosen."""
        chosen: Positions = self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]]
        return chosen

    def subjects_of(self, column: int) -> Positions:
        """The subjects (rows) that have chosen a candidate, in order."""
        start, end = self.by_candidate.indptr[column : column + 2]
        chosen: Positions = self.by_candidate.indices[start:end]
        return chosen


class PartnershipNeighbours:
    """All partnerships between one kind of subject and one kind of candidate.

    Parameters
    ----------
    subjects
        The earlier subjects.
    track_record
        The partnerships.
    with_history
        The candidates of the partnerships, in order of their keys.
    candidates
        All candidates.
    idf
        The inverse document frequencies over all profiles.
    exposure
        What share of their likelihood newcomers get.
    """

    def __init__(
        self,
        subjects: KindProfiles,
        track_record: TrackRecord,
        with_history: Sequence[EncodedProfile],
        candidates: KindProfiles,
        idf: IdfWeights,
        exposure: Exposure,
    ) -> None:
        self.subjects = subjects
        self.candidates = [item.traits.key for item in with_history]
        self._with_history, self._all_candidates = with_history, candidates
        self._idf, self._exposure = idf, exposure
        self._columns = {key: column for column, key in enumerate(self.candidates)}
        self._rows = {key: row for row, key in enumerate(subjects.keys)}
        self._choices = _Choices.of(subjects.keys, self._columns, track_record)
        self._recency = recency(self._choices.ages)
        self._alphas: Floats = RIDGE_ALPHA * 2 ** (self._choices.ages / ALPHA_DOUBLING_YEARS)
        self._cache = ProfileCache[NeighbourWeights]()
        self._kernel: KernelMatrix | None = None
        self._cold_start: ColdStart | None = None
        self._columns_of_all: Positions | None = None
        self._priors: dict[Sides, PopularityPrior] = {}

    def among(self, candidates: KindProfiles) -> "PartnershipNeighbours":
        """The same partnerships, with the same candidates read under another ruleset."""
        if candidates is self._all_candidates:
            return self
        other = copy(self)
        other._all_candidates = candidates
        if self._cold_start is not None:
            other._cold_start = replace(self._cold_start, candidates=candidates)
        return other

    def columns_of(self, candidates: KindProfiles) -> Positions:
        """The column of each candidate; -1 for those without a history."""
        if candidates is not self._all_candidates:
            return self._look_up(candidates)
        if self._columns_of_all is None:
            self._columns_of_all = self._look_up(candidates)
        return self._columns_of_all

    def _look_up(self, candidates: KindProfiles) -> Positions:
        return np.array([self._columns.get(key, -1) for key in candidates.keys], np.int64)

    @property
    def cold_start(self) -> ColdStart:
        """The candidates without a history."""
        if self._cold_start is None:
            chosen = np.asarray(self._choices.matrix.sum(axis=0)).ravel()
            self._cold_start = ColdStart.of(
                self._all_candidates, self._with_history, chosen, self._exposure.newcomers
            )
        return self._cold_start

    def similarities(self, subjects: KindProfiles) -> Floats:
        """The similarity of subjects (rows) to the earlier ones (columns); 0 of each to itself."""
        found = self._kernel_matrix.similarities(subjects.kernel_vectors(self._idf))
        for row, key in enumerate(subjects.keys):
            if key in self._rows:
                found[row, self._rows[key]] = 0.0
        return found

    @property
    def _kernel_matrix(self) -> KernelMatrix:
        if self._kernel is None:
            self._kernel = KernelMatrix(self.subjects.kernel_vectors(self._idf))
        return self._kernel

    def neighbours(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        """The weighted neighbours of each subject."""
        return self._cache.get_or_compute(
            subjects.encoded, lambda positions: self._find_neighbours(subjects.subset(positions))
        )

    def _find_neighbours(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        similarities = self.similarities(subjects)
        nearest = [_nearest(row, NEIGHBOUR_COUNT) for row in similarities]
        if len(nearest) >= MIN_BATCH:
            pairs = sum(rows.size**2 for rows in nearest)
            self._kernel_matrix.precompute(np.unique(np.concatenate(nearest)), pairs)
        return [self._weigh(row[rows], rows) for row, rows in zip(similarities, nearest, strict=True)]

    def _weigh(self, similarities: Floats, rows: "NDArray[np.intp]") -> NeighbourWeights:
        """Kernel ridge regression among the nearest, mixed with plain nearest-neighbour weights."""
        if not rows.size:
            return NO_NEIGHBOURS
        kernel, target = self._kernel_matrix.submatrix(rows), sharpen(similarities)
        alphas = self._alphas[rows]
        kernel[np.diag_indices_from(kernel)] += alphas
        ridge: Floats = solve(kernel, target, assume_a="pos", check_finite=False)
        plain = target / alphas
        weights = (1 - self._knn_share) * ridge + self._knn_share * ridge.sum() * plain / plain.sum()
        return NeighbourWeights(rows.astype(np.int32), similarities, weights)

    @property
    def _knn_share(self) -> float:
        return KNN_SHARE_BY_PLACE if self.subjects.compared_by_place else KNN_SHARE

    def likelihoods(self, subjects: KindProfiles) -> Floats:
        """The likelihood of each candidate with a history (columns) for each subject (rows), between 0 and 1."""
        neighbours = self.neighbours(subjects)
        weights = stack_rows(
            [SparseRow(each.rows, each.weights) for each in neighbours], len(self.subjects.keys)
        )
        left_open = 1 - np.asarray(weights.sum(axis=1)).ravel()
        popularity = np.array([self._popularity_for(traits) for traits in subjects.traits])
        likelihoods: Floats = (weights @ self._choices.matrix).toarray() + left_open[:, None] * popularity
        likelihoods = np.clip(likelihoods, 0.0, 1.0, out=likelihoods)
        return np.multiply(likelihoods, 1 - self.cold_start.discounts, out=likelihoods)

    def upper_bounds(self, subjects: KindProfiles, columns: Positions) -> Floats:
        """Upper bounds of the likelihoods of some candidates (``columns``), whatever else the neighbours have chosen."""
        chosen = self._choices.by_candidate[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(chosen.indptr))
        earlier, chosen = self.subjects.kernel_vectors(self._idf)[rows], chosen[rows]
        similarities = sharpen(dot_products(subjects.kernel_vectors(self._idf), earlier))
        bounds: Floats = (1 - self._knn_share) * ((similarities / self._alphas[rows]) @ chosen)
        bounds += self._knn_share * ((similarities > 0).astype(float) @ chosen > 0)
        for row, traits in enumerate(subjects.traits):
            own = self._own_choices(traits)
            bounds[row] += self._prior_for(traits).upper_bounds_without(*own, columns)
        bounds = np.minimum(bounds, 1.0, out=bounds)
        return np.multiply(bounds, 1 - self.cold_start.discounts[columns], out=bounds)

    def newcomer_likelihoods(self, subjects: KindProfiles, likelihoods: Floats) -> Floats:
        """The likelihood of one newcomer of each group (columns) for each subject (rows), given :meth:`likelihoods`."""
        expected = np.array([self._prior_for(traits).newcomers_per_subject for traits in subjects.traits])
        return self.cold_start.likelihoods(likelihoods, expected)

    @property
    def newcomer_upper_bounds(self) -> Floats:
        """Upper bounds of :meth:`newcomer_likelihoods`, by group."""
        expected = max(self._prior_for(traits).newcomers_per_subject for traits in self.subjects.traits)
        return self.cold_start.upper_bounds(expected)

    def apply_size_lift(self, likelihoods: Floats, subjects: KindProfiles, candidates: KindProfiles) -> None:
        """Multiply the likelihoods of authorities (columns) for authorities (rows) by the lift of their sizes, in place."""
        sizes = candidates.array("sizes")
        for row, (size, traits) in enumerate(zip(subjects.array("sizes"), subjects.traits, strict=True)):
            likelihoods[row] *= self._prior_for(traits).size_lifts[size].take(sizes)

    def nearest_partner(self, neighbours: NeighbourWeights, column: int) -> str | None:
        """The key of the most similar neighbour that has worked with the candidate in a column, if one has."""
        if not neighbours.rows.size:
            return None
        partners = self._choices.subjects_of(column)
        at = np.minimum(np.searchsorted(neighbours.rows, partners), neighbours.rows.size - 1)
        at = at[neighbours.rows[at] == partners]
        if not at.size:
            return None
        return self.subjects.keys[int(neighbours.rows[at[neighbours.similarities[at].argmax()]])]

    def _prior_for(self, subject: Traits) -> PopularityPrior:
        sides = self.subjects.distinguishing_sides(subject)
        if sides not in self._priors:
            self._priors[sides] = PopularityPrior.of(
                self._choices.matrix,
                self._recency,
                self.cold_start.discounts,
                (
                    self.subjects.array("sizes"),
                    size_classes([item.record for item in self._with_history]),
                ),
                np.flatnonzero(self._on_sides(sides)),
            )
        return self._priors[sides]

    def _on_sides(self, sides: Sides) -> Mask:
        """The earlier subjects that have one of some sides."""
        if not sides:
            return np.ones(len(self.subjects.keys), bool)
        having: Mask = np.any([~self.subjects.lacks_side[side] for side in sides], axis=0)
        return having

    def _own_choices(self, subject: Traits) -> tuple[Positions, float]:
        """The candidates (columns) that a subject has chosen itself, and the weight of each choice in the popularity."""
        row = self._rows.get(subject.key)
        if row is None:
            return np.empty(0, np.int64), 0.0
        return self._choices.candidates_of(row), float(self._recency[row])

    def _popularity_for(self, subject: Traits) -> Floats:
        """The popularity of all candidates with a history, among others than the subject."""
        return self._prior_for(subject).shares_without(*self._own_choices(subject))


def _nearest(similarities: Floats, count: int) -> "NDArray[np.intp]":
    """Positions of the largest positive values, in order of position; of equal ones the first."""
    positive = np.flatnonzero(similarities > 0)
    if positive.size > count:
        first = np.argsort(-similarities[positive], kind="stable")[:count]
        positive = np.sort(positive[first])
    return positive
