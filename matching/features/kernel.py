"""What makes two profiles of one kind alike, in proportion; a ruleset has no weights for that.

Authorities are alike by where they are, all others by what they say.
"""

from collections.abc import Mapping

from matching.features.region import RegionVectorizer
from matching.features.sector import SectorVectorizer
from matching.features.surroundings import SurroundingsVectorizer
from matching.features.text import CharacterVectorizer, ConceptVectorizer, TitleVectorizer, WordVectorizer
from matching.features.vectorizer import ProfileVectorizer
from schemas.kinds import Kind

TEXT_KERNEL: Mapping[type[ProfileVectorizer], float] = {
    WordVectorizer: 1.0,
    CharacterVectorizer: 1.0,
    TitleVectorizer: 0.5,
    SectorVectorizer: 0.2,
    ConceptVectorizer: 0.2,
    RegionVectorizer: 0.25,
}
PLACE_KERNEL: Mapping[type[ProfileVectorizer], float] = {
    WordVectorizer: 0.05,
    CharacterVectorizer: 0.05,
    SectorVectorizer: 0.1,
    ConceptVectorizer: 0.05,
    SurroundingsVectorizer: 0.1,
    RegionVectorizer: 0.5,
}


def kernel_weights(kind: Kind) -> Mapping[type[ProfileVectorizer], float]:
    """The weights of the vectors by which profiles of a kind are alike."""
    return PLACE_KERNEL if compared_by_place(kind) else TEXT_KERNEL


def compared_by_place(kind: Kind) -> bool:
    """Whether profiles of a kind are alike by where they are."""
    return kind is Kind.AUTHORITY
