"""What ``passerelle bench match`` measures: the best twenty of many candidates, found in three ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import log

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from sparse_dot_topn import sp_matmul_topn

from bench.generated_rows import FeatureRows, generated_rows
from bench.incremental import BothDirections
from bench.timing import peak_megabytes, seconds
from matching.parts.registry import dot_product_weights
from matching.retrieval.block_max_index import BlockMaxIndex, QueryVectors
from matching.rules.ruleset import RulesetSettings
from matching.sparse.parallel import CORE_COUNT
from matching.sparse.precision import FLOAT32_TOLERANCE
from schemas.kinds import Kind
from seed.loading import ReportProgress
from seed.synthetic.generator import Generator

LIST_LENGTH = 20
OWN_SAMPLE, BRUTE_SAMPLE, DOT_SAMPLE, EXACT_SAMPLE, SINGLES = 2_000, 256, 1_000, 128, 400


@dataclass(frozen=True, slots=True)
class MatchFigures:
    """What was measured; ratios are time of the other ÷ time of ours, per query, on the same rows and cores."""

    associations: int
    candidates: int
    nonzeros_per_row: float
    ms_per_query: float
    sklearn_ratio: float
    sparse_dot_topn_ratio: float
    overlap: float
    """Share of the exact top 20 that is found, ties aside."""
    one_query_p99_ms: float
    growth_exponent: float
    """Of the time per query in the number of candidates, from a tenth of them to all."""
    both_directions_s: float
    changed_ratio: float
    """Time to keep all lists up, in both directions, when a hundredth of the profiles has changed ÷ time to make them."""
    changed_overlap: float
    """Share of the lists kept up that equal those of a new index, ties aside, of a sample."""
    peak_rss_mb: float
    """Of the process up to the end of the full run in both directions, before the others are measured."""


def measure(
    generator: Generator, associations: int, candidates: int, nonzeros: int, report: ReportProgress
) -> MatchFigures:
    """Measure everything in one run; takes some minutes at full size."""
    report("Generating profiles…")
    queries, documents = generated_rows(generator, associations, candidates, nonzeros)
    # What weighs nothing in the balanced rules has no rows here.
    balanced = dot_product_weights(RulesetSettings.balanced(), Kind.ASSOCIATION, Kind.AUTHORITY)
    weights = [weight for weight in balanced if weight]
    run = _Run(queries, documents, weights)
    tenth = _Run(queries, documents.some(slice(0, candidates // 10)), weights)
    tenth.own()  # once, to be compiled
    report("Matching everybody, in both directions…")
    both = BothDirections(queries, documents, weights, LIST_LENGTH)
    full = seconds(both.make)
    peak = peak_megabytes()
    report("Changing some…")
    changed = seconds(both.exchange)
    changed_overlap = both.overlap()
    report("Measuring the others…")
    # Ours before, between and after the others: whatever else the machine is doing meets all alike.
    first, brute, second, dots, third = run.own(), run.brute_force(), run.own(), run.dot_products(), run.own()
    own = float(np.median([first, second, third]))
    small = min(tenth.own() for _ in range(3))
    return MatchFigures(
        associations,
        candidates,
        documents.as_one(weights).nnz / candidates,
        own * 1000,
        brute / own,
        dots / own,
        run.overlap(),
        float(np.percentile(run.singles(), 99)) * 1000,
        log(min(first, second, third) / small) / log(10),
        full,
        changed / full,
        changed_overlap,
        peak,
    )


class _Run:
    """Some who ask, among many candidates."""

    def __init__(self, queries: FeatureRows, documents: FeatureRows, weights: Sequence[float]) -> None:
        self._queries, self._documents, self._weights = queries, documents, weights
        self._index = BlockMaxIndex(documents.parts, documents.sparse_part)

    def lists(self, queries: FeatureRows) -> NDArray[np.int64]:
        """The best candidates, by the core."""
        return self._index.topk(
            QueryVectors(queries.parts, queries.sparse_part, self._weights), LIST_LENGTH
        ).positions

    def own(self) -> float:
        """Seconds a query of the core."""
        some = self._queries.sample(OWN_SAMPLE)
        return seconds(lambda: self.lists(some)) / some.size

    def singles(self) -> list[float]:
        """Seconds for one query, again and again."""
        some = self._queries.sample(SINGLES)
        return [seconds(partial(self.lists, some.some(slice(at, at + 1)))) for at in range(some.size)]

    def brute_force(self) -> float:
        """Seconds a query of scikit-learn; it knows no dot product, so it compares by cosine: the same work."""
        documents, some = self._documents.as_one(self._weights), self._queries.sample(BRUTE_SAMPLE)
        brute = NearestNeighbors(
            n_neighbors=LIST_LENGTH, algorithm="brute", metric="cosine", n_jobs=CORE_COUNT
        ).fit(documents)
        rows = some.as_one(self._weights)
        return seconds(lambda: brute.kneighbors(rows)) / some.size

    def dot_products(self) -> float:
        """Seconds a query of sparse_dot_topn."""
        turned, some = self._documents.as_one(self._weights).T.tocsr(), self._queries.sample(DOT_SAMPLE)
        rows = some.as_one(self._weights)
        return (
            seconds(lambda: sp_matmul_topn(rows, turned, top_n=LIST_LENGTH, n_threads=CORE_COUNT)) / some.size
        )

    def overlap(self) -> float:
        """Share of the exact best that are found, ties aside."""
        some = self._queries.sample(EXACT_SAMPLE)
        scores = np.zeros((some.size, self._documents.size))
        blocks = zip(some.blocks, self._documents.blocks, self._weights, strict=True)
        for mine, theirs, weight in blocks:
            scores += weight * np.minimum((mine @ theirs.T).toarray(), 1.0)
        least = -np.partition(-scores, LIST_LENGTH - 1, axis=1)[:, LIST_LENGTH - 1 : LIST_LENGTH]
        found = np.take_along_axis(scores, self.lists(some), axis=1) >= least - FLOAT32_TOLERANCE
        return float(found.mean())
