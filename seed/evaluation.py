"""Evaluation packs: partnerships that are known, and those that came later, to be found from the former alone.

A pack is loaded into a throw-away store by the same paths as any import, so that what is measured is what runs.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import Engine

from matching import (
    PROPOSALS_PER_SUBJECT,
    Band,
    CountryAndSector,
    NearestByWords,
    Popularity,
    RandomOrder,
    Ranker,
    RankingMetrics,
    RulesetSettings,
    bands,
    calibrated_likelihood,
    lessons,
    score_rankings,
)
from schemas.inputs import JsonObject
from schemas.kinds import PAIRINGS, Kind
from schemas.records import PLACE_FIELDS
from seed.loading import ReportProgress
from seed.territories.loader import load_territories
from service.db.engine import open_engine
from service.db.session import reading
from service.interchange.files import FileFormat, read_rows
from service.interchange.importing import ImportSettings, import_at_once
from service.interchange.kinds import RecordKind
from service.jobs.views import import_result
from service.preparation import prepare
from service.profiles.records import matching_record
from service.suggestions import repository

Pair = tuple[str, str, str | None]
Scored = list[tuple[str, float]]
"""Candidates with their scores, best first."""
PROFILES, PARTNERSHIPS, TRUTH, QUERIES = "profiles.jsonl", "partnerships.csv", "truth.csv", "queries.csv"
HISTORIES = (0, 1, 3, 10, None)
"""How many earlier partnerships of a candidate are known at most, step by step, up to all of them."""
FIRST = 20
"""How many candidates of each query are ranked."""
WITHOUT_PAIRS = {Kind.PROJECT: Kind.PROGRAMME, Kind.ASSOCIATION: Kind.PROGRAMME}
"""What is ranked for a kind that no known partnership pairs with anything."""


class PackError(Exception):
    """A folder that is no evaluation pack; says what is missing."""


@dataclass(frozen=True)
class Pack:
    """A loaded pack: records by key, known pairs, the queries to rank for, and what came true where that is known."""

    records: Mapping[str, JsonObject]
    pairs: Sequence[Pair]
    queries: Sequence[str]
    truth: Mapping[str, set[str]] | None

    def candidates_for(self, query: str) -> list[str]:
        """Keys of all candidates of a query, in order."""
        kinds = self.kinds_for(query)
        return sorted(key for kind in kinds for key in self._keys_by_kind[kind] if key != query)

    def kinds_for(self, query: str) -> tuple[str, ...]:
        """The kinds of candidate that known partnerships pair a query's kind with."""
        kind = Kind(self.records[query]["kind"])
        return tuple(sorted(self._paired[kind])) or (WITHOUT_PAIRS.get(kind, PAIRINGS[kind][0]).value,)

    def known_last(self, query: str, ranking: Iterable[str]) -> list[str]:
        """A ranking with the query's known partners at its end: whoever works together already is nobody's discovery."""
        return sorted(ranking, key=lambda key: key in self._partners[query])

    def most_partners(self) -> int:
        """How many known partners one query has at most."""
        return max((len(self._partners[query]) for query in self.queries), default=0)

    @cached_property
    def _partners(self) -> Mapping[str, set[str]]:
        partners: dict[str, set[str]] = defaultdict(set)
        for one, candidate, _ in self.pairs:
            partners[one].add(candidate)
        return partners

    @cached_property
    def _paired(self) -> Mapping[str, set[str]]:
        paired: dict[str, set[str]] = defaultdict(set)
        for one, candidate, _ in self.pairs:
            paired[self.records[one]["kind"]].add(self.records[candidate]["kind"])
        return paired

    @cached_property
    def _keys_by_kind(self) -> Mapping[str, list[str]]:
        keys: dict[str, list[str]] = defaultdict(list)
        for key, record in self.records.items():
            keys[record["kind"]].append(key)
        return keys


