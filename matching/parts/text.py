"""The text part: similarity of spelling, and of what words stand for in any language."""

from scipy.sparse import csr_matrix

from matching.features.profiles import IdfWeights, KindProfiles
from matching.features.text import shared_concepts
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats
from schemas.kinds import Kind

CHARACTERS_SHARE = 0.6
"""The share of character n-grams in the part; the rest are concepts."""


class TextPart(ScorePart):
    """The cosine similarities of character n-grams and of concepts, by TF-IDF."""

    name = "text"
    indexed_shares = (1 - CHARACTERS_SHARE,)
    sparse_share = CHARACTERS_SHARE

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, idf: IdfWeights, _against: Kind) -> list[csr_matrix]:
        """Concepts."""
        return [profiles.tfidf(idf).concepts]

    def _compute(self) -> Floats:
        pairs, idf = self.pairs, self.pairs.idf
        characters = CHARACTERS_SHARE * pairs.dot_products(
            pairs.subjects.character_tfidf(idf), pairs.candidates.character_tfidf(idf)
        )
        subjects, candidates = pairs.tfidf
        concepts = pairs.dot_products(subjects.concepts, candidates.concepts)
        return characters + (1 - CHARACTERS_SHARE) * concepts

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Sectors of what both speak of."""
        mine, theirs = self.pairs.subjects.encoded[row], self.pairs.candidates.encoded[position]
        return shared_concepts(mine.vectors.concepts, theirs.vectors.concepts)
