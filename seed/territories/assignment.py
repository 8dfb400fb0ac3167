"""Which subdivision of ISO 3166-2 a locality of GeoNames lies in.

GeoNames groups localities by codes of its own. A group is paired with the first-level subdivision that most
of its localities are nearest to, or are named like, each subdivision with one group where the two divisions
agree; within it, a locality takes the second-level subdivision of its own name, or else the nearest one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from schemas.text_folding import fold
from seed.territories.sources import Place

NAMESAKE = 25
"""How many nearest localities one locality with the subdivision's own name outweighs."""


def assign_parents(localities: Sequence[Place], subdivisions: Sequence[Place]) -> None:
    """Give each locality of one country the finest subdivision that it can be placed in."""
    tops = [place for place in subdivisions if place.parent is None]
    if not tops:
        return
    children: Mapping[str, list[Place]] = defaultdict(list)
    for place in subdivisions:
        if place.parent is not None:
            children[place.parent].append(place)
    groups: Mapping[str, list[Place]] = defaultdict(list)
    for locality in localities:
        groups[locality.group].append(locality)
    for group, top in _pair(groups, tops).items():
        inner = children[top.code]
        nearest = _nearest(groups[group], inner) if inner else []
        by_name = {fold(place.name): place for place in inner}
        for position, locality in enumerate(groups[group]):
            own = by_name.get(fold(locality.name)) or (nearest[position] if inner else top)
            locality.parent = own.code
    _fill_coordinates(localities, subdivisions)


def _pair(groups: Mapping[str, list[Place]], tops: Sequence[Place]) -> dict[str, Place]:
    names = sorted(groups)
    votes = np.zeros((len(names), len(tops)))
    by_name = {fold(top.name): column for column, top in enumerate(tops)}
    column_of = {top.code: column for column, top in enumerate(tops)}
    for row, name in enumerate(names):
        for locality, near in zip(groups[name], _nearest(groups[name], tops), strict=True):
            votes[row, column_of[near.code]] += 1
            own = by_name.get(fold(locality.name))
            if own is not None:
                votes[row, own] += NAMESAKE
    votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1)
    paired = {names[row]: tops[int(votes[row].argmax())] for row in range(len(names))}
    rows, columns = linear_sum_assignment(-votes)
    for row, column in zip(rows, columns, strict=True):
        if votes[row, column] > 0:
            paired[names[row]] = tops[column]
    return paired


def _nearest(localities: Sequence[Place], candidates: Sequence[Place]) -> list[Place]:
    known = [place for place in candidates if place.latitude is not None] or list(candidates)
    there = np.radians([[place.latitude or 0.0, place.longitude or 0.0] for place in known])
    here = np.radians([[place.latitude or 0.0, place.longitude or 0.0] for place in localities])
    north = here[:, None, 0] - there[None, :, 0]
    east = (here[:, None, 1] - there[None, :, 1]) * np.cos(here[:, None, 0])
    return [known[int(column)] for column in np.argmin(north**2 + east**2, axis=1)]


def _fill_coordinates(localities: Sequence[Place], subdivisions: Sequence[Place]) -> None:
    inside: Mapping[str, list[Place]] = defaultdict(list)
    for locality in localities:
        if locality.parent:
            inside[locality.parent].append(locality)
    for place in subdivisions:
        if place.latitude is None and inside[place.code]:
            place.latitude = float(np.mean([locality.latitude for locality in inside[place.code]]))
            place.longitude = float(np.mean([locality.longitude for locality in inside[place.code]]))
