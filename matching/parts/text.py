"""The text part: similarity of spelling, and of what words stand for in any language."""

from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.pipelines import tfidf_union
from matching.features.profiles import KindProfiles
from matching.features.text import CharacterVectorizer, ConceptVectorizer, shared_concepts
from matching.features.vectorizer import ProfileTransformer
from matching.features.weighting import IdfWeights
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats
from schemas.kinds import Kind

CHARACTERS_SHARE = 0.6
"""The share of character n-grams in the part; the rest are concepts."""
VECTORIZER_SHARES = {CharacterVectorizer: CHARACTERS_SHARE, ConceptVectorizer: 1 - CHARACTERS_SHARE}


class TextPart(ScorePart):
    """The cosine similarities of character n-grams and of concepts, by TF-IDF."""

    name = "text"
    indexed_shares = (1 - CHARACTERS_SHARE,)
    sparse_share = CHARACTERS_SHARE

    @classmethod
    def transformer(cls, profiles: ProfileCollection, _kind: Kind, _against: Kind) -> ProfileTransformer:
        """Character n-grams and concepts side by side, weighted by TF-IDF."""
        return tfidf_union(profiles, VECTORIZER_SHARES)

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Concepts."""
        return [profiles.tfidf(ConceptVectorizer, idf)]

    def _compute(self) -> Floats:
        pairs = self.pairs
        characters = pairs.dot_products(*pairs.tfidf(CharacterVectorizer))
        concepts = pairs.dot_products(*pairs.tfidf(ConceptVectorizer))
        return CHARACTERS_SHARE * characters + (1 - CHARACTERS_SHARE) * concepts

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Sectors of what both speak of."""
        mine, theirs = self.pairs.subjects.encoded[row], self.pairs.candidates.encoded[position]
        return shared_concepts(mine.vectors.concepts, theirs.vectors.concepts)
