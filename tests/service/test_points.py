"""Points as they are read: whole numbers that add up."""

from hypothesis import given
from hypothesis import strategies as st

from matching import Part
from schemas.weights import PARTS
from service.digests.contents import Bar
from service.suggestions.points import whole_points

WEIGHTS = st.lists(st.integers(0, 1000), min_size=len(PARTS), max_size=len(PARTS)).filter(any)
SIMILARITIES = st.lists(st.floats(0, 1), min_size=len(PARTS), max_size=len(PARTS))


@given(weights=WEIGHTS, similarities=SIMILARITIES)
def test_points_add_up_and_stay_below_the_most(weights: list[int], similarities: list[float]) -> None:
    total = sum(weights)
    parts = [
        Part(name, weight / total, similarity)
        for name, weight, similarity in zip(PARTS, weights, similarities, strict=True)
    ]
    read = whole_points(parts)
    assert [each.name for each in read] == [part.name for part in parts if part.weight]
    assert abs(sum(each.points for each in read) - 100 * sum(part.points for part in parts)) <= 0.5 + 1e-9
    assert all(0 <= each.points <= each.most for each in read)
    assert 100 <= sum(each.most for each in read) <= 100 + len(read)
    assert all(
        abs(each.most - 100 * part.weight) <= 1
        for each, part in zip(read, (p for p in parts if p.weight), strict=True)
    )


def test_a_share_of_no_whole_point_is_an_empty_bar() -> None:
    [tiny, rest] = whole_points([Part("region", 0.001, 1.0), Part("sector", 0.999, 1.0)])
    assert (tiny.points, tiny.most) == (0, 0)
    assert [Bar("", each.points, each.most).percent for each in (tiny, rest)] == [0, 100]
