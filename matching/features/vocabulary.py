"""The vocabulary of territories: the column of each in the matrices, and of each place the columns it consists of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from matching.features.common_territories import resolved
from matching.features.records import Side
from schemas.places import TerritoryPath

LOCALITY = 2
"""The level of a town."""
_NUMBERING = Lock()


def column_name(side: Side, code: str) -> str:
    """The name of a territory's column on one side: ``origin:SN-KL``."""
    return f"{side}:{code}"


def levels_of(path: TerritoryPath) -> tuple[int, ...]:
    """The level of each territory of a place; what lies in a town counts as that town does."""
    return tuple(accumulate(map(level_of, path), max))


def level_of(code: str) -> int:
    """The level of a territory: 0 for a country, 1 for a subdivision, :data:`LOCALITY` for a town."""
    return 0 if len(code) == 2 else LOCALITY if ":" in code else 1


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """A place on one side: the columns of its territories, and the level of each (equal lengths)."""

    columns: NDArray[np.int32]
    levels: tuple[int, ...]


@dataclass(frozen=True)
class TerritoryVocabulary:
    """Numbers from 0, in the order in which they are met, shared by all profiles of a collection.

    ``columns`` numbers territories by name (:func:`column_name`); ``places`` are what :meth:`place_number` counts;
    ``whole_countries`` are the numbers of those that are a country, or of which no more than the country is known.
    """

    columns: dict[str, int] = field(default_factory=dict)
    places: list[PlaceColumns] = field(default_factory=list)
    whole_countries: dict[tuple[Side, str], list[int]] = field(default_factory=dict)
    _numbers: dict[tuple[Side, TerritoryPath], int] = field(default_factory=dict)

    def place_number(self, side: Side, path: TerritoryPath) -> int:
        """The number of a place, which is new if it has not been met."""
        if (found := self._numbers.get((side, path))) is not None:
            return found
        # A draft is read beside the active ruleset, into the same vocabulary.
        with _NUMBERING:
            if (side, path) not in self._numbers:
                self.places.append(PlaceColumns(self._columns(side, path), levels_of(path)))
                self._numbers[side, path] = len(self.places) - 1
                if len(resolved(path)) == 1:
                    self.whole_countries.setdefault((side, path[0]), []).append(len(self.places) - 1)
            return self._numbers[side, path]

    def _columns(self, side: Side, path: Sequence[str]) -> NDArray[np.int32]:
        numbers = self.columns
        return np.array(
            [numbers.setdefault(column_name(side, code), len(numbers)) for code in path], np.int32
        )