@contextmanager
def loaded_pack(folder: Path, report: ReportProgress) -> Iterator[Pack]:
    """The pack in a folder; its store is thrown away at the end. Raises ``PackError`` for what is no pack."""
    for name in (PROFILES, PARTNERSHIPS):
        if not (folder / name).is_file():
            raise PackError(f"{folder / name} is missing")
    wanted = _wanted(folder)
    with TemporaryDirectory(prefix="passerelle-") as store:
        engine = open_engine(f"sqlite:///{Path(store) / 'pack.sqlite3'}")
        try:
            prepare(engine)
            load_territories(engine, _countries(folder / PROFILES))
            _import(engine, folder / PROFILES, None, report)
            _import(engine, folder / PARTNERSHIPS, RecordKind.PARTNERSHIP, report)
            yield _read_back(engine, wanted, with_truth=(folder / TRUTH).is_file())
        finally:
            engine.dispose()


def _wanted(folder: Path) -> dict[str, set[str]]:
    """The candidates that came true by query; with nothing but queries, none of them."""
    source = folder / (TRUTH if (folder / TRUTH).is_file() else QUERIES)
    if not source.is_file():
        raise PackError(f"neither {TRUTH} nor {QUERIES} is in {folder}")
    wanted: dict[str, set[str]] = defaultdict(set)
    with source.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if not row.get("query"):
                raise PackError(f"{source} has no column named query")
            wanted[row["query"]].update([row["candidate"]] if row.get("candidate") else [])
    return wanted


def _countries(profiles: Path) -> set[str]:
    """The countries that the places of a file lie in."""
    found: set[str] = set()
    with profiles.open("rb") as file:
        for row in read_rows(file, FileFormat.JSONL):
            for field in {name for names in PLACE_FIELDS.values() for name in names}:
                found.update(_country_codes((row.record or {}).get(field)))
    return found


def _country_codes(value: Any) -> Iterator[str]:
    for place in value if isinstance(value, list) else [value]:
        code = place.get("country") if isinstance(place, dict) else place
        if isinstance(code, str):
            yield code[:2]


def _import(engine: Engine, file: Path, kind: RecordKind | None, report: ReportProgress) -> None:
    form = FileFormat.CSV if file.suffix == ".csv" else FileFormat.JSONL
    settings = ImportSettings(format=form, kind=kind, file=file.name)
    job = import_at_once(engine, lambda: file.open("rb"), settings, "evaluation")
    if job.state != "done":
        raise PackError(f"{file}: {job.detail}")
    with reading(engine) as session:
        for item in import_result(session, job, most=None).rejected:
            report(f"{file.name}, line {item.line}: {item.field} {item.reason}")


def _read_back(engine: Engine, wanted: Mapping[str, set[str]], *, with_truth: bool) -> Pack:
    with reading(engine) as session:
        stored = {
            profile.number: matching_record(profile)
            for profile in repository.profiles_changed_since(session, -1)
        }
        keys = {number: str(record["key"]) for number, record in stored.items()}
        pairs = [(keys[one], keys[other], since) for one, other, since in repository.track_record(session)]
    records = {str(record["key"]): record for record in stored.values()}
    queries = [query for query in wanted if query in records]
    return Pack(records, pairs, queries, wanted if with_truth else None)


def rank_by_model(
    pack: Pack, known: Sequence[Pair] | None = None, ruleset: RulesetSettings | None = None
) -> dict[str, Scored]:
    """The first candidates of each query as a ruleset, by default the balanced one, ranks them; what it does not suggest comes after, by popularity.

    ``known`` are the partnerships to learn from, by default all those of the pack. Whatever the ruleset says of the least
    score, all are ranked: the order is what is measured.
    """
    from matching import PartnershipModel

    learnt = pack.pairs if known is None else known
    settings = (ruleset or RulesetSettings.balanced()).model_copy(update={"min_score": 0.0})
    model = PartnershipModel(settings).fit(pack.records.values(), learnt)
    popularity = Popularity(learnt)
    depth = FIRST + pack.most_partners()
    rankings: dict[str, Scored] = {}
    for kinds, queries in _by_kinds(pack).items():
        subjects = [pack.records[query] for query in queries]
        for query, found in zip(queries, model.suggest(subjects, depth, kinds=kinds), strict=True):
            scores = {item.candidate: item.score for item in found}
            others = popularity.rank(pack.records[query], pack.candidates_for(query))
            ranked = pack.known_last(query, dict.fromkeys([*scores, *others]))
            rankings[query] = [(key, scores.get(key, 0.0)) for key in ranked[:FIRST]]
    return rankings


