"""The sector part: DAC categories and purposes. A category is worth part of a purpose, a rare one more."""

from collections.abc import Mapping, Sequence
from functools import cache

from matching.features.records import Traits
from schemas.sectors import ancestors, sectors
from schemas.weights import SectorLevels


@cache
def sector_columns() -> Mapping[str, int]:
    """The column of each sector; the tree is fixed, so the columns are."""
    return {code: position for position, code in enumerate(sorted(sectors()))}


def sector_values(named: Sequence[str], levels: SectorLevels) -> dict[int, float]:
    """The values by column of who names these sectors, before rarity."""
    codes = dict.fromkeys(code for sector in named for code in ancestors(sector))
    worth = {code: levels.category if len(code) == 3 else levels.purpose for code in codes}
    return {sector_columns()[code]: value for code, value in worth.items() if value}


def shared_sectors(one: Traits, other: Traits) -> tuple[str, ...]:
    """The sectors that two profiles share: purposes first, then categories of which no purpose is shared."""
    mine = dict.fromkeys(code for sector in one.sectors for code in reversed(ancestors(sector)))
    theirs = {code for sector in other.sectors for code in ancestors(sector)}
    common = [code for code in mine if code in theirs]
    purposes = [code for code in common if len(code) == 5]
    region_against = {code[:3] for code in purposes}
    return (*purposes, *(code for code in common if len(code) == 3 and code not in region_against))
