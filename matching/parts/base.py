"""What every part of a score gives."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.profiles import KindProfiles
from matching.features.vectorizer import ProfileTransformer
from matching.features.weighting import IdfWeights
from matching.parts.pairs import Pairs
from matching.sparse.matrices import Floats, Positions
from schemas.kinds import Kind
from schemas.weights import PartName

RowSelection = slice | Sequence[int]


class ScorePart(ABC):
    """One part of the scores of all pairs of some subjects (rows) and candidates (columns), computed once.

    A part that is a dot product, or a sum of some, also gives the matrices of which it is; with these an index finds
    candidates without computing the part for all of them.
    """

    name: ClassVar[PartName]
    indexed_shares: ClassVar[tuple[float, ...]] = ()
    """The share of this part of each of the :meth:`indexed_matrices`."""
    sparse_share: ClassVar[float] = 0.0
    """The share of the matrix with many entries a row; only one part may have such a matrix."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._similarity: Floats | None = None

    @property
    def similarity(self) -> Floats:
        """The similarity of each pair (subjects × candidates), between 0 and 1."""
        if self._similarity is None:
            self._similarity = self._compute()
        return self._similarity

    def similarity_of(self, row: int, position: int) -> float:
        """The similarity of a subject and a candidate."""
        return float(self.similarity[row, position])

    @abstractmethod
    def _compute(self) -> Floats: ...

    def upper_bounds(self) -> Floats:
        """Upper bounds of the similarity, where these are quicker to compute for many subjects and few candidates."""
        return self.similarity

    @abstractmethod
    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Codes of what a subject and a candidate have in common."""

    @classmethod
    @abstractmethod
    def transformer(cls, profiles: ProfileCollection, kind: Kind, against: Kind) -> ProfileTransformer:
        """The fitted transformer whose rows are the vectors of profiles of one kind, as compared with those of another."""

    @classmethod
    def is_dot_product(cls, _subject: Kind, _candidate: Kind) -> bool:
        """Whether an index can be asked for this part between two kinds."""
        return bool(cls.indexed_shares)

    @classmethod
    def indexed_matrices(cls, _profiles: KindProfiles, _idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Matrices with few entries a row whose dot products make up this part."""
        return []

    def restrict(self, pairs: Pairs, _rows: RowSelection, _positions: slice | Positions) -> "ScorePart":
        """The part of some of the pairs (``pairs``), with what is worth keeping of what was computed."""
        return type(self)(pairs)


def select(values: Floats, rows: RowSelection, positions: slice | Positions) -> Floats:
    """Some rows and columns of a matrix."""
    selected: Floats = np.asarray(values[rows][:, positions])
    return selected
