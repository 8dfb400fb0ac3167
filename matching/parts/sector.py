"""The sector part: sectors in common, rare ones more."""

from scipy.sparse import csr_matrix

from matching.features.profiles import IdfWeights, KindProfiles
from matching.features.sector import shared_sectors
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats
from schemas.kinds import Kind


class SectorPart(ScorePart):
    """The cosine similarity of sectors, weighted by IDF."""

    name = "sector"
    indexed_shares = (1.0,)

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Sectors."""
        return [profiles.tfidf(idf).sector]

    def _compute(self) -> Floats:
        subjects, candidates = self.pairs.tfidf
        return self.pairs.dot_products(subjects.sector, candidates.sector)

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Sectors, the purposes first."""
        return shared_sectors(*self.pairs.traits_of(row, position))
