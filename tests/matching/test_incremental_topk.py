"""Lists that are updated are those that would be computed from scratch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from matching.retrieval.block_max_index import NO_CANDIDATE, BlockMaxIndex, QueryVectors
from matching.retrieval.incremental_topk import SPARE_PLACES, DeltaIndex, IncrementalTopK
from matching.sparse.precision import FLOAT32_TOLERANCE
from tests.matching.slow_topk import all_scores, topk
from tests.matching.test_block_max_index import Rows, rows
from tests.sizes import examples


def exchanged(blocks: Rows, changed: "np.typing.NDArray[np.int64]", others: Rows) -> Rows:
    """Blocks in which some rows are those of others."""

    def replace(old: csr_matrix, new: csr_matrix) -> csr_matrix:
        dense = old.toarray()
        dense[changed] = new.toarray()
        return csr_matrix(dense)

    return [replace(old, new) for old, new in zip(blocks[0], others[0], strict=True)], replace(
        blocks[1], others[1]
    )


def assert_as_from_scratch(
    kept: IncrementalTopK, queries: Rows, asked: Rows, weights: list[float], k: int
) -> None:
    """The first ``k`` of each list are the best, ties aside; and nobody has more than its end who is not on it."""
    scores = all_scores(queries, asked, weights)
    everybody = [True] * asked[1].shape[0]
    for row, wanted in enumerate(topk(scores, k, FLOAT32_TOLERANCE, everybody)):
        positions = [place for place in kept.positions[row].tolist() if place != NO_CANDIDATE]
        assert len(set(positions)) == len(positions)
        true = [scores[row, place] for place in positions]
        sure = [score for score, _ in wanted if score > 4 * FLOAT32_TOLERANCE]
        assert true[: len(sure)] == pytest.approx(sure, abs=4 * FLOAT32_TOLERANCE)
        assert kept.scores[row, : len(positions)] == pytest.approx(true, abs=FLOAT32_TOLERANCE)
        assert (
            np.delete(scores[row], positions).max(initial=0.0) <= kept.kth_scores[row] + 4 * FLOAT32_TOLERANCE
        )


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 200),
    k=st.integers(1, 12),
    density=st.sampled_from([0.05, 0.3, 0.9]),
    distinct=st.integers(1, 60),
    share=st.sampled_from([0.02, 0.2, 1.0]),
    weights=st.lists(st.sampled_from([0.0, 0.05, 0.2, 0.6]), min_size=5, max_size=5),
)
@settings(deadline=None, max_examples=examples(100))
def test_lists_are_kept_up_through_several_changes(
    seed: int, count: int, k: int, density: float, distinct: int, share: float, weights: list[float]
) -> None:
    """Few change or all, again and again, also those who are on lists that have lost some before."""
    generator = np.random.default_rng(seed)
    asked, asking = rows(generator, count, density, distinct), rows(generator, 6, density, 6)
    queries, of_queries = QueryVectors(*asking, weights), BlockMaxIndex(*asking)
    kept = IncrementalTopK(BlockMaxIndex(*asked).topk(queries, k + SPARE_PLACES))
    for _ in range(4):
        changed = np.flatnonzero(generator.random(count) < share)
        new = rows(generator, changed.size, density, distinct)
        index = DeltaIndex(BlockMaxIndex(*asked), changed, *new)
        asked = exchanged(asked, changed, new)
        entering = of_queries.reverse_topk_pairs(QueryVectors(*new, weights), kept.kth_scores)
        kept.update(index, queries, entering, k)
        assert_as_from_scratch(kept, asking, asked, weights, min(k, count))
