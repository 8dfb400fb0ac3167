"""Corridors: which territories of origin and of residence are tied by people who live in both.

Read off the associations and projects that name both sides, off stocks of migrants, and off the partnerships of one
who is at home on one side with one on the other: programmes cover routes that nobody may travel. Two
authorities are each other's counterparts by the corridors between their territories, however unlike these are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, vstack

from matching.kept import Kept
from matching.profiles import KindProfiles
from matching.rows import Floats, cosine_with, scaled_rows, widened
from matching.traits import SIDES, Path, Record, Side, Traits
from schemas.kinds import Kind

LEAST_NEARNESS = 0.2
"""Corridors further from an authority's own territory than this say nothing about it."""

FEW = 2.0
"""So many people more are taken to be everywhere: one association more or less does not decide where few are."""

Nearness = dict[Side, Floats]


@dataclass(frozen=True)
class Corridors:
    """One row for each profile with both sides: its territories of origin and of residence."""

    rows: csr_matrix
    traits: list[Traits]
    sides: Mapping[Side, "np.typing.NDArray[np.bool_]"]
    levels: "np.typing.NDArray[np.intp]"
    weights: Floats
    _kept: Kept[csr_matrix] = field(init=False, default_factory=Kept)

    @classmethod
    def of(cls, groups: Sequence[KindProfiles], columns: Mapping[str, int]) -> "Corridors":
        """The corridors of all profiles of some groups that name both sides."""
        rows, traits, weights = [], [], []
        for people in groups:
            both = [row for row, item in enumerate(people.traits) if len(item.shown_sides()) == 2]
            rows.append(people.region[both])
            traits += [people.traits[row] for row in both]
            weights += [weight_of(people.records[row].get("people")) for row in both]
        names = list(columns)
        sides = {side: np.array([name.startswith(side) for name in names], dtype=bool) for side in SIDES}
        levels = np.array([_level(name) for name in names], dtype=np.intp)
        together = vstack([widened(block, len(names)) for block in rows], format="csr")
        return cls(together, traits, sides, levels, np.array(weights))

    def beyond(self, subjects: KindProfiles) -> csr_matrix:
        """For each profile, territories at the other end of its corridors, by how near the near end is and by how many people tie them."""

        def find(rows: Sequence[int]) -> Iterator[csr_matrix]:
            territories = subjects.region
            return (self._other_end(self.nearness(territories[row])) for row in rows)

        return vstack(self._kept.of(subjects.known, find)).tocsr()

    def strongest(self, here: Nearness, other: csr_matrix) -> Traits | None:
        """Of the profiles, the one whose corridor ends nearest to one territory (``here``) and to the other; ``None`` for none."""
        rows = np.flatnonzero(here["origin"] + here["residence"])
        if not rows.size:
            return None
        there = self.nearness(other)
        ties = np.maximum(*(here[near][rows] * there[far][rows] for near, far in (SIDES, SIDES[::-1])))
        best = int(ties.argmax())
        return self.traits[rows[best]] if ties[best] > 0 else None

    def nearness(self, territory: csr_matrix) -> Nearness:
        """How near each corridor's end on one side is to the territory on that side."""
        own = territory.copy()
        own.resize((1, self.rows.shape[1]))
        return {
            side: cosine_with(csr_matrix(own.multiply(self.sides[side])), self._turned_over)[0]
            for side in SIDES
        }

    @cached_property
    def _turned_over(self) -> csr_matrix:
        return self.rows.T.tocsr()

    def _other_end(self, nearness: Nearness) -> csr_matrix:
        best = csr_matrix((1, self.rows.shape[1]))
        tied = np.zeros(self.rows.shape[1])
        for near_side, far_side in (SIDES, SIDES[::-1]):
            near = np.where(nearness[near_side] >= LEAST_NEARNESS, nearness[near_side], 0.0)
            if near.any():
                far = self.rows[np.flatnonzero(near)].multiply(self.sides[far_side][None, :]).tocsr()
                scale = near[near > 0]
                best = best.maximum(csr_matrix(scaled_rows(far, scale).max(axis=0)))
                tied += np.asarray((far > 0).T @ (scale * self.weights[near > 0])).ravel()
        best = best.tocoo()
        best.data *= self._strength(tied, best.col)
        return best.tocsr()

    def _strength(self, tied: Floats, columns: "np.typing.NDArray[np.int32]") -> Floats:
        """How strongly some territories are tied by so many people, 1 for the strongest of its level."""
        most = np.array([tied[of_level].max(initial=0.0) for of_level in self._by_level])
        strength: Floats = np.log1p(tied[columns] + FEW) / np.log1p(most[self.levels[columns]] + FEW)
        return strength

    @cached_property
    def _by_level(self) -> "list[np.typing.NDArray[np.intp]]":
        return [np.flatnonzero(self.levels == level) for level in range(self.levels.max(initial=0) + 1)]


def weight_of(people: int | None) -> float:
    """What a corridor of so many persons counts, against one association: ten times the persons are one more."""
    return 1.0 + float(np.log10(1 + people)) if people else 1.0


def _level(column: str) -> int:
    code = column.partition(":")[2]
    return 0 if len(code) == 2 else 2 if ":" in code else 1


def people_between(origin: Traits, residence: Traits) -> Record:
    """People from where one is at home who live where another is."""
    return {
        "kind": Kind.ASSOCIATION,
        "key": f"between:{origin.key}:{residence.key}",
        "origin": [_place(path) for path in origin.places["origin"]],
        "residence": [_place(path) for path in residence.places["residence"]],
    }


def _place(path: Path) -> Record:
    return {"country": path[0], "code": path[-1], "path": path}
