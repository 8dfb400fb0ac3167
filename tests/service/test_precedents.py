"""Documented practices, found and read by anybody in their language."""

import pytest
from sqlmodel import select

from schemas.inputs import JsonObject
from service.db.session import reading, unit_of_work
from service.db.tables import Counter, Profile
from service.profiles.indexing import INDEXED_TERMS, index_profiles
from tests.service.client import Installation
from tests.service.examples import register


def keys(installation: Installation, path: str) -> list[str]:
    """The keys of what a list answers with."""
    answer = installation.client().get(path)
    assert answer.status_code == 200, answer.text
    return [item["key"] for item in answer.json()["items"]]


def page_by_page(installation: Installation, query: dict[str, str]) -> list[str]:
    """The keys on all pages of a list."""
    public, found = installation.client(), list[str]()
    asked: dict[str, str] | None = query
    while asked is not None:
        answer = public.get("/precedents", params=asked).json()
        found += [item["key"] for item in answer["items"]]
        asked = query | {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None
    return found


def test_a_practice_is_read_in_the_readers_language(documented: Installation) -> None:
    public = documented.client()
    answer = public.get("/precedents/confesen", headers={"Accept-Language": "es"})
    shown = answer.json()
    assert answer.status_code == 200
    assert shown["mechanism_name"] == "Servicio de apoyo"
    assert {"code": "SN-KL", "name": "Kaolack, Senegal"} in shown["origin"]
    assert {"code": "IT-PD", "name": "Padua, Véneto, Italia"} in shown["residence"]
    assert shown["helped"].startswith("Un diálogo abierto")
    assert "Regione del Veneto" in {profile["name"] for profile in shown["profiles"]}
    assert "Banca Etica" in shown["actors"]
    assert shown["source"]["section"] == "5.6"
    french = public.get("/precedents/confesen?language=fr").json()
    assert french["name"] == shown["name"] == "CONFESEN"
    assert french["description"] != shown["description"]
    again = public.get("/precedents/confesen?language=fr", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200
    tag = again.headers["ETag"]
    assert public.get("/precedents/confesen?language=fr", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("key", ["nothing", "a b", "%00", "x" * 101])
def test_an_unknown_practice_is_a_clear_error(documented: Installation, key: str) -> None:
    answer = documented.client().get(f"/precedents/{key}", headers={"Accept-Language": "fr"})
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_all_practices_come_page_by_page(documented: Installation) -> None:
    public, found, cursor = documented.client(), [], None
    while True:
        answer = public.get(
            "/precedents", params={"limit": 10} | ({"cursor": cursor} if cursor else {})
        ).json()
        found += [item["key"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(found) == 31
    assert found == sorted(found)


def test_what_is_found_comes_page_by_page_the_best_first(documented: Installation) -> None:
    whole = keys(documented, "/precedents?q=Maroc&limit=100")
    assert page_by_page(documented, {"q": "Maroc", "limit": "2"}) == whole
    assert "Maroc" in documented.client().get("/precedents?q=Maroc&language=fr").json()["items"][0]["name"]


def test_where_no_practice_has_every_word_the_nearest_are_found(documented: Installation) -> None:
    assert keys(documented, "/precedents?q=nurses Modena xyzzyx") == ["modena-nurses"]
    assert "sicily-banca-antonveneta" in keys(documented, "/precedents?q=Palermo")
    assert keys(documented, "/precedents?q=xyzzyx") == []
    assert keys(documented, "/precedents?q=—") == []
    public = documented.client()
    assert public.get("/precedents?q=").status_code == 422
    cursor = public.get("/precedents?q=Maroc&limit=1").json()["next_cursor"]
    elsewhere = public.get("/precedents", params={"q": "Mexico", "cursor": cursor})
    assert elsewhere.status_code == 422
    assert elsewhere.json()["errors"][0]["pointer"] == "/query/cursor"


def test_a_practice_shows_only_profiles_that_everybody_sees(documented: Installation) -> None:
    steward = documented.client("steward")
    [region] = steward.get("/authorities?key=documented:region-veneto").json()["items"]
    steward.patch(f"/authorities/{region['id']}", json={"published": False})
    shown = steward.get("/precedents/confesen").json()
    assert region["id"] not in {profile["id"] for profile in shown["profiles"]}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/programmes?q=zacatecas", "tres-por-uno"),
        ("/programmes?q=sedesol", "tres-por-uno"),
        ("/programmes?q=Estados Unidos fondo de contrapartida", "tres-por-uno"),
        ("/programmes?q=3×1", "tres-por-uno"),
        ("/programmes?q=tres por uno", "tres-por-uno"),
        ("/programmes?q=trois pour un", "tres-por-uno"),
        ("/programmes?q=three for one", "tres-por-uno"),
        ("/programmes?q=tre per uno", "tres-por-uno"),
        ("/programmes?q=OIM", "mida"),
        ("/programmes?q=appel à projets Madrid", "madrid-calls"),
        ("/associations?q=senegalesi Padova", "confesen"),
        ("/associations?q=Djourbel", "confesen"),
        ("/authorities?q=région Piémont", "region-piedmont"),
    ],
)
def test_profiles_are_found_by_what_people_call_them(documented: Installation, path: str, key: str) -> None:
    assert f"documented:{key}" in keys(documented, path)


@pytest.mark.parametrize(
    "query", ["cote divoire", "dIvoire", "d'Ivoire", "Côte d’Ivoire", "Costa d'Avorio", "ivoiriennes"]
)
def test_an_elision_is_found_however_it_is_written(installation: Installation, query: str) -> None:
    steward = installation.client("steward")
    register(steward, key="abidjan", name="Club", origin=["CI"])
    register(steward, key="dakar", name="Amicale", origin=["SN"])
    found = steward.get("/associations", params={"q": query}).json()["items"]
    assert [item["key"] for item in found] == ["abidjan"]
    if query != "ivoiriennes":
        assert steward.get("/territories", params={"q": query}).json()["items"][0]["code"] == "CI"


def test_the_name_of_a_place_says_nothing_of_what_is_done_there(installation: Installation) -> None:
    steward = installation.client("steward")
    plain: JsonObject = {"description": None, "sectors": [], "priorities": []}
    register(steward, key="freetown", name="Club", origin=["SL"], **plain)
    register(steward, key="turtles", name="Tortues et lions", origin=["SN"], **plain)
    assert keys(installation, "/associations?q=lions") == ["turtles"]
    assert keys(installation, "/associations?q=Sierra Leone") == ["freetown"]


def test_profiles_are_indexed_again_once(installation: Installation) -> None:
    steward, engine = installation.client("steward"), installation.app.state.engine
    register(steward, key="a", name="Havrais")
    with unit_of_work(engine) as session:
        profile = session.exec(select(Profile)).one()
        profile.document = profile.document | {"name": "Rouennais"}
        session.add(profile)
    assert keys(installation, "/associations?q=rouennais") == []
    assert index_profiles(engine, 2) == 1
    assert index_profiles(engine, 2) == 0
    assert keys(installation, "/associations?q=rouennais") == ["a"]
    assert keys(installation, "/associations?q=havrais") == []
    with reading(engine) as session:
        assert session.get(Counter, INDEXED_TERMS) is not None
