"""What a draft of the rules would change, told before anybody is touched by it.

The lists of some subjects under the rules that hold are compared with those under the draft: who appears, vanishes or
moves, for whom, who is left with nobody and by which condition, and whether the draft would have found what came to be.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from matching.experiments.backtest import Backtest
from matching.experiments.baseline import BACKTEST_DEPTH, Baseline, Lists, top_ten
from matching.experiments.evaluation import exposure, gain, gini, score_ranking
from matching.features.encoding import EncodedProfile
from matching.features.size import SIZE_THRESHOLDS
from matching.sparse.matrices import Floats
from schemas.kinds import Kind
from schemas.records import Record
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.model import PartnershipModel

MAX_RANK_CHANGES = 20
MAX_EXPLAINED = 100
"""Of how many that are left with nobody it is told why; how many there are is told in any case."""
RESAMPLES = 1_000
SIZE_FIELDS: Mapping[Kind, tuple[str, Sequence[int]]] = {
    Kind.ASSOCIATION: ("members", (20, 100, 500)),
    Kind.AUTHORITY: ("population", SIZE_THRESHOLDS),
}
"""By whom it is counted how large somebody is, and from how many on one is of the next size."""
Breakdown = Literal["kind", "territory", "sector", "size", "newcomer"]
OnProgress = Callable[[int, int], None]


@dataclass(slots=True)
class ListChanges:
    """How many lists there are, how many are not as they were, and how many suggestions come, go or change places.

    ``emptied`` had suggestions and would have none, ``filled`` the other way round.
    """

    lists: int = 0
    changed: int = 0
    appeared: int = 0
    vanished: int = 0
    moved: int = 0
    emptied: int = 0
    filled: int = 0

    def add(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Count one list."""
        appeared, vanished = set(after) - set(before), set(before) - set(after)
        moved = sum(key not in appeared and before.index(key) != place for place, key in enumerate(after))
        self.lists += 1
        self.changed += before != after
        self.appeared += len(appeared)
        self.vanished += len(vanished)
        self.moved += moved
        self.emptied += bool(before) and not after
        self.filled += bool(after) and not before


@dataclass(frozen=True, slots=True)
class ExposureFigures:
    """How candidates are seen: how many at all, how unevenly (Gini, 0 to 1), and which share the most seen one has."""

    candidates: int
    gini: float
    most: float

    @classmethod
    def on(cls, lists: Iterable[Sequence[str]], candidates: int) -> "ExposureFigures":
        """How so many candidates are seen on these lists."""
        found = list(exposure(lists).values())
        total = sum(found)
        unseen = [0.0] * (candidates - len(found))
        return cls(len(found), gini(found + unseen), max(found) / total if total else 0.0)


@dataclass(frozen=True, slots=True)
class RankChange:
    """A candidate that is elsewhere on a subject's list: its places before and after, counted from 1; ``None`` is off it."""

    subject: str
    candidate: str
    before: int | None
    after: int | None

    @property
    def size(self) -> float:
        """How much the candidate gains or loses in being seen, 0 to 1."""
        seen = [gain(place - 1) if place else 0.0 for place in (self.before, self.after)]
        return abs(seen[1] - seen[0])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A subject that would be proposed nobody, and the keys of the conditions that do it.

    With ``alone`` each of them does it by itself; otherwise only all of them together. None are named where it is the
    weights that do it.
    """

    subject: str
    conditions: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would change for some subjects, taken out ``of`` so many; ``groups`` says it by what they are."""

    of: int
    effect: ListChanges
    groups: Mapping[Breakdown, Mapping[str, ListChanges]]
    left_out: Sequence[LeftOut]
    seen_before: ExposureFigures
    seen_after: ExposureFigures
    biggest: Sequence[RankChange]


def preview(
    baseline: Baseline,
    rules: RulesetSettings,
    most: int | None = None,
    on: date | None = None,
    progress: OnProgress = lambda _done, _total: None,
) -> "tuple[PartnershipModel, Preview]":
    """The model under a draft, and what it would change in the first ten of the lists of everybody, or of at most ``most``
    subjects, of each kind its share. ``progress`` is told now and then how many lists have been made, out of how many."""
    former, known = baseline.former, baseline.subjects(most)
    subjects = [one.record for one in known]
    count = len(subjects)
    before = baseline.lists(most, on, lambda done: progress(done, 2 * count))
    # Asked for only now, so that it shares what the former model has worked out for its lists.
    draft = baseline.draft(rules)
    after = top_ten(draft, subjects, on, lambda done: progress(count + done, 2 * count))
    newcomers = {key for key in before if not former.partners_of(key)}
    found = compare_lists(before, after, known, baseline.total, newcomers)
    emptied = [one for one in subjects if before[one["key"]] and not after[one["key"]]]
    return draft, replace(found, left_out=tuple(left_out(draft, emptied[:MAX_EXPLAINED], on)))


