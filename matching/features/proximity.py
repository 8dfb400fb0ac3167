"""The surroundings of a place: what lies near is alike, across borders too.

A spot is shared out among the four nodes around it of a grid over the globe, the nearer the more. The dot product
of two spots is then 1 in one place and falls to 0 within one to two meshes, wherever the grid lies.
"""

from collections.abc import Iterator
from math import cos, floor, radians, sqrt

from matching.features.records import Coordinates, Traits

MESH_DEGREES = 0.5
"""Degrees of latitude between two nodes, about 55 km."""
MESH_ROWS, EQUATOR_NODES = round(180 / MESH_DEGREES) + 1, round(360 / MESH_DEGREES)
NODE_COUNT = MESH_ROWS * EQUATOR_NODES
"""How many columns there are."""


def surroundings(traits: Traits) -> dict[int, float]:
    """The values of a profile by node; each spot on its own has length 1."""
    values: dict[int, float] = {}
    for spot in traits.coordinates:
        nodes = dict(_nodes(spot))
        length = sqrt(sum(value * value for value in nodes.values()))
        for node, value in nodes.items():
            values[node] = max(values.get(node, 0.0), value / length)
    return values


def are_neighbours(one: Traits, other: Traits) -> bool:
    """Whether any of the places of two profiles lie near each other."""
    return not surroundings(one).keys().isdisjoint(surroundings(other))


def _nodes(spot: Coordinates) -> Iterator[tuple[int, float]]:
    """The nodes around a spot and its shares in them; each row of nodes has its own distance between two."""
    latitude, longitude = spot
    south = floor((latitude + 90) / MESH_DEGREES)
    north_share = (latitude + 90) / MESH_DEGREES - south
    for row, row_share in ((south, 1 - north_share), (south + 1, north_share)):
        around = max(1, round(EQUATOR_NODES * cos(radians(min(abs(row * MESH_DEGREES - 90), 90)))))
        place = (longitude + 180) / 360 * around
        west = floor(place)
        for column, share in ((west, 1 - (place - west)), (west + 1, place - west)):
            if row_share * share > 0:
                yield row * EQUATOR_NODES + column % around, row_share * share
