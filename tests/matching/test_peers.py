"""Associations are proposed to each other where the ruleset gives the weights of that pairing."""

from itertools import product

import pytest

from matching import PartnershipModel, RulesetSettings
from matching.features import profiles
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from tests.matching.conditions import ITALY
from tests.matching.records import (
    DIOURBEL,
    KAOLACK,
    MAHDIA,
    PADUA,
    SICILY,
    VENETO,
    association,
    authority,
    crowd,
)

EQUAL = dict.fromkeys(("region", "sector", "priority", "text", "track_record"), 20)
DONE_IT: JsonObject = {
    "key": "done",
    "between": ["association:association"],
    "points": 0.1,
    "condition": {"type": "experienced"},
}
SENEGAL: JsonObject = {"country": "SN", "code": "SN", "path": ["SN"]}


def rules(**more: object) -> RulesetSettings:
    """The balanced rules, with associations proposed to each other."""
    balanced = RulesetSettings.balanced().model_dump()
    pairings = balanced["pairings"] | {"association:association": EQUAL}
    return RulesetSettings.model_validate(balanced | {"pairings": pairings} | more)


def test_it_is_off_unless_the_rules_say_so() -> None:
    others = [association("peer"), authority("kaolack", KAOLACK, "origin")]
    balanced, on = (PartnershipModel(ruleset).fit(others) for ruleset in (None, rules()))
    assert balanced.rank([association()]) == [["kaolack"]]
    assert set(on.rank([association()])[0]) == {"kaolack", "peer"}
    assert on.rank([association()], kinds=["association"]) == [["peer"]]


@pytest.mark.parametrize(
    ("origin", "residence", "shared"),
    [
        (KAOLACK, PADUA, True),
        (KAOLACK, SICILY, True),
        (SENEGAL, VENETO, True),
        (KAOLACK, ITALY, True),
        (DIOURBEL, PADUA, False),
        (MAHDIA, PADUA, False),
        (KAOLACK, {"country": "FR", "code": "FR", "path": ["FR"]}, False),
    ],
)
def test_peers_are_of_one_corridor(origin: JsonObject, residence: JsonObject, shared: bool) -> None:
    model = PartnershipModel(rules()).fit([association("peer", origin=[origin], residence=[residence])])
    assert bool(model.suggest([association()])[0]) is shared


@pytest.mark.parametrize(
    ("mine", "theirs", "shared"),
    [
        ({"residence": [PADUA]}, {"residence": [VENETO]}, True),
        ({"residence": [PADUA]}, {"origin": [KAOLACK], "residence": [VENETO]}, True),
        ({"origin": [KAOLACK]}, {"origin": [KAOLACK], "residence": [SICILY]}, True),
        ({"residence": [PADUA]}, {"residence": [SICILY]}, False),
        ({"residence": [PADUA]}, {"residence": [ITALY]}, False),
        ({"residence": [PADUA]}, {"origin": [KAOLACK]}, False),
    ],
)
def test_where_one_names_a_single_side_they_share_a_region_there(
    mine: JsonObject, theirs: JsonObject, shared: bool
) -> None:
    nowhere: JsonObject = {"origin": [], "residence": []}
    one, other = association("one", **(nowhere | mine)), association("other", **(nowhere | theirs))
    model = PartnershipModel(rules()).fit([one, other])
    assert model.rank([one, other], kinds=["association"]) == ([["other"], ["one"]] if shared else [[], []])
    [territory] = [check for check in model.conditions(one, other) if check.rule == "territory"]
    assert territory.met is (None if shared else False)


def test_masks_and_conditions_agree_both_ways() -> None:
    unknown = {"country": "SN", "place": "Ndiaffate"}
    places = (KAOLACK, DIOURBEL, SENEGAL, unknown, PADUA, ITALY, MAHDIA)
    sides = [(), *((place,) for place in places), (KAOLACK, MAHDIA)]
    people = [
        association(f"{number}", origin=list(origin), residence=list(residence))
        for number, (origin, residence) in enumerate(product(sides, sides))
    ]
    model = PartnershipModel(rules(min_score=0)).fit(people)
    listed = model.rank(people, len(people), kinds=["association"])
    eligible = {
        (one["key"], other["key"])
        for one, other in product(people, people)
        if one is not other and all(check.met is not False for check in model.conditions(one, other))
    }
    ranked = {(subject["key"], key) for subject, keys in zip(people, listed, strict=True) for key in keys}
    assert ranked <= eligible
    assert eligible == {(other, one) for one, other in eligible}
    # What is eligible shares a territory at least, and so has a score.
    assert ranked == eligible


def test_whoever_has_done_it_comes_first() -> None:
    known = [association(f"peer-{number}") for number in range(6)]
    town = authority("kaolack", KAOLACK, "origin")
    model = PartnershipModel(rules(preferences=[DONE_IT])).fit([*known, town], [("peer-3", "kaolack")])
    [listed] = model.suggest([association()], kinds=["association"])
    assert listed[0].candidate == "peer-3"
    assert listed[0].parts[-1].because == ("done",)
    assert [item.parts[-1].points for item in listed[1:]] == [0] * 5


@pytest.mark.parametrize("few", [0, 1_000])
def test_few_and_many_are_ranked_alike(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [record for record in crowd(300) if record["kind"] == Kind.ASSOCIATION]
    expected = PartnershipModel(rules()).fit(people).rank(people, 5, kinds=["association"])
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", few)
    assert PartnershipModel(rules()).fit(people).rank(people, 5, kinds=["association"]) == expected
    assert any(expected)
    for person, listed in zip(people, expected, strict=True):
        assert person["key"] not in listed
