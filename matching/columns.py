"""Numbers for what is met in profiles: territories, which are columns of their blocks, and the places made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from matching.features.region import column, levels_of
from matching.traits import Path, Side

_NUMBERING = Lock()


@dataclass(frozen=True, slots=True)
class Place:
    """A place on one side: the columns of its territories, and the level of each of them."""

    columns: NDArray[np.int32]
    levels: tuple[int, ...]


@dataclass(frozen=True)
class Columns:
    """What all profiles of a collection share: the numbers of ``territories`` by name
    (:func:`matching.features.region.column`), and of ``places``, both from 0 in the order in which they are met."""

    territories: dict[str, int] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    _numbers: dict[tuple[Side, Path], int] = field(default_factory=dict)

    def place(self, side: Side, path: Path) -> int:
        """The number of a place, which has it from now on."""
        if (found := self._numbers.get((side, path))) is not None:
            return found
        # A draft is read beside the rules in force, in the same columns.
        with _NUMBERING:
            if (side, path) not in self._numbers:
                self.places.append(Place(self._columns(side, path), levels_of(path)))
                self._numbers[side, path] = len(self.places) - 1
            return self._numbers[side, path]

    def _columns(self, side: Side, path: Sequence[str]) -> NDArray[np.int32]:
        numbers = self.territories
        return np.array([numbers.setdefault(column(side, code), len(numbers)) for code in path], np.int32)
