"""The kernel of earlier subjects: how similar they are to each other, so that repeated evidence counts once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features.profiles import BRUTE_FORCE_LIMIT
from matching.sparse.matrices import Floats, Mask, dot_products_with_columns, drop_empty_columns

SQUARED_SHARE = 0.5
"""The share of a similarity that counts squared: few very similar subjects say more than many slightly similar ones."""
MAX_CACHED_ROWS = 8_000
"""Up to this many subjects, rows of the matrix are kept once computed (in single precision: 256 MB at most)."""


class KernelMatrix:
    """The kernel between some subjects, computed as far as it is needed.

    Parameters
    ----------
    vectors
        Their unit rows (subjects × columns); dot products are similarities.
    """

    def __init__(self, vectors: csr_matrix) -> None:
        self._vectors = vectors
        self._columns = vectors.T.tocsr()
        self._narrow: csr_matrix | None = None
        self._narrow_columns: csr_matrix | None = None
        self._known: Mask = np.zeros(vectors.shape[0], bool)
        self._rows: NDArray[np.float32] | None = None
        self._pairs_computed = 0

    def similarities(self, others: csr_matrix) -> Floats:
        """The similarity of others (rows) to these subjects (columns), before :func:`sharpen`."""
        return self._dot_products(others, self._columns)

    def submatrix(self, subjects: NDArray[np.intp]) -> Floats:
        """The kernel between some of the subjects."""
        if self._rows is not None and self._known[subjects].all():
            return self._rows[np.ix_(subjects, subjects)].astype(float)
        rows = self._narrow_vectors[subjects]
        return _single(sharpen(self._dot_products(rows, rows.T.tocsr()))).astype(float)

    def precompute(self, subjects: NDArray[np.intp], pairs_otherwise: int) -> None:
        """Compute the rows of some subjects once that is no more work than was done without them.

        ``pairs_otherwise`` is the number of pairs that are computed for this batch if it is not done.
        """
        missing = subjects[~self._known[subjects]]
        pairs = missing.size * self._known.size
        if not missing.size or self._known.size > MAX_CACHED_ROWS:
            return
        self._pairs_computed += pairs_otherwise
        if self._pairs_computed >= pairs:
            self._pairs_computed -= pairs
            if self._narrow_columns is None:
                self._narrow_columns = self._narrow_vectors.T.tocsr()
            if self._rows is None:
                self._rows = np.empty((self._known.size, self._known.size), np.float32)
            products = self._dot_products(self._narrow_vectors[missing], self._narrow_columns)
            self._rows[missing] = _single(sharpen(products))
            self._known[missing] = True

    @property
    def _dot_products(self) -> Callable[[csr_matrix, csr_matrix], Floats]:
        # Where there are few, nobody need wait for the compiler of a quicker loop.
        if self._vectors.shape[0] <= BRUTE_FORCE_LIMIT:
            return dot_products_with_columns
        from matching.sparse.products import dense_dot_products

        return dense_dot_products

    @property
    def _narrow_vectors(self) -> csr_matrix:
        if self._narrow is None:
            self._narrow = drop_empty_columns(self._vectors)
        return self._narrow


def _single(values: Floats) -> NDArray[np.float32]:
    """Values as they are kept; those that are not kept are rounded too, so that they are the same for everybody."""
    return values.astype(np.float32)


def sharpen(similarities: Floats) -> Floats:
    """Similarities as they count; the result is a kernel, as sums and products of kernels are."""
    sharpened: Floats = similarities * (1 - SQUARED_SHARE + SQUARED_SHARE * similarities)
    return sharpened
