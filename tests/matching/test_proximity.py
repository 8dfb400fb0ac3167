"""Surroundings: 1 in one place, less with distance, 0 far away, wherever on the globe."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.features.proximity import NODE_COUNT, surroundings
from matching.features.records import Coordinates, read_traits
from tests.matching.records import authority

KILOMETRES_A_DEGREE = 111.2
coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def near(one: Coordinates, other: Coordinates) -> float:
    """How near two spots are."""
    mine, theirs = (surroundings(read_traits(at("x", spot))) for spot in (one, other))
    assert all(0 <= node < NODE_COUNT for node in (*mine, *theirs))
    return sum(value * theirs.get(node, 0.0) for node, value in mine.items())


def at(key: str, spot: Coordinates, country: str = "IT") -> dict[str, Any]:
    """A town somewhere."""
    latitude, longitude = spot
    place = {"country": country, "path": [country], "code": country}
    return authority(key, place | {"latitude": latitude, "longitude": longitude})


@given(coordinates)
def test_a_place_is_as_near_to_itself_as_can_be(spot: Coordinates) -> None:
    assert near(spot, spot) == pytest.approx(1)


@given(coordinates, coordinates)
def test_nearness_is_mutual_and_between_0_and_1(one: Coordinates, other: Coordinates) -> None:
    assert near(one, other) == pytest.approx(near(other, one))
    assert -1e-9 <= near(one, other) <= 1 + 1e-9


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0, 6.28))
def test_nearness_falls_with_distance(latitude: float, longitude: float, direction: float) -> None:
    def away(kilometres: float) -> Coordinates:
        north = kilometres * np.cos(direction) / KILOMETRES_A_DEGREE
        east = kilometres * np.sin(direction) / KILOMETRES_A_DEGREE / np.cos(np.radians(latitude))
        return latitude + north, (longitude + east + 180) % 360 - 180

    here = (latitude, longitude)
    assert near(here, away(10)) > 0.5
    assert near(here, away(250)) == 0


def test_neighbours_across_a_border_are_proposed_to_each_other() -> None:
    here, across, far = (
        at("here", (45.9, 13.6)),
        at("across", (45.95, 13.65), "SI"),
        at("far", (41.9, 12.5), "SI"),
    )
    listed = PartnershipModel().fit([here, across, far]).suggest([here], kinds=["authority"])[0]
    assert listed[0].candidate == "across"
    region = next(part for part in listed[0].parts if part.name == "region")
    assert set(region.because) == {"IT", "SI"}
    assert "far" not in [item.candidate for item in listed]
