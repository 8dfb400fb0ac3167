"""Territories whose name is written almost like this."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from schemas.place_names import SAINTS
from service.vocabularies.gazetteer import Gazetteer, Match
from service.vocabularies.namesakes import family_of
from service.vocabularies.territory_repository import inhabitants

CERTAIN = 88.0
"""How alike (0 to 100) a misspelt name must be to a known one to be taken for it without asking."""
AHEAD = 6.0
"""And how far ahead of the next one."""
POSSIBLE = 62.0
SHORTEST_MISSPELT = 5
MOST_ALIKE = 60
FAR_LIGHTER = 20
"""A rival with so many times fewer inhabitants is none."""


@dataclass(frozen=True, slots=True)
class Misspelling:
    """The territories that a misspelt name may mean, the most likely first; ``certain`` of them are spelt alike."""

    ordered: tuple[Match, ...] = ()
    certain: tuple[Match, ...] = ()


def nearest_matches(
    gazetteer: Gazetteer, country: str | None, spellings: Collection[str], within: Collection[set[str]] = ()
) -> Misspelling:
    """Compare with every subdivision's name, and with localities' names of the same beginning in the country.

    ``within`` narrows what is found: it must be, or lie in, a territory of each of these sets.
    """
    likeness, weights = _likeness(gazetteer, country, spellings)
    found = [
        Match(territory, 0, inhabitants(weights[code]))
        for code, territory in gazetteer.by_codes(likeness).items()
        if all(codes & set(territory.path) for codes in within)
    ]
    ordered = sorted(
        found,
        key=lambda match: (
            -likeness[match.territory.code],
            match.territory.level != "subdivision",
            -match.inhabitants,
            match.territory.code,
        ),
    )
    longest = max((len(spelling) for spelling in spellings), default=0)
    return Misspelling(tuple(ordered), _certain(ordered, likeness, longest))


def _likeness(
    gazetteer: Gazetteer, country: str | None, spellings: Collection[str]
) -> tuple[dict[str, float], dict[str, int]]:
    """How alike the names of the nearest territories are, and what these weigh, both by code."""
    likeness: dict[str, float] = {}
    weights: dict[str, int] = {}
    for spelling in spellings:
        names = list(gazetteer.administrative_names(country))
        if len(spelling) >= 2 and country is not None:
            names += gazetteer.names_beginning(country, _beginning(spelling))
        for _, score, position in process.extract(
            spelling,
            [name for name, _, _ in names],
            scorer=fuzz.ratio,
            limit=MOST_ALIKE,
            score_cutoff=POSSIBLE,
        ):
            _, code, weights[code] = names[position]
            likeness[code] = max(likeness.get(code, 0), score)
    return likeness, weights


def _beginning(spelling: str) -> str:
    """The letters that are taken to be right: the first two, or a saint with the first of its name."""
    first, _, rest = spelling.partition(" ")
    return f"{first} {rest[:1]}" if first in SAINTS and rest else spelling[:2]


def _certain(ordered: Sequence[Match], likeness: dict[str, float], longest: int) -> tuple[Match, ...]:
    if not ordered or longest < SHORTEST_MISSPELT:
        return ()
    best = likeness[ordered[0].territory.code]
    equal = [match for match in ordered if likeness[match.territory.code] == best]
    heaviest = max(match.inhabitants for match in equal)
    rivals = [
        match
        for match in ordered
        if not any(family_of(match.territory, one.territory) for one in equal)
        and match.inhabitants * FAR_LIGHTER > heaviest
    ]
    ahead = not rivals or best - likeness[rivals[0].territory.code] >= AHEAD
    return tuple(equal) if best >= CERTAIN and ahead else ()
