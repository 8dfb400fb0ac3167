"""Places as profiles say them: what was understood, what else it could be, and what is no place at all."""

import pytest

from tests.service.client import Installation
from tests.service.examples import ASSOCIATION


def placed(**fields: object) -> dict[str, object]:
    """A record with these fields and no other places."""
    return {**ASSOCIATION, "origin": [], "residence": [], **fields}


def test_a_name_of_several_territories_is_taken_for_one_and_the_others_are_named(
    embedded: Installation,
) -> None:
    steward = embedded.client("steward")
    answer = steward.post("/associations", json=placed(origin=[{"country": "MX", "place": "Zacatecas"}]))
    assert answer.status_code == 201
    stored = answer.json()
    assert stored["origin"][0]["code"] == "MX:3979844"
    [note] = stored["notes"]
    assert note["pointer"] == "/origin/0"
    assert "Zacatecas, Zacatecas, Mexico (MX:3979844)" in note["detail"]
    assert {"code": "MX-ZAC", "name": "Zacatecas, Mexico"} in note["candidates"]
    assert "notes" not in steward.get(f"/associations/{stored['id']}").json()


def test_a_change_tells_how_its_places_were_understood(embedded: Installation) -> None:
    steward = embedded.client("steward")
    stored = steward.post("/associations", json=placed()).json()
    changed = steward.patch(
        f"/associations/{stored['id']}", json={"residence": [{"country": "IT", "place": "Padoue"}]}
    ).json()
    assert changed["residence"][0]["code"] == "IT:3171728"
    assert changed["notes"][0]["candidates"] == [{"code": "IT-PD", "name": "Padua, Veneto, Italy"}]


@pytest.mark.parametrize(
    ("level", "code"), [("municipality", "IT:3171728"), ("province", "IT-PD"), ("region", "IT-PD")]
)
def test_the_level_of_an_authority_leaves_nothing_open(embedded: Installation, level: str, code: str) -> None:
    fields = {"name": "Padova", "level": level, "territory": {"country": "IT", "place": "Padova"}}
    answer = embedded.client("steward").post("/authorities", json=fields).json()
    assert answer["territory"]["code"] == code
    assert "notes" not in answer


def test_candidates_are_distinguished_by_what_they_lie_in(embedded: Installation) -> None:
    answer = embedded.client("steward").post(
        "/associations", json=placed(residence=[{"country": "US", "place": "Springfield"}])
    )
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    names = [candidate["name"] for candidate in fault["candidates"]]
    assert "Springfield, Illinois, United States" in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"country": "UK", "place": "London"}, "GB:2643743"),
        ({"country": "EL"}, "GR"),
        ("UK", "GB"),
        ("UK-HCK", "GB-HCK"),
        ({"country": "XK"}, "XK"),
    ],
)
def test_everyday_codes_of_countries_are_understood(
    embedded: Installation, written: object, code: str
) -> None:
    answer = embedded.client("steward").post("/associations", json=placed(residence=[written]))
    assert answer.status_code == 201, answer.text
    stored = answer.json()
    assert stored["residence"][0]["code"] == code
    noted = [note["detail"] for note in stored.get("notes", [])]
    assert any("ISO 3166-1" in detail for detail in noted) == (code != "XK")


@pytest.mark.parametrize("written", ["ZZ", {"country": "ZZ"}, {"country": "ZZ", "place": "Dakar"}])
def test_what_is_no_country_is_refused_as_one(embedded: Installation, written: object) -> None:
    answer = embedded.client("steward").post("/associations", json=placed(origin=[written]))
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "/origin/0"
    assert "“ZZ” is not a country" in fault["detail"]


def test_a_former_region_covers_all_that_became_of_it(installation: Installation) -> None:
    steward = installation.client("steward")
    said = {"name": "Région", "level": "region", "territory": {"country": "MA", "place": "Chaouia-Ouardigha"}}
    stored = steward.post("/authorities", json=said | {"role": "origin"}).json()
    assert stored["territory"]["place"] == "Chaouia-Ouardigha"
    assert stored["territory"]["covers"] == [["MA", "MA-06"], ["MA", "MA-05"]]
    for code in ("MA-05", "MA-06"):
        listed = steward.get("/authorities", params={"territory": code}).json()["items"]
        assert [item["id"] for item in listed] == [stored["id"]]
    changed = steward.patch(f"/authorities/{stored['id']}", json={"name": "Conseil régional"})
    assert changed.json()["territory"] == stored["territory"]


def test_an_unknown_village_lies_in_the_town_that_is_named_with_it(embedded: Installation) -> None:
    answer = embedded.client("steward").post(
        "/associations", json=placed(origin=[{"country": "SN", "place": "Médina Xyzzy, Kaolack"}])
    )
    assert answer.json()["origin"][0]["code"] == "SN:2250805"
    assert answer.json()["notes"]
