"""Places, sectors and priorities, found in the words of those who look for them."""

import pytest
from sqlmodel import Session

from schemas.places import NamedPlace
from service.db.session import reading
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.territories import resolve_place
from tests.service.client import Installation


@pytest.mark.parametrize(
    ("country", "place", "code"),
    [
        ("SN", "Djourbel", "SN-DB"),
        ("SN", "Djurbel", "SN-DB"),
        ("SN", "région de Kaolack", "SN-KL"),
        ("MX", "Zacatecas", "MX-ZAC"),
        ("MX", "estado de Zacatecas", "MX-ZAC"),
        ("IT", "Emilie-Romagne", "IT-45"),
        ("IT", "Emilia Romagna", "IT-45"),
        ("IT", "Boulogne", "IT-BO"),
        ("IT", "Bolonia", "IT-BO"),
        ("IT", "Padoue", "IT-PD"),
        ("IT", "Piemont", "IT-21"),
        ("IT", "Vénétie", "IT-34"),
        ("MA", "Chaouia-Ouardigha", "MA-06"),
        ("MA", "Kenitra", "MA-KEN"),
        ("MA", "KÉNITRA", "MA-KEN"),
        ("MA", "Nador", "MA-NAD"),
        ("ES", "Catalogne", "ES-CT"),
        ("ES", "Catalunya", "ES-CT"),
        ("ES", "Comunidad de Madrid", "ES-MD"),
        ("ES", "Murcie", "ES-MC"),
        ("TN", "gouvernorat de Mahdia", "TN-53"),
        ("GH", "Central Region", "GH-CP"),
        ("GH", "Gomoa Simbrofo", "GH-CP"),
        ("DZ", "Douéra", "DZ:2499193"),
        ("DZ", "Douera", "DZ:2499193"),
    ],
)
def test_a_place_is_found_however_it_is_written(
    embedded: Installation, country: str, place: str, code: str
) -> None:
    with reading(embedded.app.state.engine) as session:
        assert found(session, country, place) == code


def found(session: Session, country: str, place: str) -> str | None:
    """The code that a place resolves to."""
    places = resolve_place(Gazetteer(session), NamedPlace(country=country, place=place)).places
    return places[0].code if places else None


@pytest.mark.parametrize(
    ("country", "place"), [("IT", "Kaolack"), ("SN", "Padova"), ("US", "Springfield"), ("FR", "Qwxzjk")]
)
def test_a_place_is_never_guessed(embedded: Installation, country: str, place: str) -> None:
    with reading(embedded.app.state.engine) as session:
        resolution = resolve_place(Gazetteer(session), NamedPlace(country=country, place=place))
        assert resolution.places == ()
        assert all(candidate.country == country for candidate in resolution.candidates)


def test_a_former_region_stands_for_what_became_of_it(embedded: Installation) -> None:
    with reading(embedded.app.state.engine) as session:
        places = resolve_place(Gazetteer(session), NamedPlace(country="MA", place="Chaouia-Ouardigha")).places
        assert [place.code for place in places] == ["MA-06", "MA-05"]


def test_territories_are_searched_as_one_types(installation: Installation) -> None:
    public = installation.client()
    items = public.get("/territories?q=kaol&country=SN&language=fr").json()["items"]
    assert items[0]["code"] == "SN-KL"
    assert [step["name"] for step in items[0]["path"]] == ["Sénégal", "Kaolack"]
    italian = public.get("/territories/ES-CT", headers={"Accept-Language": "it"}).json()
    assert (italian["name"], italian["path"][0]["name"]) == ("Catalogna", "Spagna")
    countries = public.get("/territories?limit=100").json()
    assert len(countries["items"]) == 100
    assert countries["next_cursor"]
    assert {item["level"] for item in countries["items"]} == {"country"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("microcrédit", "24040"),
        ("irrigation", "31140"),
        ("escuela", "111"),
        ("droits", "15160"),
        ("rimesse", "24050"),
        ("vocational training", "11330"),
        ("formacion profesional", "11330"),
        ("24050", "24050"),
        ("migracion", "15190"),
        ("décentralisation", "15112"),
        ("microcredt", "24040"),
    ],
)
def test_sectors_are_found_by_everyday_words(embedded: Installation, words: str, code: str) -> None:
    items = embedded.client().get("/sectors", params={"q": words}).json()["items"]
    assert code in [item["code"] for item in items[:3]]


def test_the_sector_tree_is_named_in_four_languages(embedded: Installation) -> None:
    items = embedded.client().get("/sectors?limit=200").json()["items"]
    purposes = [item for item in items if len(item["code"]) == 5]
    assert len(purposes) >= 90
    codes = {item["code"] for item in items}
    assert all(item["parent"] in codes for item in purposes)
    assert all(len(item["names"]) == 4 and all(item["names"].values()) for item in items)
    assert {"24050", "15190", "15112", "24040", "43040", "11330"} <= codes


def test_the_four_priorities_are_described(embedded: Installation) -> None:
    for language in ("fr", "en", "es", "it"):
        items = embedded.client().get(f"/priorities?language={language}").json()["items"]
        assert [item["key"] for item in items] == ["remittances", "capacities", "communities", "rights"]
        assert all(item["name"] and item["description"].endswith(".") for item in items)
