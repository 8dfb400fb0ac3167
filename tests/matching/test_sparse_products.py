"""Dot products of some pairs, compared with those of all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, random_array

from matching.sparse.matrices import dot_products, dot_products_with_columns, tfidf_normalize
from matching.sparse.products import dense_dot_products, masked_dot_products


@settings(deadline=None)  # the first call is compiled
@given(st.data())
def test_they_are_those_of_all_pairs_where_they_are_wanted(data: st.DataObject) -> None:
    seeds, sizes = st.integers(0, 2**32 - 1), st.integers(0, 12)
    drawn = np.random.default_rng(data.draw(seeds))

    def block(rows: int) -> csr_matrix:
        width, density = data.draw(st.integers(1, 30)), data.draw(st.sampled_from([0.0, 0.1, 0.9]))
        return tfidf_normalize(csr_matrix(random_array((rows, width), density=density, rng=drawn)))

    left, right = block(data.draw(sizes)), block(data.draw(sizes))
    wanted = drawn.random((left.shape[0], right.shape[0])) < data.draw(st.sampled_from([0.0, 0.3, 1.0]))
    found = masked_dot_products(left, right, wanted)
    assert found == pytest.approx(np.where(wanted, dot_products(left, right), 0.0), abs=1e-12)
    assert (found[~wanted] == 0).all()


@settings(deadline=None)  # the first call is compiled
@given(st.data())
def test_all_of_them_are_the_same_to_the_last_bit(data: st.DataObject) -> None:
    drawn = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    left, right = (
        tfidf_normalize(
            csr_matrix(random_array((data.draw(st.integers(0, 40)), width), density=0.3, rng=drawn))
        )
        for width in (data.draw(st.integers(1, 30)), data.draw(st.integers(1, 30)))
    )
    columns = right.T.tocsr()
    assert (dense_dot_products(left, columns) == dot_products_with_columns(left, columns)).all()
