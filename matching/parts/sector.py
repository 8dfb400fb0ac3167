"""The sector part: sectors in common, rare ones more."""

from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.pipelines import tfidf_pipeline
from matching.features.profiles import KindProfiles
from matching.features.sector import SectorVectorizer, shared_sectors
from matching.features.vectorizer import ProfileTransformer
from matching.features.weighting import IdfWeights
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats
from schemas.kinds import Kind


class SectorPart(ScorePart):
    """The cosine similarity of sectors, weighted by IDF."""

    name = "sector"
    indexed_shares = (1.0,)

    @classmethod
    def transformer(cls, profiles: ProfileCollection, _kind: Kind, _against: Kind) -> ProfileTransformer:
        """Sectors, weighted by TF-IDF."""
        return tfidf_pipeline(profiles, SectorVectorizer)

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Sectors."""
        return [profiles.tfidf(SectorVectorizer, idf)]

    def _compute(self) -> Floats:
        return self.pairs.dot_products(*self.pairs.tfidf(SectorVectorizer))

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Sectors, the purposes first."""
        return shared_sectors(*self.pairs.traits_of(row, position))
