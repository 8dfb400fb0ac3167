"""What ``passerelle bench model`` measures: whole suggestions, with conditions, track record and reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from random import Random

import numpy as np

from bench.generated_profiles import drawn_partnerships
from bench.timing import peak_megabytes, seconds
from matching import PartnershipModel
from matching.experiments.backtest import run_backtest
from matching.experiments.baseline import Baseline
from matching.experiments.preview import preview
from matching.rules.ruleset import RulesetSettings
from schemas.inputs import JsonObject
from schemas.weights import RegionLevels, Weights
from seed.loading import ReportProgress
from seed.synthetic.generator import Generator

DEPTH, SAMPLE, SINGLES, CHANGES = 10, 1_000, 400, 9
PAIRINGS_DRAWN = (("association", "authority"), ("project", "programme"))
PARTNERSHIPS = 0.05
"""Partnerships of associations with authorities, and of projects with programmes, for each profile."""


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What was measured, on generated profiles of all kinds."""

    profiles: int
    fit_s: float
    ms_per_list: float
    """One list of ten among many, with reasons."""
    track_record_ratio: float
    """Time with a track record ÷ without, under the same rules."""
    one_subject_p50_ms: float
    one_subject_p99_ms: float
    """One subject alone, warm."""
    preview_s: float
    """What a draft of other weights would change for a thousand subjects, compared with lists that are there already."""
    preview_of_levels_s: float
    """The same for a draft of other region levels, under which profiles are read again."""
    back_test_s: float
    """Whether a draft would have found what came to be in the latest partnerships."""
    one_changed_s: float
    """From a profile's change to its own new list; the median over some profiles."""
    hundredth_changed_s: float
    """From the change of a hundredth of all profiles to their own new lists."""
    kb_per_profile: float
    """What the process has grown by from before the fit to after all lists, for each profile."""


def measure(generator: Generator, profiles: int, today: date, report: ReportProgress) -> ModelFigures:
    """Measure everything in one run."""
    report("Generating profiles…")
    drawn = Random(1)  # noqa: S311 - to be reproducible, not secret
    records = list(islice(generator.records(profiles), profiles))
    pairs = drawn_partnerships(records, drawn, PAIRINGS_DRAWN, round(PARTNERSHIPS * len(records)))
    queries = drawn.sample(records, min(SAMPLE, profiles))
    before = peak_megabytes()
    report("Reading them…")
    model = PartnershipModel()
    fit = seconds(lambda: model.fit(records, pairs))
    alone = PartnershipModel().fit(records)
    report("Making lists…")

    def lists(of: PartnershipModel) -> float:
        return seconds(lambda: of.suggest(queries, DEPTH, on=today))

    lists(model), lists(alone)
    grown = peak_megabytes() - before
    # One after the other and again: whatever else the machine is doing meets both alike.
    times = [(lists(model), lists(alone)) for _ in range(3)]
    with_record, without = (float(np.median(column)) for column in zip(*times, strict=True))
    singles = [
        seconds(partial(model.suggest, [record], DEPTH, on=today)) for record in islice(records, SINGLES)
    ][SINGLES // 10 :]
    previews = _previews(Baseline(model, pairs), today)
    ones = [drawn.sample(records, 2) for _ in range(CHANGES)]
    one = float(np.median([_change(model, some[:1], some[1:], today) for some in ones]))
    many = drawn.sample(records, max(2, profiles // 100))
    hundredth = _change(model, many, [*many[1:], many[0]], today)
    return ModelFigures(
        profiles,
        fit,
        with_record / len(queries) * 1000,
        with_record / without,
        float(np.percentile(singles, 50)) * 1000,
        float(np.percentile(singles, 99)) * 1000,
        *previews,
        one,
        hundredth,
        # Two models share nothing, so each profile is counted twice.
        grown * 1024 / profiles / 2,
    )


def _change(
    model: PartnershipModel, changed: Sequence[JsonObject], said: Sequence[JsonObject], today: date
) -> float:
    """Seconds from a change of some profiles, to what others say, to their lists."""
    now = [there | {"key": record["key"]} for record, there in zip(changed, said, strict=True)]
    return seconds(lambda: model.update(now).suggest(now, DEPTH, on=today))


def _previews(baseline: Baseline, today: date) -> tuple[float, float, float]:
    """Seconds of two previews and a back-test, without what is computed beforehand."""
    rules = RulesetSettings.balanced()
    weights = Weights(region=2, sector=4, priority=1, text=2, track_record=1)
    levels = RegionLevels(country=0.2, subdivision=0.6, locality=1.0)
    by_weights = rules.model_copy(update={"weights": weights, "pairings": {}})
    by_levels = rules.model_copy(update={"region_levels": levels})
    baseline.warm_up(rules, SAMPLE, today)
    # What is compiled, and what the first draft finds out for all after it, is no matter of either.
    preview(baseline, by_weights, SAMPLE, today)
    return (
        seconds(lambda: preview(baseline, by_weights, SAMPLE, today)),
        seconds(lambda: preview(baseline, by_levels, SAMPLE, today)),
        seconds(lambda: run_backtest(baseline.backtest, by_weights, today)),
    )
