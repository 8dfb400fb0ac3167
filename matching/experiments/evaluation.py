"""How well a ranking finds the partnerships that happened later, beside what the simplest rankings find.

Four rankings to be better than: any order at all; those first who share countries and sectors; those who have
worked with most; those who have worked with the projects nearest in words (BM25, Robertson and Zaragoza 2009).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from matching.features.records import read_traits
from matching.features.text_counts import words
from matching.sparse.matrices import Floats, row_indices
from matching.track_record.partnerships import PartnershipPair
from schemas.records import Record

CUTOFF = 10
NEIGHBOURS_BY_WORDS = 30
K1, B = 1.2, 0.75
"""The usual settings of BM25: how soon a repeated word stops to count, how much long texts are held back."""

Ranking = Sequence[str]
"""Keys of candidates, best first."""


@dataclass(frozen=True, slots=True)
class RankingMetrics:
    """Means over all queries, each between 0 and 1, of the first ten.

    Attributes
    ----------
    queries : int
        Queries with at least one relevant candidate.
    recall : float
        The share of relevant candidates, or of ten if there are more, that was found.
    ndcg : float
        Normalised discounted cumulative gain with binary relevance.
    mrr : float
        Mean reciprocal rank of the first relevant candidate.
    gini : float
        How unevenly candidates are seen: 0 equally, 1 one of them alone.
    """

    queries: int
    recall: float
    ndcg: float
    mrr: float
    gini: float

    def named(self) -> dict[str, float]:
        """The figures by their usual names."""
        return {"recall@10": self.recall, "ndcg@10": self.ndcg, "mrr@10": self.mrr, "gini@10": self.gini}


def score_rankings(
    truth: Mapping[str, set[str]], rankings: Mapping[str, Ranking], candidates: Iterable[str] = ()
) -> RankingMetrics:
    """The figures of rankings, as means over all queries.

    Parameters
    ----------
    truth
        The relevant candidates of each query, one at least.
    rankings
        The candidates found for each query, best first; a query without a ranking scores 0.
    candidates
        All who could be seen, for the Gini coefficient of exposure.
    """
    scores = [score_ranking(wanted, rankings.get(query, ())) for query, wanted in truth.items()]
    count = max(len(scores), 1)
    recall, ndcg, mrr = (
        (sum(column) / count for column in zip(*scores, strict=True)) if scores else (0.0, 0.0, 0.0)
    )
    seen = exposure(rankings.values())
    return RankingMetrics(len(scores), recall, ndcg, mrr, gini([seen[key] for key in {*candidates, *seen}]))


def score_ranking(wanted: set[str], ranking: Ranking) -> tuple[float, float, float]:
    """Recall, nDCG and reciprocal rank among the first ten of one ranking, each between 0 and 1."""
    first = list(dict.fromkeys(ranking[:CUTOFF]))
    hits = [place for place, candidate in enumerate(first) if candidate in wanted]
    most = min(len(wanted), CUTOFF)
    ideal = sum(gain(place) for place in range(most))
    return len(hits) / most, sum(gain(place) for place in hits) / ideal, 1 / (hits[0] + 1) if hits else 0.0


def gain(place: int) -> float:
    """How much a place, counted from 0, is seen: 1 for the first."""
    return 1 / math.log2(place + 2)


def exposure(rankings: Iterable[Ranking]) -> Counter[str]:
    """How much each candidate is seen on the first ten places: 1 for a first place, less further down."""
    seen: Counter[str] = Counter()
    for ranking in rankings:
        for place, candidate in enumerate(ranking[:CUTOFF]):
            seen[candidate] += gain(place)  # type: ignore[assignment]  # a counter of shares
    return seen


def gini(values: Sequence[float]) -> float:
    """How unevenly something is spread (Gini 1912): 0 when all have the same, nearly 1 when one has everything."""
    ordered = np.sort(np.asarray(values, float))
    total = ordered.sum()
    if not total:
        return 0.0
    places = np.arange(1, ordered.size + 1)
    return float((2 * places - ordered.size - 1) @ ordered / (ordered.size * total))


class Ranker(Protocol):
    """Orders candidates for a query."""

    def rank(self, query: Record, candidates: Sequence[str]) -> Ranking:
        """These candidates, best first."""


class RandomOrder:
    """An order drawn by lot, the same for the same query every time."""

    def rank(self, query: Record, candidates: Sequence[str]) -> Ranking:
        """These candidates in any order."""
        drawn = list(candidates)
        Random(str(query["key"])).shuffle(drawn)  # noqa: S311 - to be reproducible, not secret
        return drawn


class CountryAndSector:
    """Ranks by shared countries and sectors: a point for each, as one would count by hand; ties in any order.

    Parameters
    ----------
    records : iterable of Record
        Import records of queries and candidates.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._marks = {str(record["key"]): self._read(record) for record in records}

    def rank(self, query: Record, candidates: Sequence[str]) -> Ranking:
        """These candidates by the number of countries and sectors that they share with the query."""
        marks = self._read(query)
        return sorted(RandomOrder().rank(query, candidates), key=lambda key: -len(marks & self._marks[key]))

    @staticmethod
    def _read(record: Record) -> set[str]:
        traits = read_traits(record)
        countries = {path[0] for paths in traits.places.values() for path in paths}
        return countries | {sector[:3] for sector in traits.sectors}


