"""The offers part: what one side offers and the other needs."""

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.collection import ProfileCollection
from matching.features.offers import NeedsVectorizer, OffersVectorizer
from matching.features.offers_and_needs import met_amounts, met_needs
from matching.features.pipelines import normalized_union
from matching.features.profiles import KindProfiles
from matching.features.vectorizer import ProfileTransformer, ProfileVectorizer
from matching.features.weighting import IdfWeights
from matching.parts.base import ScorePart
from matching.sparse.matrices import Floats, tfidf_normalize, weighted_hstack
from schemas.kinds import Kind

Halves = tuple[type[ProfileVectorizer], type[ProfileVectorizer]]
ORDER = list(Kind)


class OffersPart(ScorePart):
    """The cosine similarity of offers and needs with needs and offers, by TF-IDF; between two of one kind it is 0.

    Offers of the one stand in the columns of the other's needs, and its needs in those of the other's offers. Where a side
    both offers and needs something, each counts for half of it.
    """

    name = "offers"
    indexed_shares = (1.0,)

    @classmethod
    def transformer(cls, profiles: ProfileCollection, kind: Kind, against: Kind) -> ProfileTransformer:
        """Offers and needs side by side, weighted by TF-IDF."""
        return normalized_union(profiles, dict.fromkeys(_halves(kind, against), 1.0))

    @classmethod
    def is_dot_product(cls, subject: Kind, candidate: Kind) -> bool:
        """Between two kinds."""
        return subject is not candidate

    @classmethod
    def indexed_matrices(cls, profiles: KindProfiles, idf: IdfWeights, against: Kind) -> list[csr_matrix]:
        """Offers and needs side by side."""
        halves = [(profiles.tfidf(half, idf), 1.0) for half in _halves(profiles.kind, against)]
        return [tfidf_normalize(weighted_hstack(halves))]

    def similarity_of(self, row: int, position: int) -> float:
        """As :meth:`ScorePart.similarity_of`; where neither needs anything, without looking at all pairs."""
        mine, theirs = self.pairs.traits_of(row, position)
        if not (mine.needs_anything or theirs.needs_anything):
            return 0.0
        return super().similarity_of(row, position)

    def _compute(self) -> Floats:
        pairs = self.pairs
        if pairs.kinds[0] is pairs.kinds[1] or not (
            _may_meet(pairs.subjects, pairs.candidates) or _may_meet(pairs.candidates, pairs.subjects)
        ):
            return np.zeros(pairs.shape)
        [left] = self.indexed_matrices(pairs.subjects, pairs.idf, pairs.candidates.kind)
        [right] = self.indexed_matrices(pairs.candidates, pairs.idf, pairs.subjects.kind)
        return pairs.dot_products(left, right)

    def reasons(self, row: int, position: int) -> tuple[str, ...]:
        """Sectors of what is offered and needed, then the currencies of amounts."""
        mine, theirs = self.pairs.traits_of(row, position)
        directions = ((mine, theirs), (theirs, mine))
        sectors = [code for giver, taker in directions for code in met_needs(giver, taker)]
        amounts = [amount.currency for giver, taker in directions for amount in met_amounts(giver, taker)]
        return tuple(dict.fromkeys([*sectors, *amounts]))


def _may_meet(givers: KindProfiles, takers: KindProfiles) -> bool:
    """Whether any of the one offers and any of the other needs anything."""
    return any(giver.offers_anything for giver in givers.traits) and any(
        taker.needs_anything for taker in takers.traits
    )


def _halves(kind: Kind, against: Kind) -> Halves:
    if ORDER.index(kind) <= ORDER.index(against):
        return OffersVectorizer, NeedsVectorizer
    return NeedsVectorizer, OffersVectorizer
