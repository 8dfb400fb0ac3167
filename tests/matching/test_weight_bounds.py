"""Weights kept within a steward's bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matching.rules.ruleset import RulesetSettings
from matching.rules.weight_bounds import clip_to_bounds, out_of_bounds
from schemas.weights import PARTS, Bounds, Weights

SHARES = st.lists(st.floats(0, 1000), min_size=len(PARTS), max_size=len(PARTS)).filter(
    lambda values: sum(values) > 1
)


def weights(*values: float) -> Weights:
    return Weights(**dict(zip(PARTS, values, strict=True)))


@st.composite
def bounds_with_room(draw: st.DrawFn) -> dict[str, Bounds]:
    """Bounds around some weights, so that there is room within them."""
    inner = weights(*draw(SHARES))
    parts = draw(st.sets(st.sampled_from(PARTS)))
    return {
        part: Bounds(
            least=inner.share(part) * draw(st.floats(0, 1)),
            most=inner.share(part) + (1 - inner.share(part)) * draw(st.floats(0, 1)),
        )
        for part in parts
    }


def test_what_lies_within_stays_as_it_is_and_the_rest_keeps_its_proportions() -> None:
    learnt = weights(40, 30, 10, 10, 10, 0)
    assert clip_to_bounds(learnt, {}) == learnt
    assert clip_to_bounds(learnt, {"region": Bounds(most=0.5)}) == learnt
    kept = clip_to_bounds(learnt, {"region": Bounds(most=0.1)})
    assert out_of_bounds(learnt, {"region": Bounds(most=0.1)}) == ["region"]
    assert [kept.share(part) for part in PARTS] == pytest.approx([0.1, 0.45, 0.15, 0.15, 0.15, 0], abs=1e-6)
    kept = clip_to_bounds(learnt, {"text": Bounds(least=0.4), "region": Bounds(least=0.3)})
    assert [kept.share(part) for part in PARTS] == pytest.approx([0.3, 0.18, 0.06, 0.4, 0.06, 0], abs=1e-6)


def test_a_part_without_weight_gets_one_where_the_others_may_not_have_more() -> None:
    kept = clip_to_bounds(weights(1, 0, 0, 0, 0, 0), {"region": Bounds(most=0.6)})
    assert [kept.share(part) for part in PARTS] == pytest.approx([0.6, 0.08, 0.08, 0.08, 0.08, 0.08])


@given(SHARES, bounds_with_room())
def test_bounds_hold_whatever_was_learnt(values: list[float], bounds: dict[str, Bounds]) -> None:
    kept = clip_to_bounds(weights(*values), bounds)  # type: ignore[arg-type]
    for part, bound in bounds.items():
        assert bound.least - 1e-6 <= kept.share(part) <= bound.most + 1e-6  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bounds",
    [
        {"region": {"least": 0.6, "most": 0.5}},
        {"region": {"least": 0.6}, "sector": {"least": 0.5}},
        {part: {"most": 0.1} for part in PARTS},
        {"preferences": {"most": 0.1}},
    ],
)
def test_bounds_leave_room_for_weights(bounds: dict[str, dict[str, float]]) -> None:
    with pytest.raises(ValidationError):
        RulesetSettings.model_validate(RulesetSettings.balanced().model_dump() | {"bounds": bounds})
