"""Learning of weights and calibration from what came of suggestions; proposed to stewards, never set by itself.

There are two sources: decisions of organisations about suggestions, and partnerships. For the latter a model without the
latest partnerships ranks candidates, and the best of them are compared with what followed.

The likelihood of a pair is taken as logistic in the weighted sum of its parts. Weights are never negative (more in
common never counts against a pair) and stay near the steward's until enough speaks for others. All figures are of
subjects that were left out while the weights were learnt (five folds).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from matching.experiments.backtest import Backtest
from matching.sparse.matrices import Floats
from matching.suggestion import Suggestion
from matching.track_record.calibration import BAND_EDGES
from matching.track_record.partnerships import PartnershipPair
from schemas.weights import PARTS, Calibration, Weights

if TYPE_CHECKING:
    from matching.model import PartnershipModel

PROPOSALS_PER_SUBJECT = 30
"""Proposals to each subject that are compared with what followed."""
LEAST_CHOSEN = 20
"""Pairs that must have come together before anything is learnt."""
PRIOR_STRENGTH = 4.0
"""The strength of the prior, the steward's weights: about that of a hundred partnerships."""
INTERCEPT_PRIOR = 1e-3
"""A weak prior that keeps intercepts finite."""
FOLDS = 5
Truth = NDArray[np.bool_]
Decided = tuple[str, str, bool]
"""A decision: the keys of subject and candidate, and whether the subject was interested."""


class Example(NamedTuple):
    """One pair: its subject (key), its parts (each 0 to 1, in the order of ``PARTS``), and whether it came together.

    ``decided`` marks decisions, apart from what followed by itself: an organisation that is asked says yes much more often.
    """

    subject: str
    parts: tuple[float, ...]
    together: bool
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs of about the same likelihood.

    Attributes
    ----------
    least, most : float
        The likelihoods between which they lie.
    pairs : int
        How many there are.
    expected, observed : float
        Their mean likelihood, and the share that came true.
    """

    least: float
    most: float
    pairs: int
    expected: float
    observed: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt for one pairing.

    Attributes
    ----------
    pairing : str
        The kinds of subject and candidate: ``association:programme``.
    pairs, decided, together : int
        How many pairs were looked at, how many of them were decided on, and how many led to a partnership or to interest.
    present, proposed : Weights
        The weights in force and those that would have predicted better.
    calibration_present, calibration_proposed : Calibration
        What a score means under each of the two.
    surprise_present, surprise_proposed : float
        The mean log loss of a pair in nats, cross-validated by subject.
    bands : tuple of Band
        Likelihoods under the proposed weights, and what came true.
    """

    pairing: str
    pairs: int
    decided: int
    together: int
    present: Weights
    proposed: Weights
    calibration_present: Calibration
    calibration_proposed: Calibration
    surprise_present: float
    surprise_proposed: float
    bands: tuple[Band, ...]

    @property
    def error(self) -> float:
        """How far expected and observed shares lie apart: the expected calibration error (Naeini 2015), 0 to 1."""
        total = sum(band.pairs for band in self.bands)
        return sum(band.pairs * abs(band.expected - band.observed) for band in self.bands) / max(total, 1)


def lessons(
    model: "PartnershipModel", pairs: Sequence[PartnershipPair], decisions: Iterable[Decided] = ()
) -> list[Lesson]:
    """What partnerships and decisions teach about the weights of each pairing that has enough of them.

    Parameters
    ----------
    model
        A fitted model; it stays as it is.
    pairs
        Partnerships: two keys, and a year where one is known.
    decisions
        By whom on whom something was decided (keys), and whether they were interested.

    Returns
    -------
    list of Lesson
        By pairing, in alphabetical order.
    """
    examples: dict[str, list[Example]] = defaultdict(list)
    for pairing, example in (*_foreseen(model, pairs), *_decided(model, decisions)):
        examples[pairing].append(example)
    return [
        learn(pairing, found, model.settings_.weights_for(*pairing.split(":")))
        for pairing, found in sorted(examples.items())
        if LEAST_CHOSEN <= sum(example.together for example in found) < len(found)
    ]


def _decided(model: "PartnershipModel", decisions: Iterable[Decided]) -> Iterator[tuple[str, Example]]:
    for subject, candidate, interested in decisions:
        known = model.state_.profiles.get(subject)
        if known is None:
            continue
        for scored in model.score_pairs(known.record, [candidate]):
            example = Example(subject, _parts(scored), interested, decided=True)
            yield f"{known.traits.kind}:{scored.kind}", example


def _foreseen(model: "PartnershipModel", pairs: Sequence[PartnershipPair]) -> Iterator[tuple[str, Example]]:
    """What the model would have proposed to the subjects of the latest pairs, had it known only those before."""
    backtest = Backtest.on_track_record(model, pairs)
    for subject, found in backtest.lists(backtest.past_model, PROPOSALS_PER_SUBJECT):
        key = str(subject["key"])
        before, followed = set(backtest.past_model.partners_of(key)), backtest.relevant[key]
        for item in found:
            if item.candidate not in before:
                yield f"{subject['kind']}:{item.kind}", Example(key, _parts(item), item.candidate in followed)