class Popularity:
    """Ranks by the number of known partnerships.

    Parameters
    ----------
    pairs : iterable of PartnershipPair
        The known partnerships.
    """

    def __init__(self, pairs: Iterable[PartnershipPair]) -> None:
        self._counts = Counter(pair[1] for pair in pairs)

    def rank(self, query: Record, candidates: Sequence[str]) -> Ranking:
        """These candidates by the number of their earlier partners."""
        return sorted(candidates, key=lambda key: (-self._counts[key], key))


class NearestByWords:
    """Ranks by the words of the candidates' earlier partners, nearest to the query's by BM25 first; ties by popularity.

    Parameters
    ----------
    records : iterable of Record
        Import records of the earlier partners.
    pairs : sequence of PartnershipPair
        The known partnerships.
    """

    def __init__(self, records: Iterable[Record], pairs: Sequence[PartnershipPair]) -> None:
        chosen: dict[str, list[str]] = defaultdict(list)
        for pair in pairs:
            chosen[str(pair[0])].append(str(pair[1]))
        known = {str(record["key"]): record for record in records}
        self._earlier = [key for key in chosen if key in known]
        self._chosen = chosen
        self._popularity = Popularity(pairs)
        self._words = CountVectorizer(analyzer=words)
        texts = [read_traits(known[key]).text for key in self._earlier]
        self._weights: csr_matrix | None = (
            bm25(self._words.fit_transform(texts)) if any(map(words, texts)) else None
        )

    def rank(self, query: Record, candidates: Sequence[str]) -> Ranking:
        """These candidates by the nearness of their partners among the thirty nearest."""
        votes = self._votes(query)
        ranked = self._popularity.rank(query, candidates)
        return sorted(ranked, key=lambda key: -votes.get(key, 0.0))

    def _votes(self, query: Record) -> dict[str, float]:
        votes: dict[str, float] = defaultdict(float)
        if self._weights is None:
            return votes
        asked = self._words.transform([read_traits(query).text])
        near: Floats = np.asarray((self._weights @ (asked > 0).astype(float).T).todense()).ravel()
        own = [position for position, key in enumerate(self._earlier) if key == query["key"]]
        near[own] = 0.0
        for position in np.argsort(-near, kind="stable")[:NEIGHBOURS_BY_WORDS]:
            for candidate in self._chosen[self._earlier[position]]:
                votes[candidate] += float(near[position])
        return votes


def bm25(counts: csr_matrix) -> csr_matrix:
    """What each word of each text is worth to a query that has it."""
    weighted = csr_matrix(counts, dtype=float)
    texts = weighted.shape[0]
    lengths = np.asarray(weighted.sum(axis=1)).ravel()
    frequency = np.bincount(weighted.indices, minlength=weighted.shape[1])
    idf = np.log(1 + (texts - frequency + 0.5) / (frequency + 0.5))
    relative = lengths / max(lengths.mean(), 1e-9)
    held_back = K1 * (1 - B + B * relative[row_indices(weighted)])
    weighted.data = idf[weighted.indices] * weighted.data * (K1 + 1) / (weighted.data + held_back)
    return weighted
