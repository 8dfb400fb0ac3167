"""The obvious way to the best candidates, slow: every score is computed and all are put in order."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from matching.sparse.matrices import Floats


def all_scores(
    asking: tuple[Sequence[csr_matrix], csr_matrix],
    asked: tuple[Sequence[csr_matrix], csr_matrix],
    weights: Sequence[float],
) -> Floats:
    """Scores of all candidates (columns) for all queries (rows): the sum of weight × dot product, each at most 1."""
    (parts, sparse_part), (their_parts, their_sparse_part) = asking, asked
    scores = np.zeros((sparse_part.shape[0], their_sparse_part.shape[0]))
    pairs = zip((*parts, sparse_part), (*their_parts, their_sparse_part), weights, strict=True)
    for mine, yours, weight in pairs:
        scores += weight * np.minimum((mine @ yours.T).toarray(), 1.0)
    return scores


def topk(scores: Floats, k: int, min_score: float, eligible: Sequence[bool]) -> list[list[tuple[float, int]]]:
    """For each query score and number of the ``k`` best allowed candidates, the best first."""
    return [
        sorted(
            ((score, number) for number, score in enumerate(row) if eligible[number] and score >= min_score),
            key=lambda one: (-one[0], one[1]),
        )[:k]
        for row in scores.tolist()
    ]
