"""The priority part: priorities in common, or akin by the ruleset's affinities."""

from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.pipelines import fitted_vectorizer
from matching.features.priority import PriorityVectorizer, shared_priorities
from matching.features.profiles import KindProfiles
from matching.features.vectorizer import ProfileTransformer
from matching.features.weighting import IdfWeights
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats
from schemas.kinds import Kind


class PriorityPart(ScorePart):
    """The cosine similarity of priorities."""

    name = "priority"
    indexed_shares = (1.0,)

    @classmethod
    def transformer(cls, profiles: ProfileCollection, _kind: Kind, _against: Kind) -> ProfileTransformer:
        """Priorities."""
        return fitted_vectorizer(profiles, PriorityVectorizer)

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, _idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Priorities."""
        return [profiles.matrix(PriorityVectorizer)]

    def _compute(self) -> Floats:
        return self.pairs.dot_products(*self.pairs.vectors(PriorityVectorizer))

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Priorities that both name."""
        return shared_priorities(*self.pairs.traits_of(row, position))
