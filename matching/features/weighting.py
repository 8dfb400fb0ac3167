"""TF-IDF: how much columns say, and rows of length 1."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix, issparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from matching.features.text_counts import MAX_COUNT
from matching.features.vectorizer import ProfileVectorizer
from matching.sparse.matrices import (
    Floats,
    Positions,
    document_frequency,
    tfidf_normalize,
    with_data,
)

SUBLINEAR_TF: Floats = 1 + np.log(np.maximum(np.arange(MAX_COUNT + 1), 1))
"""By count, what it is worth under sublinear term frequency."""


class TfidfWeighting(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Weighs columns by their inverse document frequency and scales rows to length 1.

    The same as scikit-learn's ``TfidfTransformer`` with its defaults; it also weighs counts kept in bytes without a copy,
    can be fitted on several matrices at once, and gives columns that came later the weight of one that no row has.

    Parameters
    ----------
    sublinear_tf
        Whether values are counts, of which ``n`` is worth ``1 + ln n``.

    Attributes
    ----------
    idf_ : array of shape (columns,)
        ``ln((1 + rows) / (1 + document frequency)) + 1``
    unseen_idf_ : float
        The weight of a column that no row has.

    Examples
    --------
    >>> import numpy as np
    >>> from matching import TfidfWeighting
    >>> TfidfWeighting().fit_transform(np.array([[1.0, 0.0], [3.0, 4.0]])).toarray().round(3).tolist()
    [[1.0, 0.0], [0.471, 0.882]]
    """

    def __init__(self, *, sublinear_tf: bool = False) -> None:
        self.sublinear_tf = sublinear_tf

    def fit(self, X: csr_matrix | Floats, y: object = None) -> Self:  # noqa: N803  # scikit-learn's names
        """Learn the document frequencies of ``X`` (rows × columns)."""
        matrix = self._validated(X, reset=True)
        return self._learn(document_frequency(matrix, matrix.shape[1]), matrix.shape[0])

    def fit_on(self, matrices: Sequence[csr_matrix]) -> Self:
        """Learn the document frequencies of all rows of several matrices, some of which may have fewer columns."""
        self.n_features_in_ = width = max(matrix.shape[1] for matrix in matrices)
        frequencies = sum(
            (document_frequency(matrix, width) for matrix in matrices), np.zeros(width, np.int64)
        )
        return self._learn(frequencies, sum(matrix.shape[0] for matrix in matrices))

    def _learn(self, frequencies: Positions, rows: int) -> Self:
        self._weights: Floats = np.log((1 + rows) / (1 + np.append(frequencies, 0))) + 1
        self.idf_, self.unseen_idf_ = self._weights[:-1], float(self._weights[-1])
        return self

    def transform(self, X: csr_matrix | Floats) -> csr_matrix:  # noqa: N803  # scikit-learn's name
        """``X`` weighted, its rows of length 1; empty rows stay empty."""
        check_is_fitted(self)
        return self.weigh(self._validated(X, reset=False))

    def weigh(self, matrix: csr_matrix) -> csr_matrix:
        """As :meth:`transform` of a matrix that is known to be sound, which may have columns that came later."""
        weights = self._weights  # of any later column the last one
        if not self.sublinear_tf:
            return tfidf_normalize(matrix, weights)
        if matrix.dtype == np.uint8:
            return tfidf_normalize(matrix, weights, SUBLINEAR_TF)
        return tfidf_normalize(with_data(matrix, 1 + np.log(matrix.data)), weights)

    def _validated(self, given: csr_matrix | Floats, *, reset: bool) -> csr_matrix:
        checked = validate_data(self, given, accept_sparse="csr", reset=reset)
        if self.sublinear_tf:
            check_non_negative(checked, type(self).__name__)
        return csr_matrix(checked) if issparse(checked) else csr_matrix(checked.astype(float))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = self.sublinear_tf
        return tags


@dataclass(frozen=True, eq=False)
class IdfWeights:
    """The weightings of feature vectors, fitted on the profiles of all kinds."""

    weightings: Mapping[type[ProfileVectorizer], TfidfWeighting]

    @classmethod
    def fit(
        cls,
        vectorizers: Sequence[type[ProfileVectorizer]],
        matrices: Callable[[type[ProfileVectorizer]], Sequence[csr_matrix]],
    ) -> "IdfWeights":
        """Fitted for some vectorizers; ``matrices`` gives the vectors of all profiles."""
        return cls(
            {
                vectorizer: TfidfWeighting(sublinear_tf=vectorizer.is_count).fit_on(matrices(vectorizer))
                for vectorizer in vectorizers
            }
        )

    def find(self, vectorizer: type[ProfileVectorizer]) -> TfidfWeighting | None:
        """The weighting of the vectors of a vectorizer or of one that it is derived from, if they are weighted."""
        return next((self.weightings[cls] for cls in vectorizer.__mro__ if cls in self.weightings), None)

    def of(self, vectorizer: type[ProfileVectorizer]) -> TfidfWeighting:
        """As :meth:`find`; raises ``KeyError`` where there is none."""
        if (weighting := self.find(vectorizer)) is None:
            raise KeyError(vectorizer.__name__)
        return weighting

    def weigh(self, vectorizer: type[ProfileVectorizer], matrix: csr_matrix) -> csr_matrix:
        """Unit rows of the vectors of a vectorizer, weighted if it has a weighting."""
        weighting = self.find(vectorizer)
        return weighting.weigh(matrix) if weighting else tfidf_normalize(matrix)
