"""Profiles through HTTP: registered, read, listed, changed, deleted."""

import pytest

from schemas.inputs import JsonObject
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, EXAMPLES, register

UNKNOWN = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_is_registered_and_read_back(installation: Installation, kind: str) -> None:
    steward = installation.client("steward")
    answer = steward.post(f"/{kind}", json=EXAMPLES[kind])
    assert answer.status_code == 201, answer.text
    read = steward.get(answer.headers["location"].removeprefix("/api/v1"))
    assert read.status_code == 200
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"]


def test_places_and_sectors_are_found_in_the_senders_words(installation: Installation) -> None:
    registered = register(installation.client("steward"))
    assert [place["code"] for place in registered["origin"]] == ["SN-KL"]
    assert [place["code"] for place in registered["residence"]] == ["IT-PD"]
    assert registered["residence"][0]["path"] == ["IT", "IT-34", "IT-PD"]
    assert registered["sectors"] == ["24040", "11120"]


def test_the_contact_is_shown_only_to_those_who_may_change_the_profile(installation: Installation) -> None:
    member = installation.client("member")
    path = f"/associations/{register(member)['id']}"
    assert member.get(path).json()["contact_email"] == "bureau@example.org"
    for stranger in (installation.client(), installation.client("member")):
        assert stranger.get(path).json()["contact_email"] is None
        assert "bureau@example.org" not in stranger.get("/associations").text


def test_a_member_speaks_for_the_organisation_it_registers_and_for_no_other(
    installation: Installation,
) -> None:
    member, other = installation.client("member"), installation.client("member")
    mine, theirs = register(member, name="Ours"), register(other, name="Theirs")
    assert member.patch(f"/associations/{mine['id']}", json={"members": 7}).status_code == 200
    refused = member.patch(f"/associations/{theirs['id']}", json={"members": 7})
    assert refused.status_code == 403
    assert member.delete(f"/associations/{theirs['id']}").status_code == 403
    assert member.post("/associations", json=ASSOCIATION).status_code == 403
    assert installation.client().get(f"/associations/{theirs['id']}").json()["members"] == 120


def test_a_project_belongs_to_its_association(installation: Installation) -> None:
    member, other = installation.client("member"), installation.client("member")
    mine = register(member, key="ours")
    register(other)
    project = register(member, "projects", association="ours")
    assert member.patch(f"/projects/{project['id']}", json={"starts": 2028}).json()["starts"] == "2028"
    assert other.patch(f"/projects/{project['id']}", json={"starts": 2029}).status_code == 403
    refused = other.post("/projects", json={"name": "Theirs", "association": mine["key"]})
    assert refused.status_code == 403
    unknown = member.post("/projects", json={"name": "Whose?", "association": "nobody"})
    assert unknown.json()["errors"][0]["pointer"] == "/association"


def test_a_patch_changes_only_what_it_names_and_null_removes(installation: Installation) -> None:
    steward = installation.client("steward")
    registered = register(steward)
    path = f"/associations/{registered['id']}"
    changed = steward.patch(path, json={"members": None, "needs": {"en": "A lawyer"}})
    assert changed.status_code == 200
    assert changed.json()["members"] is None
    assert changed.json()["needs"] == {"en": "A lawyer"}
    assert changed.json()["origin"] == registered["origin"]
    assert steward.patch(path, json={"needs": {"fr": "Une avocate"}}).json()["needs"] == {
        "en": "A lawyer",
        "fr": "Une avocate",
    }


