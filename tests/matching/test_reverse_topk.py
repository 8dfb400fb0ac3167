"""Whoever's list a change may show on is found."""

import pytest

from matching import PartnershipModel
from matching.features import profiles
from schemas.inputs import JsonObject
from tests.matching.records import KAOLACK, PADUA, association, authority, crowd

DEPTH = 4


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("paired", [0, 40])
def test_every_list_that_changes_was_reached(paired: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed priorities change scores and nothing else: not what is rare, nor whom earlier partners are like."""
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", few)
    people = crowd(200)
    pairs = [(people[number]["key"], people[-number]["key"]) for number in range(1, paired)]
    model = PartnershipModel().fit(people, pairs)
    before = model.suggest(people, DEPTH)
    floors = {
        subject["key"]: listed[-1].score
        for subject, listed in zip(people, before, strict=True)
        if len(listed) == DEPTH
    }
    others = {"rights": "communities", "communities": "capacities", "capacities": "rights"}
    changed = [
        {**record, "priorities": [others[name] for name in record["priorities"]] or ["rights"]}
        for record in people[40:46]
    ]
    keys = {record["key"] for record in changed}
    reached = model.update(changed).subjects_reached(keys, floors)
    after = model.suggest(people, DEPTH)
    seen = 0
    for subject, old, new in zip(people, before, after, strict=True):
        listed = {item.candidate for item in old}
        if subject["key"] not in keys and not listed & keys and old != new:
            seen += 1
            assert subject["key"] in reached
    assert seen
    assert len(reached) < 0.8 * len(people)


ONE_SIDED_LIST = {
    "friends": 0.99  # whoever is new needs so much to enter by score
}


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("territory", [PADUA, KAOLACK], ids=["there", "nowhere"])
def test_a_one_sided_list_has_room_whatever_the_score(
    territory: JsonObject, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "BRUTE_FORCE_LIMIT", few)
    towns = [authority(f"town-{number}", KAOLACK, "origin") for number in range(4)]
    model = PartnershipModel().fit([*towns, association()])
    model.update([authority("new", territory, "residence")])
    reached = model.subjects_reached({"new"}, ONE_SIDED_LIST, frozenset({"friends"}))
    assert ("friends" in reached) is (territory is PADUA)
    assert "friends" not in model.subjects_reached({"new"}, ONE_SIDED_LIST)
