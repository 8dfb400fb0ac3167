"""How like earlier subjects are to each other, which says how much of what one tells another has told already."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features.profiles import BRUTE_FORCE_LIMIT
from matching.sparse.matrices import Floats, dot_products_with_columns, drop_empty_columns

SHARPNESS = 0.5
"""So much of a likeness counts squared: a few subjects that are very like say more than many that are a little like."""
MAX_CACHED_ROWS = 8_000
"""Among so many, how like they are to each other is kept once it is known (in single precision: 256 MB at most); among
more it is computed as it is needed."""


class KernelMatrix:
    """Of subjects to each other, as they count.

    ``rows`` are their unit rows, whose dot products say how alike two are.
    """

    def __init__(self, rows: csr_matrix) -> None:
        self._rows = rows
        self._spent = 0

    def to(self, others: csr_matrix) -> Floats:
        """How like others (rows) are to these (columns), as it is."""
        return self._products(others, self._by_column)

    def among(self, some: NDArray[np.intp]) -> Floats:
        """How like some of them are to each other."""
        if self._known[some].all():
            return self._kept[np.ix_(some, some)].astype(float)
        rows = self._narrow[some]
        return _in_single(sharpen(self._products(rows, rows.T.tocsr()))).astype(float)

    def prepare(self, some: NDArray[np.intp], otherwise: int) -> None:
        """Compare some with all, where that can be kept, once as much has been spent without.

        ``otherwise`` is the number of pairs that are compared for those who ask now if it is not done.
        """
        missing = some[~self._known[some]]
        pairs = missing.size * self._known.size
        if not missing.size or self._known.size > MAX_CACHED_ROWS:
            return
        self._spent += otherwise
        if self._spent >= pairs:
            self._spent -= pairs
            products = self._products(self._narrow[missing], self._narrow_by_column)
            self._kept[missing] = _in_single(sharpen(products))
            self._known[missing] = True

    @cached_property
    def _products(self) -> Callable[[csr_matrix, csr_matrix], Floats]:
        # Where there are few, nobody need wait for the compiler of a quicker loop.
        if self._rows.shape[0] <= BRUTE_FORCE_LIMIT:
            return dot_products_with_columns
        from matching.sparse.products import dense_dot_products

        return dense_dot_products

    @cached_property
    def _by_column(self) -> csr_matrix:
        return self._rows.T.tocsr()

    @cached_property
    def _narrow(self) -> csr_matrix:
        return drop_empty_columns(self._rows)

    @cached_property
    def _narrow_by_column(self) -> csr_matrix:
        return self._narrow.T.tocsr()

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        return np.zeros(self._rows.shape[0], bool)

    @cached_property
    def _kept(self) -> NDArray[np.float32]:
        return np.empty((self._known.size, self._known.size), np.float32)


def _in_single(values: Floats) -> NDArray[np.float32]:
    """Values as they are kept; what is not kept is rounded alike, so that it is the same whoever asks."""
    return values.astype(np.float32)


def sharpen(likeness: Floats) -> Floats:
    """Likeness as it counts; stays a kernel, as sums and products of kernels do."""
    sharp: Floats = likeness * (1 - SHARPNESS + SHARPNESS * likeness)
    return sharp
