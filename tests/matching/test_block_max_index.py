"""The quick way to the best candidates finds what the obvious way finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, random_array

from matching.retrieval.block_max_index import NO_CANDIDATE, BlockMaxIndex, QueryVectors
from matching.retrieval.block_max_layout import BLOCK_SIZE
from matching.sparse import parallel
from matching.sparse.matrices import tfidf_normalize
from matching.sparse.precision import FLOAT32_TOLERANCE
from tests.matching.slow_topk import all_scores, topk
from tests.sizes import examples

Rows = tuple[list[csr_matrix], csr_matrix]
WIDTHS = (12, 9, 4, 7)
TAIL = 60


def rows(generator: np.random.Generator, count: int, density: float, distinct: int) -> Rows:
    """Rows of four parts and a tail, some of them empty, many of them alike."""
    which = generator.integers(0, distinct, count)

    def part(width: int) -> csr_matrix:
        some = random_array((distinct, width), density=density, rng=generator, format="csr")
        return tfidf_normalize(csr_matrix(some))[which]

    parts = [part(width) for width in WIDTHS]
    parts[0] = parts[0] * 1.4
    return parts, part(TAIL)


def assert_same(
    index: BlockMaxIndex,
    asking: Rows,
    asked: Rows,
    weights: list[float],
    k: int,
    eligible: NDArray[np.bool_],
) -> None:
    """Compared with the twin: the same scores, and the same candidates but for ties."""
    found = index.topk(
        QueryVectors(*asking, weights), k, min_score=0.02, eligible=[eligible] * asking[1].shape[0]
    )
    scores = all_scores(asking, asked, weights)
    for row, wanted in enumerate(topk(scores, k, 0.02, eligible.tolist())):
        positions = [place for place in found.positions[row].tolist() if place != NO_CANDIDATE]
        assert len(set(positions)) == len(positions)
        assert all(eligible[place] for place in positions)
        true = [scores[row, place] for place in positions]
        assert found.scores[row, : len(positions)] == pytest.approx(true, abs=FLOAT32_TOLERANCE)
        sure = [score for score, _ in wanted if score > 0.02 + FLOAT32_TOLERANCE]
        assert true[: len(sure)] == pytest.approx(sure, abs=FLOAT32_TOLERANCE)
        assert len(positions) <= k
        left = np.delete(scores[row], positions)[np.delete(eligible, positions)]
        assert left.max(initial=0.0) <= (found.upper_bounds_elsewhere[row] or 0.02)


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 300),
    k=st.integers(1, 40),
    density=st.sampled_from([0.0, 0.05, 0.3, 0.9]),
    distinct=st.integers(1, 60),
    shown=st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    weights=st.lists(st.sampled_from([0.0, 0.05, 0.2, 0.6]), min_size=5, max_size=5),
)
@settings(deadline=None, max_examples=examples(150))
def test_the_lists_are_those_of_the_obvious_way(
    seed: int, count: int, k: int, density: float, distinct: int, shown: float, weights: list[float]
) -> None:
    """Whatever the sparsity: empty rows, ties, more wanted than there are, nobody allowed."""
    generator = np.random.default_rng(seed)
    asked, asking = rows(generator, count, density, distinct), rows(generator, 6, density, 6)
    eligible = generator.random(count) < shown
    assert_same(BlockMaxIndex(*asked), asking, asked, weights, k, eligible)


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 300),
    density=st.sampled_from([0.0, 0.05, 0.3, 0.9]),
    distinct=st.integers(1, 60),
    weights=st.lists(st.sampled_from([0.0, 0.05, 0.2, 0.6]), min_size=5, max_size=5),
)
@settings(deadline=None, max_examples=examples(100))
def test_whoever_may_be_reached_is_found(
    seed: int, count: int, density: float, distinct: int, weights: list[float]
) -> None:
    """Each candidate has a floor of its own; the scores themselves are among the floors."""
    generator = np.random.default_rng(seed)
    asked, asking = rows(generator, count, density, distinct), rows(generator, 6, density, 6)
    best_of_each = all_scores(asking, asked, weights).max(axis=0)
    floors = np.where(generator.random(count) < 0.3, best_of_each, generator.random(count))
    reached = BlockMaxIndex(*asked).reverse_topk_mask(QueryVectors(*asking, weights), floors)
    assert not np.any(~reached & (best_of_each >= floors))
    assert not np.any(reached & (best_of_each < floors - 4 * FLOAT32_TOLERANCE))


@pytest.mark.parametrize("distinct", [40, 100_000])
def test_many_blocks_and_several_threads(distinct: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More candidates than a block holds, more queries than a thread takes at once."""
    monkeypatch.setattr(parallel, "MAX_ROWS_PER_TASK", 7)
    generator = np.random.default_rng(5)
    asked, asking = rows(generator, 3 * BLOCK_SIZE + 17, 0.3, distinct), rows(generator, 40, 0.3, 40)
    eligible = generator.random(3 * BLOCK_SIZE + 17) < 0.8
    assert_same(BlockMaxIndex(*asked), asking, asked, [0.35, 0.3, 0.2, 0.05, 0.1], 20, eligible)


def test_what_nobody_has_is_passed_over() -> None:
    """A query may have columns that came up after the index was made, and groups of letters that no candidate has."""
    generator = np.random.default_rng(1)
    asked = rows(generator, 50, 0.3, 50)
    wide = csr_matrix(np.ones((1, WIDTHS[0] + 3)))
    asking = [wide, *(csr_matrix((1, width)) for width in WIDTHS[1:])], csr_matrix(np.ones((1, TAIL)))
    narrow = [wide[:, : WIDTHS[0]], *asking[0][1:]], asking[1]
    weights = [0.5, 0.2, 0.1, 0.1, 0.1]
    index = BlockMaxIndex(*asked)
    found, expected = (index.topk(QueryVectors(*query, weights), 5).positions for query in (asking, narrow))
    assert found.tolist() == expected.tolist()
