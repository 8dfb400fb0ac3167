"""The sector part: DAC categories and purposes. A category is worth part of a purpose, a rare one more."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.records import Traits
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import FeatureNames, ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary
from matching.sparse.matrices import stack_rows_by_value
from schemas.sectors import CATCH_ALL, ancestors, sectors
from schemas.weights import SectorLevels


@cache
def sector_columns() -> Mapping[str, int]:
    """The column of each sector; the tree is fixed, so the columns are."""
    return {code: position for position, code in enumerate(sorted(sectors()))}


def sector_values(named: Sequence[str], levels: SectorLevels) -> dict[int, float]:
    """The values by column of who names these sectors, before rarity."""
    codes = dict.fromkeys(code for sector in named for code in ancestors(sector) if code not in CATCH_ALL)
    worth = {code: levels.category if len(code) == 3 else levels.purpose for code in codes}
    return {sector_columns()[code]: value for code, value in worth.items() if value}


class SectorVectorizer(ProfileVectorizer):
    """Sectors of a profile with their categories, each by the weight of its level.

    Parameters
    ----------
    levels
        What a category and a purpose weigh.

    Examples
    --------
    >>> from matching import SectorVectorizer
    >>> vectorizer = SectorVectorizer()
    >>> vectors = vectorizer.fit_transform([{"kind": "project", "key": "wells", "sectors": ["14030"]}])
    >>> vectorizer.get_feature_names_out()[vectors.indices].tolist()
    ['140', '14030']
    """

    def __init__(self, levels: SectorLevels | None = None) -> None:
        self.levels = levels

    @classmethod
    def of(cls, settings: FeatureSettings, _vocabulary: TerritoryVocabulary) -> Self:
        """With the levels of a ruleset."""
        return cls(settings.sector_levels)

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × sectors."""
        read = partial(sector_values, levels=self.levels or SectorLevels())
        named = [profile.traits.sectors for profile in profiles]
        return stack_rows_by_value(read, named, len(sector_columns()))

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The codes of the sectors."""
        return np.array(list(sector_columns()), object)


def shared_sectors(one: Traits, other: Traits) -> tuple[str, ...]:
    """The sectors that two profiles share: purposes first, then categories of which no purpose is shared."""
    mine = dict.fromkeys(code for sector in one.sectors for code in reversed(ancestors(sector)))
    theirs = {code for sector in other.sectors for code in ancestors(sector)}
    common = [code for code in mine if code in theirs and code not in CATCH_ALL]
    purposes = [code for code in common if len(code) == 5]
    shared_categories = {code[:3] for code in purposes}
    return (*purposes, *(code for code in common if len(code) == 3 and code not in shared_categories))
