"""Back-tests: what a model would have proposed to the subjects of the latest partnerships, had it known only those before."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import bootstrap

from matching.experiments.evaluation import CUTOFF, score_ranking
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats
from matching.suggestion import Suggestion
from matching.track_record.partnerships import PartnershipPair
from schemas.kinds import Kind
from schemas.records import Record

if TYPE_CHECKING:
    from matching.model import PartnershipModel

HOLDOUT_SHARE, MAX_HOLDOUT = 0.2, 600
"""The share of the partnerships, the latest, that are held out; and how many at most."""
BACKTEST_DEPTH = CUTOFF + 10
"""How many candidates are ranked, so that ten are left without earlier partners."""
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Backtest:
    """A model without what happened later, and by subject the keys of the candidates that became partners (``relevant``)."""

    past_model: "PartnershipModel"
    relevant: Mapping[str, set[str]]
    _ranked: dict[tuple[int, date | None], list[tuple[Record, list[str]]]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, compare=False, repr=False)

    @classmethod
    def on_decisions(cls, model: "PartnershipModel", interested: Iterable[tuple[str, str]]) -> "Backtest":
        """A back-test on decisions: subjects (first key) that were interested in a candidate (second key)."""
        relevant: dict[str, set[str]] = defaultdict(set)
        for subject, candidate in interested:
            relevant[subject].add(candidate)
        return cls(model, relevant)

    @classmethod
    def on_track_record(cls, model: "PartnershipModel", pairs: Sequence[PartnershipPair]) -> "Backtest":
        """A back-test on the latest of some partnerships; the model stays as it is."""
        dated = sorted((str(pair[2]), *pair[:2]) for pair in pairs if len(pair) > 2 and pair[2])
        held_out = min(MAX_HOLDOUT, int(HOLDOUT_SHARE * len(dated)))
        latest = dated[-held_out:] if held_out else []
        relevant: dict[str, set[str]] = defaultdict(set)
        for _, subject, candidate in latest:
            relevant[str(subject)].add(str(candidate))
        hidden = {(subject, candidate) for _, subject, candidate in latest}
        known = [pair for pair in pairs if (pair[0], pair[1]) not in hidden]
        return cls(model.with_track_record(known), relevant)

    def lists(
        self, model: "PartnershipModel", k: int, on: date | None = None
    ) -> Iterator[tuple[Record, list[Suggestion]]]:
        """Each subject with the suggestions of a model, of the kinds of its partners."""
        for subjects, kinds in self._subjects(model):
            yield from zip(subjects, model.suggest(subjects, k, kinds=kinds, on=on), strict=True)

    def ranks(
        self, model: "PartnershipModel", k: int, on: date | None = None
    ) -> Iterator[tuple[Record, list[str]]]:
        """As :meth:`lists`, with keys only."""
        for subjects, kinds in self._subjects(model):
            yield from zip(subjects, model.rank(subjects, k, kinds=kinds, on=on), strict=True)

    def ranks_of_past(self, k: int, on: date | None = None) -> list[tuple[Record, list[str]]]:
        """As :meth:`ranks` of the past model, computed once."""
        with self._lock:
            if (k, on) not in self._ranked:
                self._ranked[k, on] = list(self.ranks(self.past_model, k, on))
            return self._ranked[k, on]

    def sample(self, most: int) -> "Backtest":
        """The same with at most ``most`` subjects, evenly chosen; the same ones each time."""
        keys = sorted(self.relevant)
        positions = np.linspace(0, len(keys) - 1, min(most, len(keys))).round()
        chosen = [keys[int(position)] for position in positions]
        return Backtest(self.past_model, {key: self.relevant[key] for key in chosen})

    def _subjects(self, model: "PartnershipModel") -> Iterator[tuple[list[Record], list[Kind]]]:
        """The known subjects of each kind, and the kinds of their partners."""
        profiles = model.state_.profiles
        for kind, subjects in _by_kind(model, self.relevant).items():
            partners = _by_kind(model, {other for key in subjects for other in self.relevant[key]})
            kinds = [other for other in model.settings_.candidate_kinds(kind) if other in partners]
            if kinds:
                yield [profile.record for key in subjects if (profile := profiles.get(key))], kinds


def _by_kind(model: "PartnershipModel", keys: Iterable[str]) -> Mapping[Kind, list[str]]:
    found: dict[Kind, list[str]] = defaultdict(list)
    for key in keys:
        if kind := model.state_.profiles.kind_of(key):
            found[kind].append(key)
    return found


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95 % confidence interval (percentile bootstrap over queries, Efron 1979)."""

    mean: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Floats) -> "Estimate":
        """The estimate from one value a query."""
        mean = float(values.mean()) if values.size else 0.0
        if values.size < 2:
            return cls(mean, mean, mean)
        resampled = bootstrap(
            (values,),
            np.mean,
            n_resamples=RESAMPLES,
            method="percentile",
            rng=np.random.default_rng(0),
        )
        return cls(mean, *map(float, resampled.confidence_interval))


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric under the active ruleset and under a draft, and how much the draft gains."""

    before: Estimate
    after: Estimate
    gain: Estimate

    @classmethod
    def of(cls, before: Floats, after: Floats) -> "Figure":
        """The figure from two values a query."""
        return cls(Estimate.of(before), Estimate.of(after), Estimate.of(after - before))


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """How well two rulesets rank what became partnerships, among the first ten.

    Attributes
    ----------
    queries : int
        The number of subjects with a later partnership.
    recall, ndcg : Figure
        Each between 0 and 1, under both rulesets, with confidence intervals.
    """

    queries: int
    recall: Figure
    ndcg: Figure


def run_backtest(backtest: Backtest, rules: RulesetSettings, on: date | None = None) -> BacktestResult:
    """Back-test a draft against the model's own ruleset.

    Parameters
    ----------
    backtest
        The latest partnerships, and the model as it was before them.
    rules
        The draft.
    on
        The day on which dates count; ``None`` leaves dates out.

    Returns
    -------
    BacktestResult
        Recall and nDCG of both among the first ten, with the difference and its 95 % confidence interval.
    """
    former, scores = backtest.past_model, []
    before = backtest.ranks_of_past(BACKTEST_DEPTH, on)
    # Only now, so that the draft shares what was computed for the lists before.
    after = backtest.ranks(former.with_ruleset(rules), BACKTEST_DEPTH, on)
    for (subject, old), (_, new) in zip(before, after, strict=True):
        key = str(subject["key"])
        relevant = backtest.relevant[key]
        earlier = set(former.partners_of(key)) - relevant
        rankings = ([other for other in found if other not in earlier] for found in (old, new))
        scores.append([score_ranking(relevant, ranking)[:2] for ranking in rankings])
    metrics = np.array(scores, float).reshape(-1, 2, 2)
    figures = (Figure.of(metrics[:, 0, metric], metrics[:, 1, metric]) for metric in (0, 1))
    return BacktestResult(len(scores), *figures)
