"""What earlier partnerships say about new ones: who is likely to work with somebody like the subject.

The likelihood of a candidate is what the subjects nearest to this one have chosen, weighed by kernel ridge
regression (Saunders, Gammerman and Vovk 1998) among the nearest: two earlier subjects that say the same count
little more than one, long ago counts less than lately, and what the nearest do not tell is filled from how
often the candidate has been chosen of late. A candidate without any history has the likelihood that its
history gives it: none.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csc_matrix, csr_matrix

from matching.track_record.partnerships import TrackRecord
from matching.features.cache import ProfileCache
from matching.features.encoding import EncodedProfile
from matching.track_record.kernel import KernelMatrix, sharpen
from matching.track_record.cold_start import ColdStart
from matching.features.profiles import KindProfiles, IdfWeights
from matching.features.size import size_lifts, size_classes
from matching.sparse.matrices import Floats, Positions, SparseRow, dot_products, stack_rows
from matching.features.records import Sides, Traits
from schemas.exposure import Exposure

NEIGHBOUR_COUNT = 160
"""How many earlier subjects are asked about a new one."""
RIDGE_ALPHA = 0.6
"""How much less than fully a single earlier partnership is believed (the ridge, relative to a likeness of 1)."""
HALF_LIFE_YEARS = 3.0
"""After so many years an earlier partnership is believed half as much."""
KNN_SHARE = 0.25
"""So much of the vote is by likeness and age alone: whoever is often near has a voice also where others explain more."""
KNN_SHARE_BY_PLACE = 1.0
"""The same where likeness is a matter of place: of two towns side by side neither explains the other."""
MAX_AGE_YEARS = 15.0
"""What is older than so many years is as if it were so old."""
POPULARITY_HALF_LIFE = 1.5
"""After so many years being chosen counts half as much for how often a candidate is chosen of late."""
SMOOTHING_COUNT = 1.0
"""So many partnerships more are taken to have gone to somebody else: one partnership is no fashion."""
MIN_BATCH = 8
"""From how many subjects on that ask at once, these may wait for what is computed for others too."""


class NeighbourWeights(NamedTuple):
    """Who is asked about a subject: the earlier subjects nearest to it, in order of their rows."""

    rows: NDArray[np.int32]
    similarities_: Floats
    """How like the subject they are."""
    weights: Floats
    """How much each is believed."""


class PopularityPrior(NamedTuple):
    """What earlier subjects tell together, however near: where likeness is a matter of place, those with a side in common."""

    popularity: Floats
    """How often each candidate has been chosen of late."""
    total: float
    """How often any has."""
    newcomers_per_subject: float
    """How many newcomers one of them has chosen on the average."""
    size_lifts: Floats
    """How many times as likely one of a size of subject (row) and one of candidate (column) has been."""


NO_NEIGHBOURS = NeighbourWeights(np.empty(0, np.int32), np.empty(0), np.empty(0))


@dataclass
class PartnershipNeighbours:
    """All partnerships between one kind of subject and one kind of candidate.

    ``with_history`` are the candidates of the partnerships, in order of their keys, ``everybody`` all candidates.
    """

    subjects: KindProfiles
    track_record: TrackRecord
    with_history: Sequence[EncodedProfile]
    everybody: KindProfiles
    idf: IdfWeights
    exposure: Exposure
    _cache: ProfileCache[NeighbourWeights] = field(init=False, default_factory=ProfileCache)
    _beside: dict[Sides, PopularityPrior] = field(init=False, default_factory=dict)

    @cached_property
    def candidates(self) -> list[str]:
        """The keys of those with a history."""
        return [item.traits.key for item in self.with_history]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {key: column for column, key in enumerate(self.candidates)}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self.subjects.keys)}

    def among(self, everybody: KindProfiles) -> "PartnershipNeighbours":
        """The same partnerships, with the same candidates read under other rules."""
        if everybody is self.everybody:
            return self
        other = copy(self)
        other.everybody = everybody
        if "newcomers" in other.__dict__:
            other.newcomers = replace(self.newcomers, everybody=everybody)
        return other

    def columns_of(self, candidates: KindProfiles) -> Positions:
        """The column of each candidate; -1 for those without a history."""
        return self._columns_of_all if candidates is self.everybody else self._look_up(candidates)

    @cached_property
    def _columns_of_all(self) -> Positions:
        return self._look_up(self.everybody)

    def _look_up(self, candidates: KindProfiles) -> Positions:
        return np.array([self._columns.get(key, -1) for key in candidates.keys], np.int64)

    @cached_property
    def chosen(self) -> csr_matrix:
        """1 where an earlier subject (row) has worked with a candidate (column)."""
        rows = [
            SparseRow.of({self._columns[key]: 1.0 for key in self._partners(subject)})
            for subject in self.subjects.keys
        ]
        return stack_rows(rows, len(self.candidates))

    def _who_chose(self, column: int) -> "NDArray[np.int32]":
        start, end = self._chosen_by.indptr[column : column + 2]
        rows: NDArray[np.int32] = self._chosen_by.indices[start:end]
        return rows

    @cached_property
    def _chosen_by(self) -> csc_matrix:
        by_candidate = self.chosen.tocsc()
        by_candidate.sort_indices()
        return by_candidate

    def _partners(self, subject: str) -> list[str]:
        return [key for key in self.track_record.partners_of(subject) if key in self._columns]

    @cached_property
    def _ages(self) -> Floats:
        """How many years ago each earlier subject last found somebody."""
        ages = [
            min(self.track_record.age(subject, key) for key in self._partners(subject))
            for subject in self.subjects.keys
        ]
        return np.minimum(ages, MAX_AGE_YEARS)

    @cached_property
    def _ridge_alphas(self) -> Floats:
        doubts: Floats = RIDGE_ALPHA * 2 ** (self._ages / HALF_LIFE_YEARS)
        return doubts

    @cached_property
    def _recency(self) -> Floats:
        lately: Floats = 2 ** (-self._ages / POPULARITY_HALF_LIFE)
        return lately

    def _prior_of(self, subject: Traits) -> PopularityPrior:
        sides = self.subjects.distinguishing_sides(subject)
        if sides not in self._beside:
            asked = self._with_side(sides)
            rows, chosen = np.flatnonzero(asked), self.chosen @ self.newcomers.left
            sizes = size_classes([item.record for item in self.with_history])
            popularity = (self._recency * asked) @ self.chosen
            self._beside[sides] = PopularityPrior(
                popularity,
                total=float(popularity.sum()),
                newcomers_per_subject=float(chosen[rows].mean()) if rows.size else 0.0,
                size_lifts=size_lifts(self.subjects.sizes[rows], sizes, self.chosen[rows]),
            )
        return self._beside[sides]

    def _with_side(self, sides: Sides) -> "NDArray[np.bool_]":
        if not sides:
            return np.ones(len(self.subjects.keys), bool)
        having: NDArray[np.bool_] = np.any([~self.subjects.lacks_side[side] for side in sides], axis=0)
        return having

    def similarities(self, subjects: KindProfiles) -> Floats:
        """How like subjects (rows) are to the earlier ones (columns); none is like itself."""
        similarities_ = self._kernel.to(subjects.kernel_vectors(self.idf))
        for row, key in enumerate(subjects.keys):
            if key in self._rows:
                similarities_[row, self._rows[key]] = 0.0
        return similarities_

    def likelihoods(self, subjects: KindProfiles) -> Floats:
        """How likely each candidate (column) is to work with each subject (row), between 0 and 1."""
        weights = stack_rows(
            [SparseRow(each.rows, each.weights) for each in self.neighbours(subjects)], len(self.subjects.keys)
        )
        rest = 1 - np.asarray(weights.sum(axis=1)).ravel()
        popularity = np.array([self._popularity_for(traits) for traits in subjects.traits])
        likely: Floats = (weights @ self.chosen).toarray() + rest[:, None] * popularity
        likely = np.clip(likely, 0.0, 1.0, out=likely)
        return np.multiply(likely, 1 - self.newcomers.left, out=likely)

    @cached_property
    def newcomers(self) -> ColdStart:
        """The candidates that have no history."""
        chosen = np.asarray(self.chosen.sum(axis=0)).ravel()
        return ColdStart.of(self.everybody, self.with_history, chosen, self.exposure.newcomers)

    def newcomer_likelihoods(self, subjects: KindProfiles, likely: Floats) -> Floats:
        """How likely one newcomer of each group (column) is to work with each subject (row), given :meth:`likelihoods`."""
        newcomers_per_subject = np.array([self._prior_of(traits).newcomers_per_subject for traits in subjects.traits])
        return self.newcomers.newcomer_likelihoods(likely, newcomers_per_subject)

    @cached_property
    def newcomer_upper_bounds(self) -> Floats:
        """What :meth:`newcomer_likelihoods` can be at most, by group."""
        return self.newcomers.upper_bounds(max(self._prior_of(traits).newcomers_per_subject for traits in self.subjects.traits))

    def apply_size_lift(self, likely: Floats, subjects: KindProfiles, candidates: KindProfiles) -> None:
        """Make authorities (columns) as much likelier as those of their size are for authorities (rows) of theirs."""
        for row, (size, traits) in enumerate(zip(subjects.sizes, subjects.traits, strict=True)):
            likely[row] *= self._prior_of(traits).size_lifts[size].take(candidates.sizes)

    def nearest_partner(self, neighbours: NeighbourWeights, column: int) -> str | None:
        """Of those asked about a subject, the one most like it that has worked with the candidate in a column."""
        if not neighbours.rows.size:
            return None
        partners = self._who_chose(column)
        there = np.minimum(np.searchsorted(neighbours.rows, partners), neighbours.rows.size - 1)
        there = there[neighbours.rows[there] == partners]
        if not there.size:
            return None
        nearest = int(neighbours.rows[there[neighbours.similarities_[there].argmax()]])
        return self.subjects.keys[nearest]

    def neighbours(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        """Who is asked about each subject."""
        return self._cache.of(subjects.encoded, lambda rows: self._find_neighbours(subjects.rows(rows)))

    def _find_neighbours(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        similarities_ = self.similarities(subjects)
        nearest = [_nearest_positions(row, NEIGHBOUR_COUNT) for row in similarities_]
        if len(nearest) >= MIN_BATCH:
            self._kernel.prepare(np.unique(np.concatenate(nearest)), sum(asked.size**2 for asked in nearest))
        return [self._weigh_neighbours(row[asked], asked) for row, asked in zip(similarities_, nearest, strict=True)]

    def upper_bounds(self, subjects: KindProfiles, columns: Positions) -> Floats:
        """How likely some candidates can be at most, whatever else the nearest have chosen; quick for many subjects."""
        chosen = self._chosen_by[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(chosen.indptr))
        earlier, chosen = self.subjects.kernel_vectors(self.idf)[rows], chosen[rows]
        similarities_ = sharpen(dot_products(subjects.kernel_vectors(self.idf), earlier))
        most: Floats = (1 - self._knn_share) * ((similarities_ / self._ridge_alphas[rows]) @ chosen)
        most += self._knn_share * ((similarities_ > 0).astype(float) @ chosen > 0)
        for row, traits in enumerate(subjects.traits):
            beside, (own, each) = self._prior_of(traits), self._own_choices(traits)
            others = beside.total - each * own.size
            most[row] += beside.popularity[columns] / (others + SMOOTHING_COUNT)
        most = np.minimum(most, 1.0, out=most)
        return np.multiply(most, 1 - self.newcomers.left[columns], out=most)

    def _own_choices(self, subject: Traits) -> tuple["NDArray[np.int32]", float]:
        """Whom (columns) a subject has chosen itself, and how much each of these choices counts in the fashion."""
        row = self._rows.get(subject.key)
        if row is None:
            return np.empty(0, np.int32), 0.0
        own = slice(self.chosen.indptr[row], self.chosen.indptr[row + 1])
        return self.chosen.indices[own], float(self._recency[row])

    def _popularity_for(self, subject: Traits) -> Floats:
        """The shares of the candidates in what has been chosen of late, by others than the subject."""
        counts = self._prior_of(subject).popularity.copy()
        own, each = self._own_choices(subject)
        counts[own] -= each
        shares: Floats = np.maximum(counts, 0.0) / (counts.sum() + SMOOTHING_COUNT)
        return shares

    def _weigh_neighbours(self, similarities_: Floats, asked: "NDArray[np.intp]") -> NeighbourWeights:
        if not asked.size:
            return NO_NEIGHBOURS
        among, similarities = self._kernel.among(asked), sharpen(similarities_)
        among[np.diag_indices_from(among)] += self._ridge_alphas[asked]
        ridge: Floats = solve(among, similarities, assume_a="pos", check_finite=False)
        under_default_settings = similarities / self._ridge_alphas[asked]
        weights = (1 - self._knn_share) * ridge + self._knn_share * ridge.sum() * under_default_settings / under_default_settings.sum()
        return NeighbourWeights(asked.astype(np.int32), similarities_, weights)

    @cached_property
    def _knn_share(self) -> float:
        return KNN_SHARE_BY_PLACE if self.subjects.compared_by_place else KNN_SHARE

    @cached_property
    def _kernel(self) -> KernelMatrix:
        return KernelMatrix(self.subjects.kernel_vectors(self.idf))


def _nearest_positions(values: Floats, most: int) -> "NDArray[np.intp]":
    """Positions of the largest values above 0, in order of position; of equal ones the first."""
    positive = np.flatnonzero(values > 0)
    if positive.size > most:
        first = np.argsort(-values[positive], kind="stable")[:most]
        positive = np.sort(positive[first])
    return positive
