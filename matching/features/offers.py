"""What profiles offer and need as vectors: concepts, DAC sectors, and powers of ten of amounts of money."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.vectorizer import FeatureNames, ProfileVectorizer
from matching.sparse.matrices import stack_rows_by_value
from schemas.concepts import concepts
from schemas.money import Money, currencies
from schemas.sectors import CATCH_ALL, ancestors, sectors, sectors_of

CONCEPT_WORTH, PURPOSE_WORTH, CATEGORY_WORTH, MONEY_WORTH = 1.0, 0.6, 0.3, 0.5
"""What a concept, a DAC purpose, a DAC category and each power of ten of an amount count; an amount never outweighs words."""
MAGNITUDES = range(2, 9)
"""Powers of ten up to which amounts are told apart."""


@cache
def offer_columns() -> Mapping[str, int]:
    """The column of each concept, each sector, and each power of ten in each currency (``EUR/3``)."""
    money = (f"{currency}/{power}" for currency in sorted(currencies()) for power in MAGNITUDES)
    names = [*sorted(concepts()), *sorted(sectors()), *money]
    return {name: column for column, name in enumerate(names)}


def offer_values(mentioned: Sequence[str], amounts: Sequence[Money]) -> dict[int, float]:
    """The values by column of who speaks of these concepts and names these amounts."""
    named = dict.fromkeys(mentioned, CONCEPT_WORTH)
    for sector in sectors_of(mentioned):
        for code in ancestors(sector):
            if code not in CATCH_ALL:
                named[code] = CATEGORY_WORTH if len(code) == 3 else PURPOSE_WORTH
    for amount in amounts:
        for power in MAGNITUDES:
            if amount.amount >= Decimal(10) ** power:
                named[f"{amount.currency}/{power}"] = MONEY_WORTH
    return {offer_columns()[name]: worth for name, worth in named.items()}


class OffersVectorizer(ProfileVectorizer):
    """What profiles offer: concepts, sectors and amounts."""

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × what may be offered."""
        return _stacked((profile.traits.offers, profile.traits.amounts_offered) for profile in profiles)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """Concepts, sectors and amounts, each of which is offered."""
        return np.array([f"offers {name}" for name in offer_columns()], object)


class NeedsVectorizer(ProfileVectorizer):
    """What profiles need: concepts, sectors and amounts."""

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × what may be needed."""
        return _stacked((profile.traits.needs, profile.traits.amounts_needed) for profile in profiles)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """Concepts, sectors and amounts, each of which is needed."""
        return np.array([f"needs {name}" for name in offer_columns()], object)


def _stacked(said: Iterable[tuple[tuple[str, ...], tuple[Money, ...]]]) -> csr_matrix:
    return stack_rows_by_value(lambda one: offer_values(*one), list(said), len(offer_columns()))
