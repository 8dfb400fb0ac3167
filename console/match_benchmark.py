"""What ``passerelle bench match`` measures: the best twenty of many candidates, found in three ways."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.neighbors import NearestNeighbors
from sparse_dot_topn import sp_matmul_topn

from console.timing import peak_megabytes, seconds
from matching.cores import CORES
from matching.features.text import DAMPENED
from matching.profiles import KindProfiles, Profiles
from matching.rows import rarity, row_of_each_value, side_by_side, unit_rows
from matching.shortlist import ShortlistIndex
from matching.similarity import inner_weights
from matching.topk import SLACK
from schemas.kinds import PAIRINGS, Kind
from schemas.rules import RulesetSettings
from seed.loading import seed_database
from seed.synthetic import patterns
from seed.synthetic.generator import Generator
from seed.synthetic.spots import Spots
from service.db import migrate
from service.db.engine import open_engine
from service.db.session import reading

DEPTH = 20
READ_AT_ONCE = 5_000
OWN_SAMPLE, BRUTE_SAMPLE, DOT_SAMPLE, EXACT_SAMPLE, SINGLES = 2_000, 256, 1_000, 128, 400
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figures:
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
    peak_rss_mb: float
    """Of the process up to the end of the full run in both directions, before the others are measured."""


@dataclass(frozen=True)
class Rows:
    """Profiles as the core gets them: the first parts, and the last."""

    parts: list[csr_matrix]
    tail: csr_matrix

    def some(self, positions: "NDArray[np.int64] | slice") -> "Rows":
        """The rows of some profiles."""
        return Rows([part[positions] for part in self.parts], self.tail[positions])

    @property
    def size(self) -> int:
        """How many profiles."""
        return int(self.tail.shape[0])

    @property
    def blocks(self) -> list[csr_matrix]:
        """All parts in the order of their weights."""
        return [*self.parts, self.tail]

    def as_one(self, weights: Sequence[float]) -> csr_matrix:
        """One block whose dot products are the scores."""
        return side_by_side(list(zip(self.blocks, weights, strict=True)))


def measure(generator: Generator, associations: int, candidates: int, nonzeros: int, tell: Tell) -> Figures:
    """Measure everything in one run; takes some minutes at full size."""
    tell("Generating profiles…")
    asking, asked = _generated(generator, associations, candidates, nonzeros)
    weights = inner_weights(RulesetSettings.balanced(), Kind.ASSOCIATION, Kind.AUTHORITY)
    run = _Run(asking, asked, weights)
    tenth = _Run(asking, asked.some(slice(0, candidates // 10)), weights)
    tenth.own()  # once, to be compiled
    tell("Matching everybody, in both directions…")
    there = seconds(lambda: run.lists(asking))
    back = seconds(lambda: _Run(asked, asking, weights).lists(asked))
    peak = peak_megabytes()
    tell("Measuring the others…")
    # Ours before, between and after the others: whatever else the machine is doing meets all alike.
    first, brute, second, dots, third = run.own(), run.brute_force(), run.own(), run.dot_products(), run.own()
    own = float(np.median([first, second, third]))
    small = min(tenth.own() for _ in range(3))
    return Figures(
        associations,
        candidates,
        asked.as_one(weights).nnz / candidates,
        there / associations * 1000,
        brute / own,
        dots / own,
        run.overlap(),
        float(np.percentile(run.singles(), 99)) * 1000,
        log(min(first, second, third) / small) / log(10),
        there + back,
        peak,
    )


class _Run:
    """Some who ask, among many candidates."""

    def __init__(self, asking: Rows, asked: Rows, weights: Sequence[float]) -> None:
        self._asking, self._asked, self._weights = asking, asked, weights
        self._index = ShortlistIndex(asked.parts, asked.tail)

    def lists(self, asking: Rows) -> NDArray[np.int64]:
        """The best candidates, by the core."""
        return self._index.best(asking.parts, asking.tail, self._weights, DEPTH).places

    def own(self) -> float:
        """Seconds a query of the core."""
        some = self._sample(OWN_SAMPLE)
        return seconds(lambda: self.lists(some)) / some.size

    def singles(self) -> list[float]:
        """Seconds for one query, again and again."""
        some = self._sample(SINGLES)
        return [seconds(partial(self.lists, some.some(slice(at, at + 1)))) for at in range(some.size)]

    def brute_force(self) -> float:
        """Seconds a query of scikit-learn; it knows no dot product, so it compares by cosine: the same work."""
        asked, some = self._asked.as_one(self._weights), self._sample(BRUTE_SAMPLE)
        brute = NearestNeighbors(n_neighbors=DEPTH, algorithm="brute", metric="cosine", n_jobs=CORES).fit(
            asked
        )
        rows = some.as_one(self._weights)
        return seconds(lambda: brute.kneighbors(rows)) / some.size

    def dot_products(self) -> float:
        """Seconds a query of sparse_dot_topn."""
        turned, some = self._asked.as_one(self._weights).T.tocsr(), self._sample(DOT_SAMPLE)
        rows = some.as_one(self._weights)
        return seconds(lambda: sp_matmul_topn(rows, turned, top_n=DEPTH, n_threads=CORES)) / some.size

    def overlap(self) -> float:
        """Share of the exact best that are found, ties aside."""
        some = self._sample(EXACT_SAMPLE)
        scores = np.zeros((some.size, self._asked.size))
        blocks = zip(some.blocks, self._asked.blocks, self._weights, strict=True)
        for mine, theirs, weight in blocks:
            scores += weight * np.minimum((mine @ theirs.T).toarray(), 1.0)
        least = -np.partition(-scores, DEPTH - 1, axis=1)[:, DEPTH - 1 : DEPTH]
        found = np.take_along_axis(scores, self.lists(some), axis=1) >= least - SLACK
        return float(found.mean())

    def _sample(self, most: int) -> Rows:
        return self._asking.some(np.unique(np.linspace(0, self._asking.size - 1, most).astype(np.int64)))


def new_generator() -> Generator:
    """A generator with a gazetteer of its own, whatever the database holds."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'places.sqlite3'}")
        migrate.upgrade(engine)
        seed_database(engine, lambda _said: None, documented=False)
        with reading(engine) as session:
            generator = Generator(Spots.of(session, patterns.countries()), 1)
        engine.dispose()
    return generator


