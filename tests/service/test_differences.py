"""What differs between two versions of the rules, in plain sentences."""

from typing import Any

import pytest

from matching.rules.ruleset import RulesetSettings
from schemas.language import Language
from schemas.wording import render
from service.http.merge_patch import merge_patch
from service.rules.differences import differences
from tests.service.client import Installation
from tests.service.test_conditions import condition
from tests.service.test_rulesets import draft

MEMBERS = condition({"type": "members_at_least", "least": 20}, "members")
CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"region_levels": {"country": 0.5}}, "/region_levels/country", "Value of a match at the level “country”: 0.35 before, 0.5 now."),
    ({"affinities": {"capacities": {"rights": 0.7}}}, "/affinities/capacities/rights", "0.3 before, 0.7 now."),
    ({"preference_limit": 0.2}, "/preference_limit", "Largest share of a score that preferences decide: 10% before, 20% now."),
    ({"min_score": 0.25}, "/min_score", "Points out of 100 that a suggestion needs: 3 before, 25 now."),
    ({"capacity": {"authority": 5}}, "/capacity/authority", "Introductions at a time where a profile does not say (local authority): any number before, 5 now."),
    ({"exposure": {"newcomers": 0.5}}, "/exposure/newcomers", "Share of their chances left to newcomers: 100% before, 50% now."),
    ({"bounds": {"sector": {"least": 0.2}}}, "/bounds/sector", "Bounds of the weight “Sector” when weights are learnt: none before, 20% to 100% now."),
    ({"conditions": [MEMBERS]}, "/conditions/members", "New condition between associations and funding programmes: Members of the association, at least: 20."),
    ({"preferences": [{**MEMBERS, "points": 0.05}]}, "/preferences/members", "New preference between associations and funding programmes, worth 5%: Members of the association, at least: 20."),
    ({"calibration": {"association:programme": {"intercept": 0, "slope": 1}}}, "/calibration/association:programme", "What scores have led to is now known between associations and funding programmes."),
]  # fmt: skip


def test_a_draft_differs_from_what_it_was_made_from(installation: Installation) -> None:
    steward = installation.client("steward")
    active = steward.get("/rulesets/active").json()
    made = draft(steward)
    path = f"/rulesets/{made['id']}"
    assert steward.get(f"{path}/diff").json() == {"ruleset": made["id"], "against": active["id"], "items": []}
    steward.patch(path, json={"weights": {"region": 0.3, "sector": 0.3}})
    shown = steward.get(f"{path}/diff").json()["items"]
    assert [(item["pointer"], item["detail"]) for item in shown] == [
        ("/weights/region", "Weight of “Territory”: 40% before, 30% now."),
        ("/weights/sector", "Weight of “Sector”: 20% before, 30% now."),
    ]
    other_way = steward.get(f"/rulesets/{active['id']}/diff?against={made['id']}&language=fr").json()["items"]
    assert other_way[0]["detail"] == "Poids «_Territoire_»_: 30_% avant, 40_% maintenant.".replace(
        "_", "\N{NO-BREAK SPACE}"
    )
    public = installation.client()
    assert public.get(f"{path}/diff").status_code == 404
    assert public.get(f"/rulesets/{active['id']}/diff?against={made['id']}").status_code == 404
    assert public.get(f"/rulesets/{active['id']}/diff").json()["items"] == []


@pytest.mark.parametrize(("change", "pointer", "said"), CHANGES)
def test_each_difference_is_said_in_four_languages_either_way(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    plain = RulesetSettings.balanced()
    other = RulesetSettings.model_validate(merge_patch(plain.model_dump(mode="json"), change))
    [found] = differences(plain, other)
    assert found.pointer == pointer
    assert render(Language.EN, found.said).endswith(said)
    [back] = differences(other, plain)
    assert (back.before, back.after) == (found.after, found.before)
    assert back.said != found.said
    for difference in (found, back):
        assert len({render(language, difference.said) for language in Language}) == 4


def test_a_condition_that_is_another_is_said_with_what_it_was() -> None:
    plain = RulesetSettings.balanced().model_dump(mode="json")
    versions = [
        RulesetSettings.model_validate(
            plain | {"conditions": [condition({"type": "members_at_least", "least": least}, "members")]}
        )
        for least in (20, 30)
    ]
    [found] = differences(*versions)
    assert render(Language.EN, found.said) == (
        "Changed condition between associations and funding programmes: Members of the association, at least: 30. "
        "Before: Members of the association, at least: 20."
    )


def test_weights_of_a_pairing_are_said_by_its_name() -> None:
    plain = RulesetSettings.balanced()
    document = plain.model_dump(mode="json")
    document["pairings"]["association:programme"] = {**document["weights"], "sector": 0.6}
    [first, *_] = differences(plain, RulesetSettings.model_validate(document))
    assert first.pointer == "/pairings/association:programme/region"
    assert "between associations and funding programmes" in render(Language.EN, first.said)
