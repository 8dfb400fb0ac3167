"""Whether what one profile offers is what another needs.

An offer meets a need where both speak of the same concept or sector, in whatever language, or where an amount that is needed
does not exceed one that is offered in the same currency; amounts are never converted.
"""

from collections.abc import Iterable

from matching.features.records import Traits
from schemas.money import Money
from schemas.resources import RESOURCES
from schemas.sectors import sectors_of


def met_needs(giver: Traits, taker: Traits) -> tuple[str, ...]:
    """What one profile offers and another needs: sectors (purposes, by code), then resources (by key)."""
    offered = index_terms(giver.offers)
    named = [*sectors_of(taker.needs), *(key for key in taker.needs if key in RESOURCES)]
    return tuple(code for code in named if code in offered)


def met_amounts(giver: Traits, taker: Traits) -> tuple[Money, ...]:
    """The amounts that one profile needs and another offers at least, in the same currency."""
    return tuple(
        needed
        for needed in taker.amounts_needed
        if any(
            needed.currency == offered.currency and needed.amount <= offered.amount
            for offered in giver.amounts_offered
        )
    )


def index_terms(mentioned: Iterable[str]) -> frozenset[str]:
    """The concepts and their sectors, by which an offer meets a need: one in common is enough."""
    said = tuple(mentioned)
    return frozenset((*said, *sectors_of(said)))