def compare_lists(
    before: Lists, after: Lists, subjects: Sequence[EncodedProfile], of: int, newcomers: set[str]
) -> Preview:
    """Compare two lists of each of some subjects out ``of`` so many profiles; who is left out is told by
    :func:`left_out`."""
    total, groups = ListChanges(), defaultdict[Breakdown, dict[str, ListChanges]](dict)
    turns: list[RankChange] = []
    olds, news = [], []
    for subject in subjects:
        key = subject.traits.key
        old, new = before[key], after[key]
        olds.append(old)
        news.append(new)
        total.add(old, new)
        for group, mark in marks(subject, key in newcomers):
            groups[group].setdefault(mark, ListChanges()).add(old, new)
        turns.extend(_biggest_turn(key, old, new))
    turns.sort(key=lambda turn: (-turn.size, turn.subject))
    return Preview(
        of,
        total,
        groups,
        (),
        ExposureFigures.on(olds, of),
        ExposureFigures.on(news, of),
        tuple(turns[:MAX_RANK_CHANGES]),
    )


def marks(subject: EncodedProfile, newcomer: bool) -> Iterator[tuple[Breakdown, str]]:
    """What a subject is: its kind, the regions and the sectors it names, and the size of an association or authority."""
    traits = subject.traits
    yield "kind", traits.kind.value
    regions = {path[:2][-1] for paths in traits.places.values() for path in paths}
    yield from (("territory", region) for region in sorted(regions))
    yield from (("sector", sector) for sector in sorted({sector[:3] for sector in traits.sectors}))
    if traits.kind in SIZE_FIELDS:
        yield "size", size_mark(traits.kind, subject.record)
    yield "newcomer", "yes" if newcomer else "no"


def size_mark(kind: Kind, subject: Record) -> str:
    """How large an association or an authority is: of whom it counts how many, at least (``members:20``)."""
    counted, bounds = SIZE_FIELDS[kind]
    count = subject.get(counted)
    if count is None:
        return f"{counted}:unknown"
    return f"{counted}:{max((bound for bound in bounds if bound <= count), default=0)}"


def _biggest_turn(subject: str, before: Sequence[str], after: Sequence[str]) -> Iterator[RankChange]:
    """The candidate of one list that gains or loses most."""
    if before == after:
        return
    places = [{key: place for place, key in enumerate(found, 1)} for found in (before, after)]
    turns = (RankChange(subject, key, places[0].get(key), places[1].get(key)) for key in {*before, *after})
    yield max(turns, key=lambda turn: (turn.size, turn.after is not None, turn.candidate))


def left_out(draft: "PartnershipModel", subjects: Sequence[Record], on: date | None = None) -> list[LeftOut]:
    """Why a draft proposes nobody to these subjects, found by leaving out its conditions one by one, then all."""
    conditions = draft.settings_.conditions
    blamed: dict[str, list[str]] = {str(subject["key"]): [] for subject in subjects}
    for condition in conditions:
        kept = tuple(other for other in conditions if other.key != condition.key)
        for key in _served(draft, kept, subjects, on):
            blamed[key].append(condition.key)
    together = [subject for subject in subjects if not blamed[str(subject["key"])]]
    by_all = set(_served(draft, (), together, on)) if conditions else set()
    everything = tuple(condition.key for condition in conditions)
    return [
        LeftOut(key, tuple(keys), alone=True)
        if keys
        else LeftOut(key, everything if key in by_all else (), alone=False)
        for key, keys in blamed.items()
    ]


def _served(
    draft: "PartnershipModel", conditions: tuple[object, ...], subjects: Sequence[Record], on: date | None
) -> Iterator[str]:
    """The subjects that would be proposed somebody if only these conditions held."""
    if subjects:
        model = draft.with_ruleset(draft.settings_.model_copy(update={"conditions": conditions}))
        lists = model.rank(subjects, 1, on=on)
        yield from (str(subject["key"]) for subject, found in zip(subjects, lists, strict=True) if found)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries, and between what bounds it lies with 95 % confidence (bootstrap over queries, Efron 1979)."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure under the rules that hold and under the draft, and how much the draft gains."""

    before: Estimate
    after: Estimate
    gain: Estimate


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """How well two rules find, among the first ten, what came to be: each figure between 0 and 1."""

    queries: int
    recall: Figure
    ndcg: Figure


def run_backtest(backtest: Backtest, rules: RulesetSettings, on: date | None = None) -> BacktestResult:
    """How well a model and a draft foresee what came to be."""
    former, scores = backtest.past_model, []
    before = backtest.ranks_of_past(BACKTEST_DEPTH, on)
    # As in a preview, the draft shares what was worked out for the former lists.
    after = backtest.ranks(former.with_ruleset(rules), BACKTEST_DEPTH, on)
    for (subject, old), (_, new) in zip(before, after, strict=True):
        key = str(subject["key"])
        known = set(former.partners_of(key)) - backtest.relevant[key]
        ranks = ([other for other in found if other not in known] for found in (old, new))
        scores.append([score_ranking(backtest.relevant[key], rank)[:2] for rank in ranks])
    told = np.array(scores, float).reshape(-1, 2, 2)
    return BacktestResult(
        len(scores), *(_figure(told[:, 0, measure], told[:, 1, measure]) for measure in (0, 1))
    )


def _figure(before: Floats, after: Floats) -> Figure:
    return Figure(_estimate(before), _estimate(after), _estimate(after - before))


def _estimate(values: Floats) -> Estimate:
    if not values.size:
        return Estimate(0.0, 0.0, 0.0)
    drawn = np.random.default_rng(0).integers(values.size, size=(RESAMPLES, values.size))
    least, most = np.quantile(values[drawn].mean(axis=1), (0.025, 0.975))
    return Estimate(float(values.mean()), float(least), float(most))
