"""Which profiles of one kind lie where: postings by territory, as masks."""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csc_matrix

from matching.features.matrices import NO_POSITIONS, FeatureMatrices
from matching.features.places import PlaceVectorizer
from matching.features.proximity import surroundings
from matching.features.records import SIDES, Side, Traits
from matching.features.surroundings import SurroundingsVectorizer
from matching.sparse.matrices import Mask, Positions
from schemas.places import TerritoryPath


def within_or_around(profiles: FeatureMatrices, side: Side, paths: Iterable[TerritoryPath]) -> Mask:
    """Profiles with a place on a side that lies within one of some territories, or around one."""
    mask = profiles.nobody()
    for path in paths:
        mask[profiles.located_within(side, path[-1])] = True
        for code in path[:-1]:
            mask[profiles.naming(side, code)] = True
    return mask


def nested_with(profiles: FeatureMatrices, paths: Iterable[TerritoryPath]) -> Mask:
    """Profiles with a place on any side that lies within one of some territories, or around one; whole countries do not count."""
    mask = profiles.nobody()
    for path in paths:
        for side in SIDES:
            if len(path) > 1:
                mask[profiles.located_within(side, path[-1])] = True
            for code in path[1:]:
                mask[profiles.naming(side, code)] = True
    return mask


def naming_whole_country(profiles: FeatureMatrices, side: Side, country: str) -> Positions:
    """Profiles that name a country on a side and nothing in it, or a place in it that is not known."""
    known = profiles.derived(_whole_countries)
    if (side, country) not in known:
        by_place = profiles.derived(_by_place)
        numbers = profiles.vocabulary.whole_countries.get((side, country), ())
        found = [_column(by_place, number) for number in numbers if number < by_place.shape[1]]
        known[side, country] = np.concatenate(found) if found else NO_POSITIONS
    return known[side, country]


def neighbours_of(profiles: FeatureMatrices, traits: Traits) -> Mask:
    """Profiles with a place near one of these traits'."""
    mask, by_node = profiles.nobody(), profiles.derived(_by_node)
    for node in surroundings(traits):
        mask[_column(by_node, node)] = True
    return mask


def _column(postings: csc_matrix, number: int) -> Positions:
    positions: Positions = postings.indices[slice(*postings.indptr[number : number + 2])]
    return positions


def _by_node(profiles: FeatureMatrices) -> csc_matrix:
    return profiles.matrix(SurroundingsVectorizer).tocsc()


def _whole_countries(_profiles: FeatureMatrices) -> dict[tuple[Side, str], Positions]:
    """What :func:`naming_whole_country` has found; it fills as countries are asked for."""
    return {}


def _by_place(profiles: FeatureMatrices) -> csc_matrix:
    return profiles.matrix(PlaceVectorizer).tocsc()
