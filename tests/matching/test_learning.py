"""Weights learnt from what came of proposals: near the steward's, never negative, honest about what they are worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.experiments.learning import LEAST_CHOSEN, Example, Lesson, learn, lessons
from matching.rules.ruleset import RulesetSettings
from matching.track_record.calibration import BAND_EDGES, likelihood_band
from schemas.weights import PARTS, Calibration, Weights
from tests.matching.records import association, programme
from tests.sizes import examples

PRESENT = RulesetSettings.balanced().weights


def made(
    count: int, truth: dict[str, float], *, intercept: float = -4.0, decided: bool = False
) -> list[Example]:
    """Pairs that come together by these log odds."""
    drawn = np.random.default_rng(7)
    parts = drawn.uniform(size=(count, len(PARTS)))
    odds = intercept + parts @ np.array([truth.get(name, 0.0) for name in PARTS])
    together = drawn.uniform(size=count) < 1 / (1 + np.exp(-odds))
    return [
        Example(f"s{number // 10}", tuple(row), bool(came), decided)
        for number, (row, came) in enumerate(zip(parts.tolist(), together, strict=True))
    ]


def test_what_decides_gets_the_weight_and_what_speaks_against_none() -> None:
    lesson = learn(
        "association:programme", made(8_000, {"sector": 6.0, "region": 2.0, "text": -3.0}), PRESENT
    )
    shares = {name: lesson.proposed.share(name) for name in PARTS}
    assert max(shares, key=lambda name: shares[name]) == "sector"
    assert shares["text"] < 0.03
    assert sum(shares.values()) == pytest.approx(1)
    assert lesson.surprise_proposed < lesson.surprise_present
    assert lesson.error < 0.02


def test_few_pairs_change_little() -> None:
    few, many = (
        learn("association:programme", made(count, {"sector": 6.0}), PRESENT) for count in (40, 9_000)
    )

    def away(lesson: Lesson) -> float:
        return sum(abs(lesson.proposed.share(name) - PRESENT.share(name)) for name in PARTS)

    assert away(few) < away(many) / 1.5


def test_those_who_are_asked_say_yes_more_often_and_that_changes_no_likelihood() -> None:
    followed = made(6_000, {"sector": 5.0})
    asked = made(2_000, {"sector": 5.0}, intercept=0.0, decided=True)
    alone, both = (learn("association:programme", seen, PRESENT) for seen in (followed, followed + asked))
    assert both.calibration_proposed.intercept == pytest.approx(alone.calibration_proposed.intercept, abs=0.4)
    only_asked = learn("association:programme", asked, PRESENT)
    assert only_asked.calibration_proposed.intercept > alone.calibration_proposed.intercept + 2


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.tuples(*[st.floats(0, 1)] * len(PARTS)), st.booleans(), st.booleans()
        ),
        min_size=2,
        max_size=40,
    )
)
def test_whatever_came_weights_are_shares_and_a_score_never_speaks_against_a_pair(
    seen: list[tuple[int, tuple[float, ...], bool, bool]],
) -> None:
    lesson = learn(
        "a:b", [Example(f"s{who}", parts, came, asked) for who, parts, came, asked in seen], PRESENT
    )
    assert sum(lesson.proposed.share(name) for name in PARTS) == pytest.approx(1)
    for meaning in (lesson.calibration_present, lesson.calibration_proposed):
        assert meaning.slope >= 0
        assert np.isfinite(meaning.intercept)
    assert 0 <= lesson.error <= 1


def test_the_model_looks_back_and_stays_as_it_is() -> None:
    programmes = [
        programme(f"p{number}", sectors=["11120" if number % 2 else "12220"]) for number in range(12)
    ]
    people = [
        association(f"a{number}", sectors=["11120" if number % 2 else "12220"]) for number in range(150)
    ]
    pairs = [
        (f"a{number}", f"p{(7 * number) % 6 * 2 + number % 2}", f"{2000 + number // 10}")
        for number in range(150)
    ]
    model = PartnershipModel().fit([*programmes, *people], pairs)
    before = model.suggest(people[:3])
    [lesson] = lessons(model, pairs)
    assert lesson.pairing == "association:programme"
    assert lesson.together >= LEAST_CHOSEN
    assert lesson.present == model.settings_.weights_for("association", "programme")
    assert model.suggest(people[:3]) == before
    assert lessons(model, pairs[:30]) == []
    assert lessons(model, [pair[:2] for pair in pairs]) == []


def test_a_likelihood_is_a_band_that_rises_with_the_score() -> None:
    meaning = Calibration(intercept=-8.0, slope=20.0)
    bands = [likelihood_band(score / 100, meaning) for score in range(101)]
    assert bands == sorted(bands)
    assert (bands[0].least, bands[-1].most) == (BAND_EDGES[0], BAND_EDGES[-1])
    assert likelihood_band(0.5, Calibration(intercept=1000.0, slope=10_000.0)).most == 1
    assert likelihood_band(0.5, Calibration(intercept=-1000.0, slope=0.0)).least == 0


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Weights(**dict.fromkeys(PARTS, 0.0))
