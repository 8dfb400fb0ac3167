"""Nobody stands behind others who fit no better, and nobody is proposed to more than it can answer."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.experiments.evaluation import exposure, gini
from matching.rules.ruleset import RulesetSettings
from schemas.inputs import JsonObject
from tests.sizes import examples


def town(key: str, **said: Any) -> JsonObject:
    return {
        "kind": "authority",
        "key": key,
        "name": "Comune",
        "territory": {"country": "IT", "code": "IT-PD", "path": ["IT", "IT-34", "IT-PD"]},
        **said,
    }


def association(key: str) -> JsonObject:
    home = {"country": "IT", "code": "IT-PD", "path": ["IT", "IT-34", "IT-PD"]}
    return {"kind": "association", "key": key, "name": "Associazione", "residence": [home]}


ASKING = [association(f"a{number}") for number in range(600)]


def test_those_who_fit_equally_well_are_shown_equally_much() -> None:
    towns = [town(f"t{number:03}", **({"population": 900} if number % 3 else {})) for number in range(60)]
    lists = PartnershipModel().fit(towns).suggest(ASKING, 10)
    shown = exposure([[item.candidate for item in found] for found in lists])
    mean = sum(shown.values()) / len(towns)
    small, others = (
        [shown[item["key"]] for item in towns if ("population" in item) is is_small]
        for is_small in (True, False)
    )
    assert 0.8 < (sum(small) / len(small)) / (sum(others) / len(others)) < 1.25
    assert min(shown[item["key"]] for item in towns) > 0.6 * mean
    assert gini([shown[item["key"]] for item in towns]) < 0.12


def test_equal_candidates_keep_their_places_whoever_else_is_there() -> None:
    towns = [town(f"t{number}") for number in range(30)]
    before = PartnershipModel().fit(towns).suggest(ASKING[:20], 30)
    after = PartnershipModel().fit(towns[::2]).suggest(ASKING[:20], 30)
    kept = {item["key"] for item in towns[::2]}
    for one, other in zip(before, after, strict=True):
        assert [item.candidate for item in one if item.candidate in kept] == [
            item.candidate for item in other
        ]


WAITING = {"t": {"a1": "a1", "a2": "a2"}}


def test_a_full_town_hall_is_shown_to_those_only_who_have_asked() -> None:
    model = (
        PartnershipModel()
        .fit([town("t", max_open_introductions=2), town("u")])
        .set_open_introductions(WAITING)
    )
    asked = {
        item["key"]: [one.candidate for one in found]
        for item, found in zip(ASKING, model.suggest(ASKING[:5]), strict=False)
    }
    assert {key for key, found in asked.items() if "t" in found} == {"a1", "a2"}
    assert all("u" in found for found in asked.values())
    model.update([town("t", max_open_introductions=3)])
    assert "t" in [item.candidate for item in model.suggest(ASKING[:1])[0]]
    model.update([town("t", max_open_introductions=0)])
    assert "t" not in [item.candidate for item in model.suggest(ASKING[:1])[0]]


def seen_by(model: PartnershipModel, candidate: str) -> set[str]:
    """Those of the first five to whom a candidate is proposed."""
    lists = zip(ASKING[:5], model.rank(ASKING[:5]), strict=True)
    return {item["key"] for item, found in lists if candidate in found}


def test_the_rules_may_say_how_many_a_kind_gets_to_know_where_it_does_not_say_so_itself() -> None:
    towns = [town("t"), town("u", max_open_introductions=3)]
    free = PartnershipModel().fit(towns).set_open_introductions(WAITING | {"u": {"a1": "a1", "a2": "a2"}})
    everybody = seen_by(free, "t")
    assert len(everybody) == 5
    limited = free.with_ruleset(balanced(capacity={"authority": 2}))
    assert seen_by(limited, "t") == {"a1", "a2"}
    assert seen_by(limited, "u") == everybody
    assert seen_by(free, "t") == everybody
    assert seen_by(limited.with_ruleset(balanced(capacity={"authority": 3})), "t") == everybody
    assert seen_by(limited.with_ruleset(balanced(capacity={"association": 1})), "t") == everybody
    assert seen_by(limited.set_open_introductions({"t": {"a3": "a3"}}), "t") == everybody


def balanced(**said: Any) -> RulesetSettings:
    return RulesetSettings.model_validate(RulesetSettings.balanced().model_dump() | said)


def test_the_rules_say_how_much_of_their_chance_is_left_to_newcomers() -> None:
    """Half the towns have been chosen before, each once; the less is left to the others, the less they are seen."""
    towns = [town(f"t{number}") for number in range(20)]
    pairs = [(item["key"], f"t{number}") for number, item in enumerate(ASKING[:10])]
    model = PartnershipModel().fit([*ASKING, *towns], pairs)

    def history(of: PartnershipModel, candidate: str) -> float:
        (found,) = of.score_pairs(ASKING[20], [candidate])
        return next(part.similarity for part in found.parts if part.name == "track_record")

    none, half = (model.with_ruleset(balanced(exposure={"newcomers": part})) for part in (0.0, 0.5))
    assert history(none, "t15") == 0 < history(half, "t15") < history(model, "t15")
    assert history(none, "t5") > history(half, "t5") > history(model, "t5")
    whole = model.with_ruleset(balanced(exposure={"newcomers": 1.0}))
    assert whole.suggest(ASKING[10:20]) == model.suggest(ASKING[10:20])
    fresh = PartnershipModel(balanced(exposure={"newcomers": 0.5})).fit([*ASKING, *towns], pairs)
    assert fresh.suggest(ASKING[10:20]) == half.suggest(ASKING[10:20])


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 1, 1], 0.0), ([0, 0, 3], 2 / 3), ([], 0.0), ([0, 0], 0.0)]
)
def test_gini_of_known_distributions(values: list[float], expected: float) -> None:
    assert gini(values) == pytest.approx(expected)


@settings(max_examples=examples(50))
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0.01, 100))
def test_gini_lies_between_0_and_1_and_knows_no_scale(values: list[float], scale: float) -> None:
    found = gini(values)
    assert -1e-9 <= found < 1
    assert gini([value * scale for value in values]) == pytest.approx(found, abs=1e-6)


def test_exposure_falls_with_the_place() -> None:
    shown = exposure([["a", "b"], ["a"]])
    assert isinstance(shown, Counter)
    assert shown["a"] == 2
    assert 0.6 < shown["b"] < 0.7
