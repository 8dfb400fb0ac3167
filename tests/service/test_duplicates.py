"""Profiles that may be the same: found, looked at, dismissed or merged, through HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from service.db.tables import Duplicate
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, PROJECT, register
from tests.service.files import import_records

TWIN: dict[str, Any] = {
    "name": "Association Les Amis de Kaolak",
    "contact_email": "autre@example.org",
    "members": None,
}


def open_pairs(steward: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = steward.get("/duplicates").json()["items"]
    return found


def merge(steward: TestClient, keep: str) -> dict[str, Any]:
    [pair] = open_pairs(steward)
    answer = steward.post(f"/duplicates/{pair['id']}/merge", json={"keep": keep, "reason": "The same board."})
    assert answer.status_code == 200, answer.text
    merged: dict[str, Any] = answer.json()
    return merged


def test_whoever_registers_learns_what_may_be_the_same(installation: Installation) -> None:
    member, steward = installation.client("member"), installation.client("steward")
    first = register(installation.client("member"))
    assert "possible_duplicates" not in first
    said = ASSOCIATION | TWIN
    [beforehand] = member.post("/associations/possible-duplicates", json=said).json()["possible_duplicates"]
    assert open_pairs(steward) == []
    second = register(member, **TWIN)
    assert second["possible_duplicates"] == [beforehand]
    assert beforehand["id"] == first["id"]
    assert beforehand["detail"].startswith("This may be Les amis de Kaolack, registered in Padua. In common:")
    assert {"name", "place"} <= set(beforehand["because"])
    [pair] = open_pairs(steward)
    assert (pair["first"]["id"], pair["second"]["id"]) == (first["id"], second["id"])
    assert member.get("/duplicates").status_code == 403
    assert installation.client().get(f"/duplicates/{pair['id']}").status_code == 401


def test_what_is_not_published_is_named_to_stewards_only(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, published=False)
    assert "possible_duplicates" not in register(embedded.client("member"), **TWIN)
    assert len(open_pairs(steward)) == 1


def test_a_pair_that_is_dismissed_stays_so_and_one_that_is_alike_no_more_is_forgotten(
    embedded: Installation,
) -> None:
    steward = embedded.client("steward")
    register(steward)
    second = register(steward, **TWIN)
    [pair] = open_pairs(steward)
    path = f"/duplicates/{pair['id']}"
    assert steward.post(f"{path}/dismissal", json={}).status_code == 422
    answer = steward.post(f"{path}/dismissal", json={"reason": "Two boards."}).json()
    assert (answer["state"], answer["reason"], answer["decided_by"]) == (
        "dismissed",
        "Two boards.",
        "steward",
    )
    assert steward.post(f"{path}/dismissal", json={"reason": "Again."}).status_code == 409
    steward.patch(f"/associations/{second['id']}", json={"members": 7})
    assert open_pairs(steward) == []
    assert [item["id"] for item in steward.get("/duplicates?state=dismissed").json()["items"]] == [pair["id"]]
    third = register(steward, name="Les amis de Kaolack")
    assert len(open_pairs(steward)) == 2
    steward.patch(f"/associations/{third['id']}", json={"name": "Femmes de Thiès"})
    assert open_pairs(steward) == []


def test_all_that_hung_on_the_one_goes_on_at_the_other(installation: Installation) -> None:
    steward, member = installation.client("steward"), installation.client("member")
    first = register(steward, key="one", description=None, sectors=["11120"])
    second = register(member, key="two", **TWIN, sectors=["12220"], founded="1999")
    project = register(member, "projects", association="two")
    town = register(steward, "authorities", key="padova")
    for side, since in (("one", "2015"), ("two", "2009")):
        steward.post("/partnerships", json={"query": side, "candidate": "padova", "since": since})
    other_town = register(
        steward, "authorities", name="Comune di Trapani", territory={"country": "IT", "place": "Trapani"}
    )
    steward.post("/partnerships", json={"query": "two", "candidate": other_town["id"], "status": "active"})
    steward.post("/partnerships", json={"query": "one", "candidate": "two"})
    [offer] = member.get(
        f"/associations/{second['id']}/suggestions?of=programmes,authorities&limit=1"
    ).json()["items"]
    member.post(f"/suggestions/{offer['id']}/decision", json={"decision": "declined", "reason": "Too far."})
    member.put(
        "/me/subscription", json={"email": "autre@example.org", "frequency": "weekly", "language": "fr"}
    )

    merged = merge(steward, first["id"])
    assert (merged["id"], merged["into"], merged["key"]) == (second["id"], first["id"], "two")
    assert merged["document"]["name"] == TWIN["name"]
    assert {row["since"] for row in merged["moved"]["partnership"]} == {"2009", None}
    assert open_pairs(steward) == []

    remains = member.get(f"/associations/{first['id']}").json()
    assert remains["name"] == ASSOCIATION["name"]
    assert remains["sectors"] == ["11120", "12220"]
    assert (remains["founded"], remains["members"]) == ("1999", 120)
    assert remains["description"] == ASSOCIATION["description"]
    partnerships = steward.get("/partnerships?of=one").json()["items"]
    assert {(item["candidate_profile"]["name"], item["since"]) for item in partnerships} == {
        (town["name"], "2009"),
        ("Comune di Trapani", None),
    }
    listed = member.get(f"/associations/{first['id']}/suggestions?of=programmes,authorities").json()["items"]
    assert listed
    assert offer["candidate"] not in [item["candidate"] for item in listed]
    assert member.get("/me/subscription").json()["frequency"] == "weekly"
    assert member.patch(f"/projects/{project['id']}", json={"starts": "2028"}).status_code == 200
    assert member.patch(f"/associations/{first['id']}", json={"members": 121}).status_code == 200
    [kept] = steward.get(f"/associations/{first['id']}/merged").json()["items"]
    assert kept == merged


def test_the_old_address_and_the_old_key_lead_on(installation: Installation) -> None:
    steward = installation.client("steward")
    first, second = register(steward, key="one"), register(steward, key="two", **TWIN)
    before = steward.get("/associations?key=two").json()["items"][0]
    assert before["id"] == second["id"]
    merge(steward, first["id"])
    path = f"/associations/{second['id'].upper()}/suggestions?limit=3"
    moved = steward.get(path, follow_redirects=False)
    assert moved.status_code == 308
    assert moved.headers["location"].endswith(f"/associations/{first['id']}/suggestions?limit=3")
    assert steward.get(path).status_code == 200
    assert steward.get("/associations?key=two").json()["items"][0]["id"] == first["id"]
    assert len(steward.get("/associations").json()["items"]) == 1
    assert steward.post("/associations", json=ASSOCIATION | {"key": "two"}).status_code == 409
    third = register(steward, key="three", **TWIN)
    merge(steward, third["id"])
    assert steward.get(f"/associations/{second['id']}").json()["id"] == third["id"]
    assert steward.get("/associations?key=two").json()["items"][0]["id"] == third["id"]


def test_a_file_that_knows_nothing_of_the_merge_changes_nothing(installation: Installation) -> None:
    steward = installation.client("steward")
    records = [
        ASSOCIATION | {"kind": "association", "key": "one"},
        ASSOCIATION | {"kind": "association", "key": "two"} | TWIN,
        PROJECT | {"kind": "project", "key": "well", "association": "two"},
        {"kind": "authority", "key": "town", "name": "Comune di Padova", "territory": "IT-PD"},
        {"kind": "partnership", "query": "two", "candidate": "town", "since": "2011"},
        {"kind": "partnership", "query": "one", "candidate": "town", "since": "2008"},
    ]
    report = import_records(installation, steward, *records)
    assert report["created"] == len(records)
    [warning] = [item for item in report["remarks"] if item["line"] == 2 and item["field"] == "name"]
    assert [item["key"] for item in warning["candidates"]] == ["one"]
    assert "Les amis de Kaolack (Padova)" in warning["reason"]
    [pair] = open_pairs(steward)
    merge(steward, pair["first"]["id"])
    again = import_records(installation, steward, *records)
    assert (again["created"], again["updated"], again["unchanged"], again["rejected"]) == (
        0,
        0,
        len(records),
        [],
    )
    changed = import_records(installation, steward, records[1] | {"members": 3})
    assert "one" in changed["rejected"][0]["reason"]
    joined = import_records(
        installation, steward, {"kind": "partnership", "query": "one", "candidate": "two"}
    )
    assert joined["rejected"][0]["field"] == "candidate"
    assert steward.get("/projects?key=well").json()["items"][0]["association"] == "two"


@pytest.mark.parametrize("keep", ["01890000-0000-7000-8000-000000000000", "nobody"])
def test_one_of_the_two_remains(embedded: Installation, keep: str) -> None:
    steward = embedded.client("steward")
    register(steward), register(steward, **TWIN)
    [pair] = open_pairs(steward)
    answer = steward.post(f"/duplicates/{pair['id']}/merge", json={"keep": keep, "reason": "Same."})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/keep"
    assert len(open_pairs(steward)) == 1
    missing = f"/duplicates/{'01890000-0000-7000-8000-000000000000'}"
    assert steward.get(missing).status_code == 404
    assert (
        steward.post(f"{missing}/merge", json={"keep": pair["first"]["id"], "reason": "Same."}).status_code
        == 404
    )


def test_the_documented_initiatives_are_all_different(documented: Installation) -> None:
    with Session(documented.app.state.engine) as session:
        assert session.exec(select(Duplicate)).all() == []