def test_a_refused_patch_changes_nothing(installation: Installation) -> None:
    steward = installation.client("steward")
    registered = register(steward)
    path = f"/associations/{registered['id']}"
    for wrong in ({"name": ""}, {"members": -1}, {"colour": "red"}, {"key": "new"}, {"origin": ["XX-1"]}):
        answer = steward.patch(path, json={"needs": "x"} | wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert answer.json()["errors"]
    assert steward.get(path).json() == registered


def test_who_is_too_late_gets_a_conflict(installation: Installation) -> None:
    steward = installation.client("steward")
    path = f"/associations/{register(steward)['id']}"
    stale = steward.get(path).headers["etag"]
    assert steward.patch(path, json={"members": 1}, headers={"If-Match": stale}).status_code == 200
    assert steward.patch(path, json={"members": 2}, headers={"If-Match": stale}).status_code == 412
    assert steward.delete(path, headers={"If-Match": stale}).status_code == 412
    current = steward.get(path)
    assert current.json()["members"] == 1
    assert steward.get(path, headers={"If-None-Match": current.headers["etag"]}).status_code == 304
    assert steward.delete(path, headers={"If-Match": current.headers["etag"]}).status_code == 204
    assert steward.get(path).status_code == 404


def test_the_same_request_sent_twice_is_done_once(installation: Installation) -> None:
    steward = installation.client("steward")
    once = {"Idempotency-Key": "registration-1"}
    first = steward.post("/associations", json=ASSOCIATION, headers=once)
    second = steward.post("/associations", json=ASSOCIATION, headers=once)
    assert second.status_code == 201
    assert second.json() == first.json() | {"contact_email": None}, "addresses are kept in no answer"
    assert second.headers["idempotent-replayed"] == "true"
    assert len(steward.get("/associations").json()["items"]) == 1
    other = steward.post("/associations", json=ASSOCIATION | {"name": "Another"}, headers=once)
    assert other.status_code == 422


def test_a_key_is_taken_only_once(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, key="kaolack")
    assert steward.post("/authorities", json=EXAMPLES["authorities"] | {"key": "kaolack"}).status_code == 409


def test_a_profile_that_is_not_published_is_seen_only_by_its_own(installation: Installation) -> None:
    member = installation.client("member")
    path = f"/associations/{register(member, published=False)['id']}"
    assert member.get(path).status_code == 200
    assert len(member.get("/associations").json()["items"]) == 1
    public = installation.client()
    assert public.get(path).status_code == 404
    assert public.get("/associations").json()["items"] == []
    assert member.patch(path, json={"published": True}).status_code == 200
    assert public.get(path).status_code == 200


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("territory=SN", ["Kaolack", "Kaolack town"]),
        ("territory=SN-KL", ["Kaolack", "Kaolack town"]),
        ("territory=SN-DB", []),
        ("sector=240", ["Kaolack"]),
        ("sector=24040", ["Kaolack"]),
        ("sector=microfinance", ["Kaolack"]),
        ("priority=rights", ["Zacatecas"]),
        ("q=zacatecas", ["Zacatecas"]),
        ("q=écoles", ["Zacatecas"]),
        ("q=ZACAT ec", ["Zacatecas"]),
        ("q=microcrédit", ["Kaolack"]),
        ("q=sénégalaises", ["Kaolack", "Kaolack town"]),
        ("q=Messico", ["Zacatecas"]),
        ("q=derechos", ["Zacatecas"]),
        ("q=asociación de Kaolack", ["Kaolack", "Kaolack town"]),
        ("q=%20%20", []),
        ("territory=MX&priority=rights&sector=112", ["Zacatecas"]),
        ("key=zac", ["Zacatecas"]),
    ],
)
def test_lists_are_narrowed(installation: Installation, query: str, names: list[str]) -> None:
    steward = installation.client("steward")
    plain: JsonObject = {"description": None, "sectors": [], "priorities": []}
    register(steward, name="Kaolack", **plain | {"sectors": ["24040"]})
    register(
        steward, name="Kaolack town", **plain | {"origin": [{"country": "SN", "place": "ville de Kaolack"}]}
    )
    register(
        steward,
        name="Zacatecas",
        key="zac",
        origin=["MX-ZAC"],
        description={"fr": "Des écoles."},
        sectors=["11220"],
        priorities=["rights"],
    )
    answer = installation.client().get(f"/associations?{query}")
    assert [item["name"] for item in answer.json()["items"]] == names


def test_pages_stay_true_while_others_register(installation: Installation) -> None:
    steward = installation.client("steward")
    for number in range(5):
        register(steward, name=f"Association {number}")
    first = steward.get("/associations?limit=2").json()
    register(steward, name="Newcomer")
    names, cursor = [item["name"] for item in first["items"]], first["next_cursor"]
    while cursor:
        answer = steward.get("/associations", params={"limit": 2, "cursor": cursor}).json()
        names += [item["name"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert names == [*(f"Association {number}" for number in range(5)), "Newcomer"]


def test_what_is_deleted_is_gone_from_lists_and_search(installation: Installation) -> None:
    steward = installation.client("steward")
    registered = register(steward)
    assert steward.delete(f"/associations/{registered['id']}").status_code == 204
    assert steward.get("/associations?q=kaolack").json()["items"] == []
    assert steward.get("/associations?territory=SN").json()["items"] == []
    assert steward.delete(f"/associations/{registered['id']}").status_code == 404


def test_an_uncertain_place_is_answered_with_candidates_and_stores_nothing(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    answer = steward.post(
        "/associations", json=ASSOCIATION | {"origin": [{"country": "US", "place": "Springfield"}]}
    )
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["pointer"] == "/origin/0"
    assert len(error["candidates"]) > 1
    assert all(candidate["code"].startswith("US") for candidate in error["candidates"])
    assert steward.get("/associations").json()["items"] == []
    chosen = error["candidates"][0]["code"]
    assert register(steward, origin=[chosen])["origin"][0]["code"] == chosen


def test_unknown_identifiers_are_404_and_wrong_ones_422(installation: Installation) -> None:
    public = installation.client()
    assert public.get(f"/associations/{UNKNOWN}").status_code == 404
    assert public.get("/associations/one").status_code == 422


def test_a_name_may_be_given_by_language(installation: Installation) -> None:
    steward, italian = installation.client("steward"), {"Accept-Language": "it"}
    town = register(steward, "authorities", name={"fr": "Ville de Padoue", "it": "Comune di Padova"})
    assert steward.get("/authorities?q=padoue").json()["items"][0]["name"] == town["name"]
    register(steward, key="club")
    said = {"query": "club", "candidate": town["key"]}
    assert (
        steward.post("/partnerships", json=said, headers=italian).json()["candidate_profile"]["name"]
        == "Comune di Padova"
    )
    refused = steward.post("/authorities", json=said_of(town) | {"name": {"fr": " "}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/name/fr"


def test_empty_texts_are_the_same_as_none(embedded: Installation) -> None:
    steward = embedded.client("steward")
    blank = register(steward, description={"fr": "  "}, offers={"human": "", "social": {"it": ""}})
    assert (blank["description"], blank["offers"]) == (None, None)


def test_a_code_given_as_a_name_is_a_code(embedded: Installation) -> None:
    steward = embedded.client("steward")
    known = register(steward, origin=[{"country": "SN", "place": "SN-KL"}])
    assert known["origin"][0]["code"] == "SN-KL"
    unknown = steward.post(
        "/associations", json=ASSOCIATION | {"origin": [{"country": "SN", "place": "SN-ZZ"}]}
    )
    assert unknown.status_code == 422


def said_of(profile: JsonObject) -> JsonObject:
    """What a registered authority would be registered with."""
    return {"territory": profile["territory"]["code"]}
