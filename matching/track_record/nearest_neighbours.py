"""The nearest earlier subjects of a subject, weighted by kernel ridge regression (Saunders, Gammerman and Vovk 1998).

Two earlier subjects that say the same count little more than one, and partnerships long ago less than recent ones.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_matrix

from matching.features.cache import ProfileCache
from matching.features.profiles import KindProfiles
from matching.features.weighting import IdfWeights
from matching.sparse.matrices import Floats, dot_products
from matching.track_record.kernel import KernelMatrix, sharpen

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
MIN_BATCH = 8
"""From this many subjects on, rows of the kernel may be computed for later batches too."""


class NeighbourWeights(NamedTuple):
    """The nearest earlier subjects of one subject: their ``rows`` in order, their similarities, and their weights."""

    rows: NDArray[np.int32]
    similarities: Floats
    weights: Floats


NO_NEIGHBOURS = NeighbourWeights(np.empty(0, np.int32), np.empty(0), np.empty(0))


class NearestNeighbours:
    """Finds and weighs the nearest of some earlier subjects.

    Parameters
    ----------
    earlier
        The earlier subjects.
    ages
        By earlier subject, how many years ago its latest partnership began.
    idf
        The inverse document frequencies over all profiles.
    """

    def __init__(self, earlier: KindProfiles, ages: Floats, idf: IdfWeights) -> None:
        self._earlier, self._idf = earlier, idf
        self._rows = {key: row for row, key in enumerate(earlier.keys)}
        self._alphas: Floats = RIDGE_ALPHA * 2 ** (ages / ALPHA_DOUBLING_YEARS)
        self._cache = ProfileCache[NeighbourWeights]()
        self._kernel: KernelMatrix | None = None

    def row_of(self, key: str) -> int | None:
        """The row of an earlier subject."""
        return self._rows.get(key)

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
            self._kernel = KernelMatrix(self._earlier.kernel_vectors(self._idf))
        return self._kernel

    def find(self, subjects: KindProfiles) -> list[NeighbourWeights]:
        """The weighted neighbours of each subject."""
        return self._cache.get_or_compute(
            subjects.encoded, lambda positions: self._find(subjects.subset(positions))
        )

    def _find(self, subjects: KindProfiles) -> list[NeighbourWeights]:
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
        return KNN_SHARE_BY_PLACE if self._earlier.compared_by_place else KNN_SHARE

    def upper_bounds(self, subjects: KindProfiles, rows: NDArray[np.intp], chosen: csr_matrix) -> Floats:
        """Upper bounds of what the weighted choices of a subject's neighbours add up to, whatever else they have chosen.

        ``chosen`` (earlier subjects in ``rows`` × candidates) has a 1 for each choice.
        """
        vectors = self._earlier.kernel_vectors(self._idf)[rows]
        similarities = sharpen(dot_products(subjects.kernel_vectors(self._idf), vectors))
        bounds: Floats = (1 - self._knn_share) * ((similarities / self._alphas[rows]) @ chosen)
        bounds += self._knn_share * ((similarities > 0).astype(float) @ chosen > 0)
        return bounds


def _nearest(similarities: Floats, count: int) -> "NDArray[np.intp]":
    """Positions of the largest positive values, in order of position; of equal ones the first."""
    positive = np.flatnonzero(similarities > 0)
    if positive.size > count:
        first = np.argsort(-similarities[positive], kind="stable")[:count]
        positive = np.sort(positive[first])
    return positive
