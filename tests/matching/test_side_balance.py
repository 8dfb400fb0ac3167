"""A list has authorities of both sides, and one line for all who govern the same."""

import pytest

from matching import PartnershipModel
from schemas.inputs import JsonObject

CLUB: JsonObject = {
    "kind": "association",
    "key": "club",
    "origin": [{"country": "MA", "code": "MA-NAD", "path": ["MA", "MA-01", "MA-NAD"]}],
    "residence": [{"country": "ES", "code": "ES-H", "path": ["ES", "ES-AN", "ES-H"]}],
    "sectors": ["14030"],
}


def authority(key: str, path: list[str], role: str, **more: object) -> JsonObject:
    territory = {"country": path[0], "code": path[-1], "path": path}
    return {"kind": "authority", "key": key, "territory": territory, "role": role, **more}


AT_HOME = [
    authority(f"nador-{number}", ["MA", "MA-01", "MA-NAD"], "origin", sectors=["14030"])
    for number in range(6)
]
ABROAD = [authority(f"huelva-{number}", ["ES", "ES-AN"], "residence") for number in range(2)]


def test_the_weaker_side_has_half_of_the_places() -> None:
    listed = PartnershipModel().fit([*AT_HOME, *ABROAD]).suggest([CLUB], 4)[0]
    assert sorted(item.side or "" for item in listed) == ["origin", "origin", "residence", "residence"]
    assert [item.score for item in listed] == sorted((item.score for item in listed), reverse=True)


def test_among_many_one_side_has_all_places_where_the_other_has_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.features.profiles.BRUTE_FORCE_LIMIT", 0)
    monkeypatch.setattr("matching.retrieval.threshold.BRUTE_FORCE_ELIGIBLE", 0)
    elsewhere = [authority(f"kayes-{number}", ["ML", "ML-1"], "residence") for number in range(40)]
    listed = PartnershipModel().fit([*AT_HOME, *elsewhere]).suggest([CLUB], 4)[0]
    assert [item.side for item in listed] == ["origin"] * 4


def test_places_that_one_side_cannot_fill_are_the_others() -> None:
    listed = PartnershipModel().fit([*AT_HOME, ABROAD[0]]).suggest([CLUB], 5)[0]
    assert sum(item.side == "residence" for item in listed) == 1
    assert len(listed) == 5


def test_all_who_govern_the_same_are_one_line() -> None:
    region = [
        authority(f"oriental-{number}", ["MA", "MA-01"], "origin", level="region") for number in range(3)
    ]
    state = authority("state", ["MA", "MA-01"], "origin", level="state")
    listed = PartnershipModel().fit([*region, state]).suggest([CLUB], 4)[0]
    named = {frozenset((item.candidate, *item.together_with)) for item in listed}
    assert named == {frozenset(f"oriental-{number}" for number in range(3)), frozenset({"state"})}


def test_whoever_is_excluded_leaves_its_line_to_the_others() -> None:
    region = [
        authority(f"oriental-{number}", ["MA", "MA-01"], "origin", level="region") for number in range(2)
    ]
    model = PartnershipModel().fit(region)
    first = model.suggest([CLUB], 4)[0][0]
    [other] = model.suggest([CLUB], 4, excluded={"club": {first.candidate}})[0]
    assert (other.candidate, other.together_with) == (first.together_with[0], ())