def _parts(item: Suggestion) -> tuple[float, ...]:
    return tuple(part.similarity for part in item.parts if part.name in PARTS)


def learn(pairing: str, examples: Sequence[Example], present: Weights) -> Lesson:
    """The weights for a pairing that explain best which pairs came together, and how well they do."""
    seen = _ExampleArrays.of(examples)
    held = np.array([present.share(name) for name in PARTS])
    fold = np.array([crc32(example.subject.encode()) % FOLDS for example in examples])
    unseen = _cross_validated(seen, fold, held)
    score = seen._replace(parts=(seen.parts @ held)[:, None])
    line, as_it_is = _LogisticModel.fit(seen, held), _LogisticModel.fit(score, np.ones(1))
    counts = ~seen.decided if not seen.decided.all() else seen.decided
    return Lesson(
        pairing,
        len(examples),
        int(seen.decided.sum()),
        int(seen.together.sum()),
        present,
        Weights(**dict(zip(PARTS, map(float, line.shares(held)), strict=True))),
        as_it_is.calibration(seen),
        line.calibration(seen),
        _log_loss(_cross_validated(score, fold, np.ones(1)), seen.together),
        _log_loss(unseen, seen.together),
        tuple(bands(unseen[counts], seen.together[counts])),
    )


class _ExampleArrays(NamedTuple):
    """Examples as arrays."""

    parts: Floats
    together: Truth
    decided: Truth

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "_ExampleArrays":
        return cls(
            np.array([example.parts for example in examples]),
            np.array([example.together for example in examples]),
            np.array([example.decided for example in examples]),
        )

    def some(self, which: Truth) -> "_ExampleArrays":
        return _ExampleArrays(self.parts[which], self.together[which], self.decided[which])


def _cross_validated(seen: _ExampleArrays, fold: NDArray[np.int64], held: Floats) -> Floats:
    """The likelihood of each pair by what the subjects of the other folds teach."""
    likely = np.zeros(fold.size)
    for number in np.unique(fold):
        out = fold == number
        if not out.all():
            likely[out] = _LogisticModel.fit(seen.some(~out), held).likelihood(seen.some(out))
    return likely


class _LogisticModel(NamedTuple):
    """The log odds of a pair: linear in its parts, rising in each; ``intercepts`` of what followed and what was decided."""

    intercepts: Floats
    slopes: Floats

    @classmethod
    def fit(cls, seen: _ExampleArrays, held: Floats) -> "_LogisticModel":
        signs = np.where(seen.together, 1.0, -1.0)
        source = np.stack([~seen.decided, seen.decided], axis=1).astype(float)

        def cost(values: Floats) -> tuple[float, Floats]:
            intercepts, steepness, slopes = values[:2], values[2], values[3:]
            odds = source @ intercepts + seen.parts @ slopes
            away = slopes - steepness * held
            pull = -signs * expit(-signs * odds)
            gradient = np.concatenate(
                [
                    source.T @ pull + INTERCEPT_PRIOR * intercepts,
                    [-PRIOR_STRENGTH * away @ held],
                    seen.parts.T @ pull + PRIOR_STRENGTH * away,
                ]
            )
            penalty = PRIOR_STRENGTH * away @ away + INTERCEPT_PRIOR * intercepts @ intercepts
            return float(np.logaddexp(0, -signs * odds).sum() + penalty / 2), gradient

        start = np.concatenate([[0.0, 0.0, 1.0], held])
        bounds = [(None, None), (None, None), *([(0, None)] * (1 + held.size))]
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds).x
        return cls(found[:2], found[3:])

    def likelihood(self, seen: _ExampleArrays) -> Floats:
        intercepts = self.intercepts[seen.decided.astype(int)]
        likely: Floats = expit(intercepts + seen.parts @ self.slopes)
        return likely

    def calibration(self, seen: _ExampleArrays) -> Calibration:
        """What a score means; said of proposals that followed unasked, where there are any."""
        intercept = self.intercepts[int(seen.decided.all())]
        return Calibration(intercept=float(intercept), slope=float(self.slopes.sum()))

    def shares(self, otherwise: Floats) -> Floats:
        """The slopes as weights that add up to 1; ``otherwise`` where all of them are 0."""
        total = self.slopes.sum()
        shares: Floats = self.slopes / total if total > 0 else otherwise
        return shares


def _log_loss(likely: Floats, together: Truth) -> float:
    chances = np.clip(np.where(together, likely, 1 - likely), 1e-9, 1)
    return float(-np.log(chances).mean())


def bands(likely: Floats, together: Truth) -> Iterator[Band]:
    """What was expected of pairs and what came of them, by likelihood.

    Parameters
    ----------
    likely
        The likelihood of each pair, between 0 and 1 (pairs).
    together
        Whether it came together (pairs).
    """
    for least, most in pairwise(BAND_EDGES):
        among = (likely >= least) & ((likely < most) | (most == 1))
        if among.any():
            expected, observed = likely[among].mean(), together[among].mean()
            yield Band(least, most, int(among.sum()), float(expected), float(observed))
