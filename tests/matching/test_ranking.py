"""Lists are the same however few candidates are looked at closely first."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from matching import PartnershipModel, Suggestion
from matching.features import profiles
from matching.retrieval import ranking
from matching.rules.ruleset import RulesetSettings
from schemas.inputs import JsonObject
from tests.matching.records import RULES, crowd

HISTORY_ABOVE_ALL = {"region": 1, "sector": 1, "priority": 1, "text": 1, "track_record": 20}


@cache
def ranked_wholly(
    with_rules: bool, weights: tuple[tuple[str, int], ...] | None
) -> tuple[list[JsonObject], PartnershipModel, list[list[Suggestion]]]:
    """A crowd, the model of it, and everybody's list, for which all candidates are scored."""
    people = crowd(300)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 40)]
    ruleset = RulesetSettings.balanced().model_dump() | (RULES if with_rules else {})
    if weights:
        ruleset |= {"weights": dict(weights), "pairings": {}}
    fitted = PartnershipModel(ruleset).fit(people, track_record=pairs)
    return people, fitted, fitted.suggest(people, 12)


@pytest.mark.parametrize("margin", [0, 3, 1000])
@pytest.mark.parametrize("rules", [{}, RULES])
@pytest.mark.parametrize("weights", [None, HISTORY_ABOVE_ALL, {**HISTORY_ABOVE_ALL, "track_record": 0}])
def test_the_margin_changes_no_list(
    weights: dict[str, int] | None, rules: dict[str, Any], margin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conditions that exclude more candidates than were looked at make it look deeper."""
    people, fitted, whole = ranked_wholly(bool(rules), tuple(weights.items()) if weights else None)
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", 0)
    monkeypatch.setattr(ranking, "OVERFETCH", margin)
    quick = fitted.suggest(people, 12)
    assert [[item.candidate for item in one] for one in quick] == [
        [item.candidate for item in one] for one in whole
    ]
    for one, other in zip(quick, whole, strict=True):
        assert [item.score for item in one] == pytest.approx([item.score for item in other], abs=1e-12)
    assert sum(len(one) == 12 for one in whole) > 200
    preferred = {
        item.parts[-1].because for one in whole for item in one if item.parts[-1].name == "preferences"
    }
    assert ({("new", "rights"), ("new",)} <= preferred) if rules else not preferred
    for person, listed in list(zip(people, quick, strict=True))[::15]:
        scored = fitted.score_pairs(person, [item.candidate for item in listed])
        assert [item.score for item in scored] == pytest.approx([item.score for item in listed], abs=1e-12)
        assert [item.parts[-1].because for item in scored] == [item.parts[-1].because for item in listed]


def test_nobody_is_left_for_a_programme_that_has_closed() -> None:
    people = crowd(60)
    closed = {"kind": "programme", "key": "closed", "name": "Closed", "closes": "2020-01-01"}
    fitted = PartnershipModel().fit([*people, closed])
    assert fitted.suggest([closed], on=date(2026, 11, 25)) == [[]]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"region_levels": {"country": 0.9, "subdivision": 0.1, "locality": 1.0}},
        {"sector_levels": {"category": 0.1, "purpose": 1.0}},
        {"affinities": {"remittances": {"rights": 0.9}}},
        RULES,
    ],
)
def test_another_ruleset_over_a_model_in_use_is_a_new_fit_under_it(changes: dict[str, Any]) -> None:
    """What it does not change is shared between the two; what either learns later is its own."""
    people = crowd(120)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 30)]
    weights = {"region": 1, "sector": 3, "priority": 2, "text": 1, "track_record": 2}
    ruleset = RulesetSettings.balanced().model_dump() | {"weights": weights, "pairings": {}} | changes
    used = PartnershipModel().fit(people, pairs)
    before = used.suggest(people, 5)
    elsewhere = {"kind": "authority", "key": "elsewhere", "name": "Elsewhere", "territory": "IS-1"}
    used.suggest([elsewhere], 5)
    other = used.with_ruleset(ruleset)
    fresh = PartnershipModel(ruleset).fit(people, pairs).suggest(people, 5)
    assert other.suggest(people, 5) == fresh != before
    assert used.suggest(people, 5) == before
    used.set_track_record([]).update([{**people[0], "name": "Another"}])
    used.suggest(people, 5)
    assert other.suggest(people, 5) == fresh


def test_nearest_neighbours_do_not_depend_on_the_rules() -> None:
    """What the track record says of a pair is the same whatever agreement on a level is worth, also after changes."""
    people = crowd(40)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, 17)]
    under_default_settings = PartnershipModel().fit(people, pairs)
    levels = {
        "region_levels": {"country": 0.9, "subdivision": 0.1, "locality": 0.5},
        "sector_levels": {"category": 0.2},
    }
    other = PartnershipModel(RulesetSettings.balanced().model_dump() | levels).fit(people, pairs)

    def history(model: PartnershipModel) -> list[float]:
        scored = [
            item for subject in people for item in model.score_pairs(subject, [one["key"] for one in people])
        ]
        return [part.similarity for item in scored for part in item.parts if part.name == "track_record"]

    before = history(under_default_settings)
    assert any(before)
    assert history(other) == before == history(under_default_settings.with_ruleset(other.settings_))
    changed = [{**people[3], "name": "Another"}, {**people[30], "description": "Water and wells"}]
    assert history(other.update(changed)) == history(under_default_settings.update(changed)) != before
    assert history(other.with_ruleset(under_default_settings.settings_)) == history(under_default_settings)