def _by_kinds(pack: Pack) -> dict[tuple[str, ...], list[str]]:
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for query in pack.queries:
        groups[pack.kinds_for(query)].append(query)
    return groups


def _scored(
    pack: Pack, truth: Mapping[str, set[str]], rankings: Mapping[str, Sequence[str]]
) -> RankingMetrics:
    return score_rankings(truth, rankings, {key for query in rankings for key in pack.candidates_for(query)})


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a ruleset that was learnt from a pack's known partnerships made of the later ones."""

    figures: RankingMetrics
    bands: Sequence[Band]


def rank_learnt(pack: Pack) -> Learnt:
    """Learn weights and likelihoods from the known partnerships of a pack, and hold them against the later ones."""
    from matching import PartnershipModel

    settings = RulesetSettings.balanced().model_dump()
    for lesson in lessons(PartnershipModel().fit(pack.records.values(), pack.pairs), pack.pairs):
        settings["pairings"][lesson.pairing] = lesson.proposed.model_dump()
        settings["calibration"][lesson.pairing] = lesson.calibration_proposed.model_dump()
    ruleset = RulesetSettings.model_validate(settings)
    rankings = _keys(rank_by_model(pack, ruleset=ruleset))
    return Learnt(_scored(pack, pack.truth or {}, rankings), _came_true(pack, ruleset))


def _came_true(pack: Pack, learnt: RulesetSettings) -> list[Band]:
    """How many of the proposals of each likelihood came true later, and how many were expected to."""
    from matching import PartnershipModel

    model = PartnershipModel(learnt).fit(pack.records.values(), pack.pairs)
    likely, truth = [], []
    for kinds, queries in _by_kinds(pack).items():
        found = model.suggest([pack.records[query] for query in queries], PROPOSALS_PER_SUBJECT, kinds=kinds)
        for query, proposed in zip(queries, found, strict=True):
            before = set(model.partners_of(query))
            for item in proposed:
                meaning = learnt.calibration.get(f"{pack.records[query]['kind']}:{item.kind}")
                if meaning and item.candidate not in before:
                    likely.append(calibrated_likelihood(item.score, meaning))
                    truth.append(item.candidate in (pack.truth or {}).get(query, ()))
    return list(bands(np.array(likely), np.array(truth, bool)))


def cold_start(pack: Pack) -> dict[int | None, RankingMetrics]:
    """How well the model finds what came true when it knows but the latest few partnerships of each candidate."""
    if pack.truth is None:
        return {}
    return {
        most: _scored(pack, pack.truth, _keys(rank_by_model(pack, _latest(pack.pairs, most))))
        for most in HISTORIES
    }


def _latest(pairs: Sequence[Pair], most: int | None) -> list[Pair]:
    by_candidate: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: (pair[2] or "", pair), reverse=True):
        by_candidate[pair[1]].append(pair)
    return [pair for known in by_candidate.values() for pair in known[:most]]


def _keys(rankings: Mapping[str, Scored]) -> dict[str, list[str]]:
    return {query: [key for key, _ in ranked] for query, ranked in rankings.items()}


def figures(pack: Pack, by_model: Mapping[str, Scored]) -> dict[str, RankingMetrics]:
    """How well the model and the simplest rankings find what came true; empty where the pack does not say."""
    if pack.truth is None:
        return {}
    baselines: dict[str, Ranker] = {
        "random": RandomOrder(),
        "country and sector": CountryAndSector(pack.records.values()),
        "popularity": Popularity(pack.pairs),
        "bm25 nearest projects": NearestByWords(pack.records.values(), pack.pairs),
    }
    found = {"passerelle": _scored(pack, pack.truth, _keys(by_model))}
    for name, ranker in baselines.items():
        rankings = {
            query: pack.known_last(query, ranker.rank(pack.records[query], pack.candidates_for(query)))
            for query in pack.queries
        }
        found[name] = _scored(pack, pack.truth, rankings)
    return found