def _generated(generator: Generator, associations: int, candidates: int, nonzeros: int) -> tuple[Rows, Rows]:
    """Associations, and those they are paired with, as the model reads them."""
    settings, columns = RulesetSettings.balanced(), dict[str, int]()
    wanted = PAIRINGS[Kind.ASSOCIATION]
    many = [
        [
            _raw(chunk, settings, columns, against)
            for chunk in _chunks(islice(generator.of_kinds(kinds), count))
        ]
        for kinds, count, against in (
            ((Kind.ASSOCIATION,), associations, wanted[0]),
            (wanted, candidates, Kind.ASSOCIATION),
        )
    ]
    for chunk in (chunk for chunks in many for chunk in chunks):
        chunk[0].resize(chunk[0].shape[0], len(columns))
    worth = [rarity([chunk[at] for chunks in many for chunk in chunks]) for at in range(len(many[0][0]))]
    first, second = ([_weighted(chunk, worth, nonzeros) for chunk in chunks] for chunks in many)
    return _stacked(first), _stacked(second)


def _weighted(chunk: list[csr_matrix], worth: Sequence[NDArray[np.float64]], nonzeros: int) -> Rows:
    """A chunk as the model weighs it; what was read is let go, for the memory."""
    region, sectors, priorities, concepts, characters = chunk
    chunk.clear()
    parts = [region, unit_rows(sectors, worth[1]), priorities, unit_rows(concepts, worth[3])]
    tail = unit_rows(characters, worth[4], DAMPENED)
    if not nonzeros:
        return Rows(parts, tail)
    few = sum(part.nnz for part in parts) / tail.shape[0]
    return Rows(parts, _heaviest(tail, max(1, nonzeros - round(few))))


def _stacked(chunks: Sequence[Rows]) -> Rows:
    parts = [csr_matrix(vstack(blocks)) for blocks in zip(*(rows.parts for rows in chunks), strict=True)]
    return Rows(parts, csr_matrix(vstack([rows.tail for rows in chunks])))


def _raw(
    records: Sequence[Any], settings: RulesetSettings, columns: dict[str, int], against: Kind
) -> list[csr_matrix]:
    profiles = Profiles(settings).put(records)
    known = [item for record in records if (item := profiles.get(record["key"]))]
    rows = KindProfiles(known, settings, columns)
    return [rows.covered(against), rows.sectors, rows.priorities, rows.concepts, rows.characters]


def _chunks(records: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(records)
    while chunk := list(islice(left, READ_AT_ONCE)):
        yield chunk


def _heaviest(block: csr_matrix, most: int) -> csr_matrix:
    """The block with only the ``most`` largest values of each row."""
    rows = row_of_each_value(block)
    order = np.lexsort((-block.data, rows))
    keep = np.zeros(block.nnz, bool)
    keep[order[np.arange(block.nnz) - block.indptr[rows] < most]] = True
    ends = np.concatenate([[0], np.cumsum(keep)])[block.indptr]
    return csr_matrix((block.data[keep], block.indices[keep], ends), shape=block.shape)
