"""Weights: shares of a score, whatever scale they come on, and parts that are added later."""

import pytest
from pydantic import ValidationError

from schemas.weights import PARTS, Weight, Weights


class LaterWeights(Weights):
    """Weights of a later version, with one more part."""

    mobility: Weight = 0.0


STORED = Weights(region=40, sector=20, priority=10, text=15, track_record=15).model_dump()


def test_any_scale_becomes_shares() -> None:
    shares = {"region": 0.4, "sector": 0.2, "priority": 0.1, "text": 0.15, "track_record": 0.15, "offers": 0}
    assert pytest.approx(shares) == STORED
    assert Weights(**STORED).model_dump() == STORED


def test_stored_weights_stay_as_they_are_when_a_part_is_added() -> None:
    assert LaterWeights(**STORED).model_dump() == STORED | {"mobility": 0.0}
    shared = LaterWeights(**STORED, mobility=1.0)
    assert shared.mobility == pytest.approx(0.5)
    assert sum(shared.model_dump().values()) == pytest.approx(1)


@pytest.mark.parametrize("part", [part for part in PARTS if part != "offers"])
def test_no_part_that_there_is_may_be_left_out(part: str) -> None:
    given = {name: share for name, share in STORED.items() if name != part}
    with pytest.raises(ValidationError) as caught:
        Weights.model_validate(given)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [((part,), "missing")]
