"""All pairs of some subjects and candidates, and what every part of their scores is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scipy.sparse import csr_matrix

from matching.features.profiles import KindProfiles
from matching.features.records import Traits
from matching.features.vectorizer import ProfileVectorizer
from matching.features.weighting import IdfWeights
from matching.fitted_state import FittedState
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, dot_products
from schemas.kinds import Kind
from schemas.weights import ScorePartName


@dataclass(eq=False, repr=False)
class Pairs:
    """All pairs of some subjects (rows, of one kind) and candidates (columns, of one kind).

    Parameters
    ----------
    state
        What the model knows.
    subjects, candidates
        Read into the vocabulary of the known profiles: see :meth:`FittedState.encode`.
    mask
        Which pairs are wanted (subjects × candidates), by default all; similarities of the others are 0.
    on
        The day on which dates count.
    """

    state: FittedState
    subjects: KindProfiles
    candidates: KindProfiles
    mask: Mask | None = None
    on: date | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of subjects and candidates."""
        return len(self.subjects.encoded), len(self.candidates.encoded)

    @cached_property
    def kinds(self) -> tuple[Kind, Kind]:
        """The kinds of the subjects and of the candidates."""
        return self.subjects.kind, self.candidates.kind

    @property
    def between_authorities(self) -> bool:
        """Whether both sides are authorities."""
        return self.kinds == (Kind.AUTHORITY, Kind.AUTHORITY)

    @property
    def idf(self) -> IdfWeights:
        """The inverse document frequencies over all known profiles."""
        return self.state.profiles.idf_weights

    def vectors(self, vectorizer: type[ProfileVectorizer]) -> tuple[csr_matrix, csr_matrix]:
        """The vectors of the subjects and of the candidates."""
        return self.subjects.matrix(vectorizer), self.candidates.matrix(vectorizer)

    def tfidf(self, vectorizer: type[ProfileVectorizer]) -> tuple[csr_matrix, csr_matrix]:
        """The vectors of the subjects and of the candidates, weighted by TF-IDF."""
        return self.subjects.tfidf(vectorizer, self.idf), self.candidates.tfidf(vectorizer, self.idf)

    def traits_of(self, row: int, position: int) -> tuple[Traits, Traits]:
        """The traits of a subject and of a candidate."""
        return self.subjects.encoded[row].traits, self.candidates.encoded[position].traits

    def dot_products(self, left: csr_matrix, right: csr_matrix) -> Floats:
        """Dot products of the subjects' rows with the candidates', at most 1, of the wanted pairs."""
        if self.mask is None:
            return dot_products(left, right)
        # Among few candidates all pairs are wanted, and nobody has to wait for this loop to be compiled.
        from matching.sparse.products import masked_dot_products

        return masked_dot_products(left, right, self.mask)

    def masked(self, values: Floats) -> Floats:
        """The values of the wanted pairs, and 0 elsewhere."""
        return values if self.mask is None else values * self.mask

    def weight(self, settings: RulesetSettings, name: ScorePartName) -> float:
        """The weight of a part between the two kinds."""
        return self.weights(settings)[name]

    def weights(self, settings: RulesetSettings) -> Mapping[ScorePartName, float]:
        """The weights of all parts between the two kinds."""
        return settings.shares(*self.kinds)
