"""Profiles of one kind with their weighted vectors."""

from collections.abc import Sequence
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.kernel import compared_by_place, kernel_weights
from matching.features.matrices import FeatureMatrices
from matching.features.records import Sides, Traits
from matching.features.region import coverage, region_reading
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary
from matching.features.weighting import IdfWeights, TfidfWeighting
from matching.sparse.matrices import Floats, Positions, scale_rows, tfidf_normalize, weighted_hstack
from schemas.kinds import Kind

BRUTE_FORCE_LIMIT = 1_000
"""Up to this many candidates, scoring all of them is as quick as an index."""
DEFAULT_SETTINGS = FeatureSettings()


class KindProfiles(FeatureMatrices):
    """The profiles of one kind, in order of their keys, with their vectors."""

    def __init__(
        self, encoded: Sequence[EncodedProfile], settings: FeatureSettings, vocabulary: TerritoryVocabulary
    ) -> None:
        super().__init__(encoded, settings, vocabulary)
        self._weighted: dict[type[ProfileVectorizer], tuple[TfidfWeighting, csr_matrix]] = {}
        self._superset: tuple[KindProfiles, Positions] | None = None
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
        return compared_by_place(self.kind)

    def distinguishing_sides(self, traits: Traits) -> Sides:
        """The sides that tell one of these profiles from others: authorities work with those of the other side."""
        return traits.shown_sides() if self.compared_by_place else ()

    @property
    def under_default_settings(self) -> "KindProfiles":
        """The reading under the default settings: which profiles are alike does not depend on the ruleset."""
        if self.settings == DEFAULT_SETTINGS:
            return self
        if self._default_reading is None:
            self._default_reading = self.under(DEFAULT_SETTINGS)
        return self._default_reading

    def kernel_vectors(self, idf: IdfWeights) -> csr_matrix:
        """Unit rows whose dot products are the similarity of profiles of one kind."""
        if self.under_default_settings is not self:
            return self.under_default_settings.kernel_vectors(idf)
        if self._kernel_vectors is None or self._kernel_vectors[0] is not idf:
            weighted = [
                (idf.weigh(vectorizer, self.matrix(vectorizer)), weight)
                for vectorizer, weight in kernel_weights(self.kind).items()
            ]
            self._kernel_vectors = idf, tfidf_normalize(weighted_hstack(weighted))
        return self._kernel_vectors[1]

    def matrix(self, vectorizer: type[ProfileVectorizer]) -> csr_matrix:
        """As :meth:`FeatureMatrices.matrix`; a subset takes the rows of whom it is taken from, if these are there."""
        if self._superset and vectorizer not in self._matrices:
            profiles, positions = self._superset
            if vectorizer in profiles._matrices:
                self._matrices[vectorizer] = profiles._matrices[vectorizer][positions]
        return super().matrix(vectorizer)

    def tfidf(self, vectorizer: type[ProfileVectorizer], idf: IdfWeights) -> csr_matrix:
        """Unit rows: the vectors of a vectorizer weighted by IDF.

        Those over character n-grams are large, so an index builds them piece by piece instead.
        """
        weighting = idf.of(vectorizer)
        found = self._weighted.get(vectorizer) or self._weighted_in_superset(vectorizer)
        if found is None or found[0] is not weighting:
            found = weighting, weighting.weigh(self.matrix(vectorizer))
        self._weighted[vectorizer] = found
        return found[1]

    def _weighted_in_superset(
        self, vectorizer: type[ProfileVectorizer]
    ) -> tuple[TfidfWeighting, csr_matrix] | None:
        if self._superset is None:
            return None
        profiles, positions = self._superset
        found = profiles._weighted.get(vectorizer)
        return (found[0], found[1][positions]) if found else None

    def region_against(self, kind: Kind) -> csr_matrix:
        """Their territories as they count in comparison with profiles of another kind."""
        reading = region_reading(self.kind, kind)
        territories = self.matrix(reading.vectorizer)
        if not reading.covers_sides:
            return territories
        if kind not in self._coverage:
            self._coverage[kind] = np.array([coverage(traits, kind) for traits in self.traits])
        return scale_rows(territories, self._coverage[kind])

    def under(self, settings: FeatureSettings) -> "KindProfiles":
        """The same profiles read under other settings; the latest reading is used again while anybody holds it."""
        latest = self._latest_reading() if self._latest_reading else None
        if latest is not None and latest.settings == settings:
            return latest
        other = KindProfiles(self.encoded, settings, self.vocabulary)
        self.share_with(other)
        other._coverage = dict(self._coverage)
        other._weighted = {
            vectorizer: weighted
            for vectorizer, weighted in self._weighted.items()
            if other.reads_alike(self, vectorizer)
        }
        self._latest_reading = ref(other)
        if settings != DEFAULT_SETTINGS:
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

    def subset_with_vectors(self, positions: NDArray[np.int64]) -> "KindProfiles":
        """Some of these profiles, with their rows of the matrices, taken when they are needed."""
        few = self.subset(positions.tolist())
        few._superset = self, positions
        few._coverage = {kind: factors[positions] for kind, factors in self._coverage.items()}
        return few
