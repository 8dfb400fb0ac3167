"""Corridors: which territories of origin and of residence are tied by people who live in both.

They come from the associations and projects that name both sides, from stocks of migrants, and from the partnerships of one
who is at home on one side with one on the other; not from programmes, which cover routes that nobody may travel. Two
authorities are each other's counterparts by the corridors between their territories, however different these are.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, vstack

from matching.features.profiles import KindProfiles
from matching.features.records import SIDES, Side, Traits
from matching.features.settings import FeatureSettings
from matching.sparse.matrices import Floats, dot_products_with_columns, pad_columns
from matching.track_record.flows import Flows
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import Record

EndProximity = dict[Side, Floats]
"""By side, the proximity of each corridor's end there to a territory, between 0 and 1."""
Groups = Sequence[tuple[KindProfiles, Sequence[int]]]
"""Profiles of one kind, and which of them have both sides."""


class Corridors:
    """Corridors by who travels them.

    Parameters
    ----------
    groups
        Profiles by kind, and which of them name both sides.
    rows
        Their territories: corridors × columns, as in :attr:`matching.features.matrices.FeatureMatrices.region`.
    traits
        What was read in their records.
    flows
        How many people there are between territories.
    """

    def __init__(self, groups: Groups, rows: csr_matrix, traits: Sequence[Traits], flows: Flows) -> None:
        self._groups, self._rows, self._traits, self.flows = groups, rows, traits, flows

    @classmethod
    def of(
        cls, people: Sequence[KindProfiles], partners: KindProfiles, columns: Mapping[str, int]
    ) -> "Corridors":
        """The corridors of all people who name both sides, and of those who would live between partners.

        The latter tie countries only: which two towns are partners, the track record says by itself.
        """
        groups = [(group, _with_both_sides(group)) for group in (*people, partners)]
        chosen = [(group, row) for group, rows in groups for row in rows]
        traits = [group.traits[row] for group, row in chosen]
        weights = [corridor_weight(group.records[row].get("people")) for group, row in chosen]
        matrices = _regions(groups)  # first: it may add columns
        rows = _stack(matrices, len(columns))
        country_only = np.arange(len(traits)) >= len(traits) - len(groups[-1][1])
        return cls(groups, rows, traits, Flows(rows, columns, np.array(weights), country_only))

    def under(self, settings: FeatureSettings) -> "Corridors":
        """The same corridors, with territories weighted by other settings; how many people there are stays."""
        groups = [(group.under(settings), rows) for group, rows in self._groups]
        rows = _stack(_regions(groups), self._rows.shape[1])
        return Corridors(groups, rows, self._traits, self.flows)

    def counterparts(self, subjects: KindProfiles) -> csr_matrix:
        """As :meth:`matching.track_record.flows.Flows.counterparts`."""
        return self.flows.counterparts(subjects)

    def end_proximity(self, territory: csr_matrix) -> EndProximity:
        """The proximity of a territory (one row) to the ends of all corridors on the same side."""
        own = territory.copy()
        own.resize((1, self._rows.shape[1]))
        return {
            side: dot_products_with_columns(
                csr_matrix(own.multiply(self.flows.on_side[side])), self._columns
            )[0]
            for side in SIDES
        }

    def strongest_tie(self, here: EndProximity, other: csr_matrix) -> Traits | None:
        """The people whose corridor ends nearest to one territory (``here``) and to another; ``None`` if nobody's does."""
        rows = np.flatnonzero(here["origin"] + here["residence"])
        if not rows.size:
            return None
        there = self.end_proximity(other)
        ties = np.maximum(*(here[near][rows] * there[far][rows] for near, far in (SIDES, SIDES[::-1])))
        best = int(ties.argmax())
        return self._traits[rows[best]] if ties[best] > 0 else None

    @cached_property
    def _columns(self) -> csr_matrix:
        return self._rows.T.tocsr()


def _with_both_sides(group: KindProfiles) -> list[int]:
    return [row for row, traits in enumerate(group.traits) if len(traits.shown_sides()) == 2]


def _regions(groups: Groups) -> list[csr_matrix]:
    return [profiles.region[rows] for profiles, rows in groups]


def _stack(matrices: Sequence[csr_matrix], width: int) -> csr_matrix:
    return vstack([pad_columns(matrix, width) for matrix in matrices], format="csr")


def corridor_weight(people: int | None) -> float:
    """The weight of a corridor of so many people, against that of one association: ten times the people are one more."""
    return 1.0 + float(np.log10(1 + people)) if people else 1.0


def partner_corridor(origin: Traits, residence: Traits) -> Record:
    """The record of people from where one is at home who live where the other is."""
    return {
        "kind": Kind.ASSOCIATION,
        "key": f"between:{origin.key}:{residence.key}",
        "origin": [_place(path) for path in origin.places["origin"]],
        "residence": [_place(path) for path in residence.places["residence"]],
    }


def _place(path: TerritoryPath) -> Record:
    return {"country": path[0], "code": path[-1], "path": path}
