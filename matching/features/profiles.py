"""Profiles of one kind with their weighted vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.matrices import FeatureMatrices, MatrixName, differing_settings
from matching.features.records import Sides, Traits
from matching.features.region import coverage, covers_sides
from matching.features.settings import FeatureSettings
from matching.features.text import SUBLINEAR_TF
from matching.features.vocabulary import TerritoryVocabulary
from matching.sparse.matrices import Floats, scale_rows, tfidf_normalize, weighted_hstack
from schemas.kinds import Kind

BRUTE_FORCE_LIMIT = 1_000
"""Up to this many candidates, scoring all of them is as quick as an index."""
DEFAULT_SETTINGS = FeatureSettings()
TEXT_KERNEL_WEIGHTS: Mapping[MatrixName, float] = {
    "words": 1.0,
    "characters": 1.0,
    "title": 0.5,
    "sectors": 0.2,
    "concepts": 0.2,
    "region": 0.25,
}
PLACE_KERNEL_WEIGHTS: Mapping[MatrixName, float] = {
    "words": 0.05,
    "characters": 0.05,
    "sectors": 0.1,
    "concepts": 0.05,
    "surroundings": 0.1,
    "region": 0.5,
}
"""What makes two profiles of one kind alike, in proportion; a ruleset has no weights for that. Authorities are alike by
where they are, all others by what they say."""

TF_WEIGHTS: Mapping[MatrixName, Floats] = dict.fromkeys(("words", "title", "characters"), SUBLINEAR_TF)
"""The matrices of counts, and what counts are worth."""


@dataclass(frozen=True)
class IdfWeights:
    """The inverse document frequencies of columns over the profiles of all kinds."""

    sectors: Floats
    concepts: Floats
    characters: Floats
    words: Floats
    regions: Floats

    def of_regions(self, width: int) -> Floats:
        """The weights of ``width`` territories, those that no profile names included."""
        return np.pad(self.regions, (0, max(0, width - self.regions.size)), mode="edge")


@dataclass(frozen=True)
class TfidfMatrices:
    """Unit rows over sectors and over concepts, weighted by ``idf``."""

    idf: IdfWeights
    sector: csr_matrix
    concepts: csr_matrix


class KindProfiles(FeatureMatrices):
    """The profiles of one kind, in order of their keys, with their vectors."""

    def __init__(
        self, encoded: Sequence[EncodedProfile], settings: FeatureSettings, vocabulary: TerritoryVocabulary
    ) -> None:
        super().__init__(encoded, settings, vocabulary)
        self._tfidf: TfidfMatrices | None = None
        self._character_tfidf: tuple[IdfWeights, csr_matrix] | None = None
        self._kernel_vectors: tuple[IdfWeights, csr_matrix] | None = None
        self._coverage: dict[Kind, Floats] = {}
        self._default_reading: KindProfiles | None = None
        self._latest_reading: ref[KindProfiles] | None = None

    @property
    def suits_brute_force(self) -> bool:
        """Whether scoring all of them is quick enough."""
        return len(self.encoded) <= BRUTE_FORCE_LIMIT

    @property
    def compared_by_place(self) -> bool:
        """Whether these profiles are alike by where they are."""
        return self.kind is Kind.AUTHORITY

    def distinguishing_sides(self, traits: Traits) -> Sides:
        """The sides that tell one of these profiles from others: authorities work with those of the other side."""
        return traits.shown_sides() if self.compared_by_place else ()

    @property
    def under_default_settings(self) -> "KindProfiles":
        """The reading under the default settings: which profiles are alike does not depend on the ruleset."""
        if not differing_settings(self.settings, DEFAULT_SETTINGS):
            return self
        if self._default_reading is None:
            self._default_reading = self.under(DEFAULT_SETTINGS)
        return self._default_reading

    def kernel_vectors(self, idf: IdfWeights) -> csr_matrix:
        """Unit rows whose dot products are the similarity of profiles of one kind."""
        if self.under_default_settings is not self:
            return self.under_default_settings.kernel_vectors(idf)
        if self._kernel_vectors is None or self._kernel_vectors[0] is not idf:
            weights = PLACE_KERNEL_WEIGHTS if self.compared_by_place else TEXT_KERNEL_WEIGHTS
            columns = self._column_weights(idf)
            weighted = [
                (tfidf_normalize(self.matrix(name), columns[name], TF_WEIGHTS.get(name)), weight)
                for name, weight in weights.items()
            ]
            self._kernel_vectors = idf, tfidf_normalize(weighted_hstack(weighted))
        return self._kernel_vectors[1]

    def _column_weights(self, idf: IdfWeights) -> Mapping[MatrixName, Floats | None]:
        """The IDF weights of the matrices that make up the kernel."""
        return {
            "words": idf.words,
            "title": idf.words,
            "characters": idf.characters,
            "sectors": idf.sectors,
            "concepts": idf.concepts,
            "surroundings": None,
            "region": idf.of_regions(self.region.shape[1]),
        }

    def tfidf(self, idf: IdfWeights) -> TfidfMatrices:
        """Unit rows over sectors and over concepts."""
        if self._tfidf is None or self._tfidf.idf is not idf:
            self._tfidf = TfidfMatrices(
                idf,
                sector=tfidf_normalize(self.matrix("sectors"), idf.sectors),
                concepts=tfidf_normalize(self.matrix("concepts"), idf.concepts),
            )
        return self._tfidf

    def character_tfidf(self, idf: IdfWeights) -> csr_matrix:
        """Unit rows over character n-grams: large, so an index builds them piece by piece instead."""
        if self._character_tfidf is None or self._character_tfidf[0] is not idf:
            self._character_tfidf = idf, character_weighting(idf)(self.matrix("characters"))
        return self._character_tfidf[1]

    def region_against(self, kind: Kind) -> csr_matrix:
        """The region matrix as it counts in comparison with profiles of another kind."""
        if not covers_sides(self.kind, kind):
            return self.region
        if kind not in self._coverage:
            self._coverage[kind] = np.array([coverage(traits, kind) for traits in self.traits])
        return scale_rows(self.region, self._coverage[kind])

    def indexed_parts(self, idf: IdfWeights, against: Kind) -> list[csr_matrix]:
        """The matrices with few entries a row whose dot products are region, sector, priority and concepts."""
        weighted = self.tfidf(idf)
        return [self.region_against(against), weighted.sector, self.matrix("priorities"), weighted.concepts]

    def dot_product_parts(self, idf: IdfWeights, against: Kind) -> tuple[list[csr_matrix], csr_matrix]:
        """:meth:`indexed_parts`, and apart the matrix with many entries a row, that of character n-grams."""
        return self.indexed_parts(idf, against), self.character_tfidf(idf)

    def under(self, settings: FeatureSettings) -> "KindProfiles":
        """The same profiles read under other settings; the latest reading is used again while anybody holds it."""
        latest = self._latest_reading() if self._latest_reading else None
        if latest is not None and not differing_settings(latest.settings, settings):
            return latest
        other = KindProfiles(self.encoded, settings, self.vocabulary)
        self.share_with(other)
        other._coverage, other._character_tfidf = dict(self._coverage), self._character_tfidf
        self._latest_reading = ref(other)
        if differing_settings(settings, DEFAULT_SETTINGS):
            other._default_reading = self.under_default_settings
        return other

    def reuse_rows(self, former: FeatureMatrices) -> None:
        """As :meth:`FeatureMatrices.reuse_rows`, for the reading under the default settings too."""
        super().reuse_rows(former)
        if isinstance(former, KindProfiles) and former._default_reading is not None:
            self._default_reading = self.under(DEFAULT_SETTINGS)
            self._default_reading.reuse_rows(former._default_reading)

    def subset(self, positions: Sequence[int]) -> "KindProfiles":
        """Some of these profiles, with nothing computed yet."""
        return KindProfiles(
            [self.encoded[position] for position in positions], self.settings, self.vocabulary
        )

    def subset_with_vectors(self, positions: NDArray[np.int64], idf: IdfWeights) -> "KindProfiles":
        """Some of these profiles, with their rows of the matrices."""
        few = self.subset(positions.tolist())
        weighted = self.tfidf(idf)
        names: tuple[MatrixName, ...] = ("region", "priorities", "characters")
        few._matrices = {name: self.matrix(name)[positions] for name in names}
        few._coverage = {kind: factors[positions] for kind, factors in self._coverage.items()}
        few._tfidf = TfidfMatrices(idf, weighted.sector[positions], weighted.concepts[positions])
        if self._character_tfidf is not None and self._character_tfidf[0] is idf:
            few._character_tfidf = idf, self._character_tfidf[1][positions]
        return few


def character_weighting(idf: IdfWeights) -> Callable[[csr_matrix], csr_matrix]:
    """A function from counts of character n-grams to unit rows."""
    return partial(tfidf_normalize, idf_weights=idf.characters, tf_weights=SUBLINEAR_TF)
