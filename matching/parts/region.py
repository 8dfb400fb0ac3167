"""The region part: territories in common on the same side. Between two authorities, corridors that tie theirs."""

from itertools import product

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.common_territories import (
    nested,
    shared_territories,
    steps_in_common,
)
from matching.features.pipelines import fitted_vectorizer
from matching.features.profiles import KindProfiles
from matching.features.proximity import are_neighbours
from matching.features.records import SIDES, Traits
from matching.features.region import NEIGHBOURS, NESTED, RegionIncrementVectorizer, region_reading
from matching.features.surroundings import SurroundingsVectorizer
from matching.features.territory_postings import nested_with
from matching.features.vectorizer import ProfileTransformer
from matching.features.weighting import IdfWeights
from matching.parts.base import RowSelection, ScorePart, select
from matching.parts.pairs import Pairs
from matching.sparse.matrices import Floats, Positions
from matching.track_record.corridors import EndProximity
from schemas.kinds import Kind


class RegionPart(ScorePart):
    """Shared territories; between two authorities, corridors between theirs, one within the other, or neighbourhood."""

    name = "region"
    indexed_shares = (1.0,)

    def __init__(self, pairs: Pairs) -> None:
        super().__init__(pairs)
        self._end_proximity: dict[int, EndProximity] = {}

    @classmethod
    def transformer(cls, profiles: ProfileCollection, kind: Kind, against: Kind) -> ProfileTransformer:
        """Territories by side."""
        reading = region_reading(kind, against)
        vectorizer = fitted_vectorizer(profiles, reading.vectorizer)
        if reading.covers_sides:
            vectorizer.set_params(against=against)
        return vectorizer

    @classmethod
    def is_dot_product(cls, subject: Kind, candidate: Kind) -> bool:
        """Not between two authorities."""
        return not subject is candidate is Kind.AUTHORITY

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, _idf: IdfWeights, against: Kind) -> list[csr_matrix]:
        """Territories by side."""
        return [profiles.region_against(against)]

    def _compute(self) -> Floats:
        pairs, subjects, candidates = self.pairs, self.pairs.subjects, self.pairs.candidates
        if not pairs.between_authorities:
            mine = subjects.region_against(candidates.kind)
            return pairs.dot_products(mine, candidates.region_against(subjects.kind))
        counterparts = pairs.state.corridors.counterparts(subjects)
        tied = pairs.dot_products(counterparts, candidates.matrix(RegionIncrementVectorizer))
        similarity = np.maximum(tied, NESTED * self._nested())
        near = pairs.dot_products(*pairs.vectors(SurroundingsVectorizer))
        return np.maximum(similarity, NEIGHBOURS * near, out=similarity)

    def _nested(self) -> Floats:
        """1 where one of two authorities governs part of the other's territory."""
        found, candidates = np.zeros(self.pairs.shape), self.pairs.candidates
        for row, subject in enumerate(self.pairs.subjects.traits):
            found[row, nested_with(candidates, subject.paths())] = 1.0
        return found

    def restrict(self, pairs: Pairs, rows: RowSelection, positions: slice | Positions) -> ScorePart:
        """Between authorities the part is no dot product, so what was computed of it is kept."""
        part = RegionPart(pairs)
        if pairs.between_authorities and self._similarity is not None:
            part._similarity = pairs.masked(select(self._similarity, rows, positions))
        return part

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Territories: those shared, or those of two authorities that are nested, neighbours or tied by a corridor."""
        subject, candidate = self.pairs.traits_of(row, position)
        if not self.pairs.between_authorities:
            return shared_territories(subject, candidate)
        if within := nested(subject, candidate):
            return within
        if are_neighbours(subject, candidate):
            own = (path[-1] for party in (subject, candidate) for path in party.paths())
            return tuple(dict.fromkeys(own))
        corridor = self._strongest_corridor(row, position)
        ends = [_nearest_end(corridor, authority) for authority in (subject, candidate)] if corridor else []
        return tuple(dict.fromkeys(end for end in ends if end))

    def _strongest_corridor(self, row: int, position: int) -> Traits | None:
        """The people whose corridor ties the territories of a subject and a candidate most closely."""
        corridors = self.pairs.state.corridors
        if row not in self._end_proximity:
            self._end_proximity[row] = corridors.end_proximity(self.pairs.subjects.region[row])
        return corridors.strongest_tie(self._end_proximity[row], self.pairs.candidates.region[position])


def _nearest_end(corridor: Traits, authority: Traits) -> str | None:
    best: tuple[int, str] | None = None
    for side in SIDES:
        for place, own in product(corridor.places[side], authority.places[side]):
            steps = steps_in_common(place, own)
            if steps and (best is None or steps > best[0]):
                best = (steps, place[steps - 1])
    return best[1] if best else None
