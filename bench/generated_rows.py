"""Generated profiles as the core of matching gets them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from matching.features.collection import ProfileCollection
from matching.features.priority import PriorityVectorizer
from matching.features.profiles import KindProfiles
from matching.features.region import RegionVectorizer
from matching.features.sector import SectorVectorizer
from matching.features.text import CharacterVectorizer, ConceptVectorizer
from matching.features.vectorizer import ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary
from matching.features.weighting import TfidfWeighting
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import (
    Positions,
    pad_columns,
    row_indices,
    weighted_hstack,
)
from schemas.kinds import PAIRINGS, Kind
from seed.synthetic.generator import Generator

READ_AT_ONCE = 5_000
VECTORIZERS: Sequence[type[ProfileVectorizer]] = (
    RegionVectorizer,
    SectorVectorizer,
    PriorityVectorizer,
    ConceptVectorizer,
    CharacterVectorizer,
)
"""The order of the parts."""


@dataclass(frozen=True)
class FeatureRows:
    """Profiles as the core gets them: the first parts, and the last."""

    parts: list[csr_matrix]
    sparse_part: csr_matrix

    def some(self, positions: "NDArray[np.int64] | slice") -> "FeatureRows":
        """The rows of some profiles."""
        return FeatureRows([part[positions] for part in self.parts], self.sparse_part[positions])

    def sample(self, most: int) -> "FeatureRows":
        """The rows of so many profiles, evenly spread."""
        return self.some(spread(self.size, most))

    @property
    def size(self) -> int:
        """How many profiles."""
        return int(self.sparse_part.shape[0])

    @property
    def blocks(self) -> list[csr_matrix]:
        """All parts in the order of their weights."""
        return [*self.parts, self.sparse_part]

    def as_one(self, weights: Sequence[float]) -> csr_matrix:
        """One block whose dot products are the scores."""
        return weighted_hstack(list(zip(self.blocks, weights, strict=True)))


def spread(size: int, most: int) -> Positions:
    """So many positions, evenly spread."""
    return np.unique(np.linspace(0, size - 1, max(1, min(size, most))).astype(np.int64))


def generated_rows(
    generator: Generator, associations: int, candidates: int, nonzeros: int
) -> tuple[FeatureRows, FeatureRows]:
    """Associations, and those they are paired with, as the model reads them."""
    settings, vocabulary = RulesetSettings.balanced(), TerritoryVocabulary()
    wanted = PAIRINGS[Kind.ASSOCIATION]
    many = [
        [
            _raw(chunk, settings, vocabulary, against)
            for chunk in _chunks(islice(generator.of_kinds(kinds), count))
        ]
        for kinds, count, against in (
            ((Kind.ASSOCIATION,), associations, wanted[0]),
            (wanted, candidates, Kind.ASSOCIATION),
        )
    ]
    for chunk in (chunk for chunks in many for chunk in chunks):
        chunk[0] = pad_columns(chunk[0], len(vocabulary.columns))
    weightings = [
        TfidfWeighting(sublinear_tf=vectorizer.is_count).fit_on(
            [chunk[at] for chunks in many for chunk in chunks]
        )
        for at, vectorizer in enumerate(VECTORIZERS)
    ]
    first, second = ([_weighted(chunk, weightings, nonzeros) for chunk in chunks] for chunks in many)
    return _stacked(first), _stacked(second)


def _weighted(chunk: list[csr_matrix], weightings: Sequence[TfidfWeighting], nonzeros: int) -> FeatureRows:
    """A chunk as the model weighs it; what was read is let go, for the memory."""
    region, sectors, priorities, concepts, characters = chunk
    chunk.clear()
    parts = [
        region,
        weightings[1].weigh(sectors),
        priorities,
        weightings[3].weigh(concepts),
    ]
    sparse_part = weightings[4].weigh(characters)
    if not nonzeros:
        return FeatureRows(parts, sparse_part)
    few = sum(part.nnz for part in parts) / sparse_part.shape[0]
    return FeatureRows(parts, _heaviest(sparse_part, max(1, nonzeros - round(few))))


def _stacked(chunks: Sequence[FeatureRows]) -> FeatureRows:
    parts = [csr_matrix(vstack(blocks)) for blocks in zip(*(rows.parts for rows in chunks), strict=True)]
    return FeatureRows(parts, csr_matrix(vstack([rows.sparse_part for rows in chunks])))


def _raw(
    records: Sequence[Any], settings: RulesetSettings, vocabulary: TerritoryVocabulary, against: Kind
) -> list[csr_matrix]:
    profiles = ProfileCollection(settings.features).put(records)
    known = [item for record in records if (item := profiles.get(record["key"]))]
    rows = KindProfiles(known, settings.features, vocabulary)
    return [
        rows.region_against(against),
        *(rows.matrix(vectorizer) for vectorizer in VECTORIZERS[1:]),
    ]


def _chunks(records: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(records)
    while chunk := list(islice(left, READ_AT_ONCE)):
        yield chunk


def _heaviest(block: csr_matrix, most: int) -> csr_matrix:
    """The block with only the ``most`` largest values of each row."""
    rows = row_indices(block)
    order = np.lexsort((-block.data, rows))
    keep = np.zeros(block.nnz, bool)
    keep[order[np.arange(block.nnz) - block.indptr[rows] < most]] = True
    ends = np.concatenate([[0], np.cumsum(keep)])[block.indptr]
    return csr_matrix((block.data[keep], block.indices[keep], ends), shape=block.shape)
