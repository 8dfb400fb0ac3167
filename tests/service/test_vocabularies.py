"""Places, sectors and priorities, found in the words of those who look for them."""

import pytest
from sqlmodel import Session

from schemas.places import NamedPlace
from schemas.records import Level
from service.db.session import reading
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.resolution import resolve_place
from tests.service.client import Installation


@pytest.mark.parametrize(
    ("country", "place", "code"),
    [
        ("SN", "Djourbel", "SN:2252309"),
        ("SN", "Djurbel", "SN:2252309"),
        ("SN", "région de Kaolack", "SN-KL"),
        ("MX", "Zacatecas", "MX:3979844"),
        ("MX", "estado de Zacatecas", "MX-ZAC"),
        ("IT", "Emilie-Romagne", "IT-45"),
        ("IT", "Emilia Romagna", "IT-45"),
        ("IT", "Boulogne", "IT:3181928"),
        ("IT", "Bolonia", "IT:3181928"),
        ("IT", "Padoue", "IT:3171728"),
        ("IT", "Piemont", "IT-21"),
        ("IT", "Vénétie", "IT-34"),
        ("MA", "Chaouia-Ouardigha", "MA-06"),
        ("MA", "Kenitra", "MA:2544571"),
        ("MA", "KÉNITRA", "MA:2544571"),
        ("MA", "Nador", "MA:2541479"),
        ("ES", "Catalogne", "ES-CT"),
        ("ES", "Catalunya", "ES-CT"),
        ("ES", "Comunidad de Madrid", "ES-MD"),
        ("ES", "Murcie", "ES:2513416"),
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


@pytest.mark.parametrize(
    ("country", "place", "level", "code"),
    [
        ("ES", "Murcia", "municipality", "ES:2513416"),
        ("ES", "Murcia", "province", "ES-MU"),
        ("ES", "Murcia", "region", "ES-MC"),
        ("ES", "Región de Murcia", "region", "ES-MC"),
        ("IT", "Modena", "municipality", "IT:3173331"),
        ("IT", "Modena", "province", "IT-MO"),
        ("IT", "Pesaro", "province", "IT-PU"),
        ("IT", "Bologna", "region", "IT-BO"),
        ("TN", "Mahdia", "municipality", "TN:2473572"),
        ("TN", "Mahdia", "region", "TN-53"),
        ("MX", "Zacatecas", "state", "MX-ZAC"),
        ("MX", "México", "state", "MX-MEX"),
        ("MX", "México", "national", "MX"),
        ("FR", "Rennes", "region", "FR-BRE"),
        ("FR", "Bourgogne", "region", "FR-21"),
        ("SN", "Kaolack", "intermunicipal", "SN:2250805"),
    ],
)
def test_the_level_chooses_the_place(
    embedded: Installation, country: str, place: str, level: Level, code: str
) -> None:
    with reading(embedded.app.state.engine) as session:
        places = resolve_place(Gazetteer(session), NamedPlace(country=country, place=place), level).places
        assert places[0].code == code


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
