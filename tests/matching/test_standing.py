"""Lists that are kept up are those that would be made anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from matching.shortlist import CLOSED, ShortlistIndex
from matching.sparse.precision import FLOAT32_TOLERANCE
from matching.standing import SPARE, Asking, ChangedIndex, StandingLists
from tests.matching.slow_topk import all_scores, best
from tests.matching.test_shortlist import Blocks, rows


def exchanged(blocks: Blocks, changed: "np.typing.NDArray[np.int64]", others: Blocks) -> Blocks:
    """Blocks in which some rows are those of others."""

    def put(old: csr_matrix, new: csr_matrix) -> csr_matrix:
        dense = old.toarray()
        dense[changed] = new.toarray()
        return csr_matrix(dense)

    return [put(old, new) for old, new in zip(blocks[0], others[0], strict=True)], put(blocks[1], others[1])


def assert_as_made_anew(
    kept: StandingLists, asking: Blocks, asked: Blocks, weights: list[float], k: int
) -> None:
    """The first ``k`` of each list are the best, ties aside; and nobody has more than its end who is not on it."""
    scores = all_scores(asking, asked, weights)
    everybody = [True] * asked[1].shape[0]
    for row, wanted in enumerate(best(scores, k, FLOAT32_TOLERANCE, everybody)):
        places = [place for place in kept.places[row].tolist() if place != CLOSED]
        assert len(set(places)) == len(places)
        true = [scores[row, place] for place in places]
        sure = [score for score, _ in wanted if score > 4 * FLOAT32_TOLERANCE]
        assert true[: len(sure)] == pytest.approx(sure, abs=4 * FLOAT32_TOLERANCE)
        assert kept.scores[row, : len(places)] == pytest.approx(true, abs=FLOAT32_TOLERANCE)
        assert np.delete(scores[row], places).max(initial=0.0) <= kept.ends[row] + 4 * FLOAT32_TOLERANCE


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 200),
    k=st.integers(1, 12),
    density=st.sampled_from([0.05, 0.3, 0.9]),
    distinct=st.integers(1, 60),
    share=st.sampled_from([0.02, 0.2, 1.0]),
    weights=st.lists(st.sampled_from([0.0, 0.05, 0.2, 0.6]), min_size=5, max_size=5),
)
@settings(deadline=None, max_examples=100)
def test_lists_are_kept_up_through_several_changes(
    seed: int, count: int, k: int, density: float, distinct: int, share: float, weights: list[float]
) -> None:
    """Few change or all, again and again, also those who are on lists that have lost some before."""
    generator = np.random.default_rng(seed)
    asked, asking = rows(generator, count, density, distinct), rows(generator, 6, density, 6)
    queries, who_asks = Asking(*asking, weights), ShortlistIndex(*asking)
    kept = StandingLists(ShortlistIndex(*asked).best(*asking, weights, k + SPARE))
    for _ in range(4):
        changed = np.flatnonzero(generator.random(count) < share)
        new = rows(generator, changed.size, density, distinct)
        index = ChangedIndex(ShortlistIndex(*asked), changed, *new)
        asked = exchanged(asked, changed, new)
        reaching = who_asks.reaching(*new, weights, kept.ends)
        kept.keep_up(index, queries, reaching, k)
        assert_as_made_anew(kept, asking, asked, weights, min(k, count))
