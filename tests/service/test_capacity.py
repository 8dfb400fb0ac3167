"""A small town hall is not proposed to more than it can answer, through HTTP."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from schemas.inputs import JsonObject
from schemas.language import Language
from service.settings import Settings
from tests.service.client import Installation, installation_with
from tests.service.examples import EXAMPLES, register


def test_whoever_waits_takes_a_place_until_there_is_an_answer(installation: Installation) -> None:
    steward, first, second = (installation.client(role) for role in ("steward", "member", "member"))
    town = register(steward, "authorities", key="padova", max_open_introductions=1)
    asking = register(first, key="asking")
    waiting = register(second, key="waiting", name="Donne di Kaolack", contact_email=None)

    def shown(to: JsonObject) -> list[JsonObject]:
        listed = steward.get(f"/associations/{to['id']}/suggestions?of=authorities").json()["items"]
        return [item for item in listed if item["candidate"]["id"] == town["id"]]

    [offer], [other] = shown(asking), shown(waiting)
    [room] = [check for check in offer["eligibility"] if check["rule"] == "max_open_introductions"]
    assert room["met"] is True
    assert (
        first.post(f"/suggestions/{offer['id']}/decision", json={"decision": "interested"}).status_code == 200
    )
    assert shown(waiting) == []
    [still] = shown(asking)
    assert still["decision"]["decision"] == "interested"
    full = steward.get(f"/suggestions/{other['id']}").json()
    [room] = [check for check in full["eligibility"] if check["rule"] == "max_open_introductions"]
    assert room["met"] is False
    assert "answer: 1." in room["detail"]

    first.post(f"/suggestions/{offer['id']}/decision", json={"decision": "declined"})
    assert len(shown(waiting)) == 1
    first.post(f"/suggestions/{offer['id']}/decision", json={"decision": "interested"})
    assert shown(waiting) == []
    steward.post("/partnerships", json={"query": "asking", "candidate": "padova"})
    assert len(shown(waiting)) == 1
    steward.patch(f"/authorities/{town['id']}", json={"max_open_introductions": 0})
    assert shown(waiting) == []
    steward.patch(f"/authorities/{town['id']}", json={"max_open_introductions": None})
    assert len(shown(waiting)) == 1


def test_how_many_is_a_small_whole_number(embedded: Installation) -> None:
    steward = embedded.client("steward")
    town = register(steward, "authorities")
    for wrong in (-1, 2.5, "many", 1_001):
        answer = steward.patch(f"/authorities/{town['id']}", json={"max_open_introductions": wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/max_open_introductions"


def test_the_rules_give_those_a_limit_who_have_none_of_their_own(installation: Installation) -> None:
    steward, first, second = (installation.client(role) for role in ("steward", "member", "member"))
    town = register(steward, "authorities")
    asking = register(first)
    waiting = register(second, name="Donne di Kaolack", contact_email=None)

    def offers(to: JsonObject) -> list[JsonObject]:
        listed = steward.get(f"/associations/{to['id']}/suggestions?of=authorities").json()["items"]
        return [item for item in listed if item["candidate"]["id"] == town["id"]]

    [offer] = offers(asking)
    assert "max_open_introductions" not in {check["rule"] for check in offer["eligibility"]}
    first.post(f"/suggestions/{offer['id']}/decision", json={"decision": "interested"})
    assert len(offers(waiting)) == 1
    ruleset = steward.post("/rulesets", json={"name": "One at a time", "reason": "small towns"}).json()
    path = f"/rulesets/{ruleset['id']}"
    assert steward.patch(path, json={"capacity": {"authority": 0}}).status_code == 422
    assert steward.patch(path, json={"capacity": {"programme": 1}}).status_code == 422
    assert steward.patch(path, json={"capacity": {"authority": 1}}).status_code == 200
    steward.post(f"{path}/activate", json={"reason": "agreed"})
    assert offers(waiting) == []
    [still] = offers(asking)
    assert {"rule": "max_open_introductions", "met": True} in [
        {name: check[name] for name in ("rule", "met")} for check in still["eligibility"]
    ]
    steward.patch(f"/authorities/{town['id']}", json={"max_open_introductions": 2})
    assert len(offers(waiting)) == 1
    steward.patch(f"/authorities/{town['id']}", json={"max_open_introductions": None})
    assert offers(waiting) == []
    steward.post("/rulesets/rollback", json={"reason": "too narrow"})
    assert len(offers(waiting)) == 1


def test_an_organisation_counts_once_for_however_many_projects(installation: Installation) -> None:
    steward, first, second = (installation.client(role) for role in ("steward", "member", "member"))
    town = register(
        steward, "authorities", territory="SN-KL", level="region", role="origin", max_open_introductions=2
    )
    register(first, key="asking")
    waiting = register(second, key="waiting", name="Donne di Kaolack", contact_email=None)
    projects = [register(first, "projects", key=f"p{number}", name=f"Puits {number}") for number in range(3)]

    def offer(kind: str, to: JsonObject) -> str | None:
        listed = steward.get(f"/{kind}/{to['id']}/suggestions?of=authorities").json()["items"]
        return next((item["id"] for item in listed if item["candidate"]["id"] == town["id"]), None)

    for project in projects:
        assert _interested(first, offer("projects", project)) == 200
    assert _interested(second, offer("associations", waiting)) == 200
    late = register(steward, "associations", key="late", name="Amici di Kaolack", contact_email=None)
    assert offer("associations", late) is None
    another = register(first, "projects", key="p3", name="Puits 4")
    assert _interested(first, offer("projects", another)) == 200


def test_a_full_authority_takes_no_request_that_was_listed_before(installation: Installation) -> None:
    steward, first, second = (installation.client(role) for role in ("steward", "member", "member"))
    town = register(steward, "authorities", max_open_introductions=1)
    sides = [
        register(client, key=f"a{number}", name=f"Donne di Kaolack {number}", contact_email=None)
        for number, client in enumerate((first, second))
    ]
    listed = [steward.get(f"/associations/{side['id']}/suggestions?of=authorities").json() for side in sides]
    offers = [
        item["id"] for found in listed for item in found["items"] if item["candidate"]["id"] == town["id"]
    ]
    assert _interested(first, offers[0]) == 200
    assert _interested(second, offers[1]) == 409
    assert _interested(first, offers[0]) == 200


def test_only_what_was_suggested_is_decided_on(installation: Installation) -> None:
    steward, member = (installation.client(role) for role in ("steward", "member"))
    own = register(member)
    near = register(steward, "authorities", name="Padova")
    far = register(steward, "authorities", territory="MX-ZAC", name="Zacatecas")
    [offer] = steward.get(f"/associations/{own['id']}/suggestions?of=authorities").json()["items"]
    assert offer["candidate"]["id"] == near["id"]
    number = int(offer["id"][-1], 16)
    never = offer["id"][:-1] + f"{number + 1:x}"
    read = steward.get(f"/suggestions/{never}").json()
    assert read["candidate"]["id"] == far["id"]
    for decision in ("interested", "declined", "later"):
        refused = member.post(f"/suggestions/{never}/decision", json={"decision": decision})
        assert refused.status_code == 409
        assert "never suggested" in refused.json()["detail"]
    for decision in ("declined", "interested"):
        answer = member.post(f"/suggestions/{offer['id']}/decision", json={"decision": decision})
        assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["projects", "programmes"])
def test_an_organisation_has_so_many_projects_and_programmes(
    database_url: str, tmp_path: Path, kind: str
) -> None:
    with installation_with(limited(database_url, tmp_path, max_projects=2)) as installation:
        steward, member = (installation.client(role) for role in ("steward", "member"))
        register(member)
        for number in range(2):
            register(member, kind, key=f"own {number}")
        refused = member.post(f"/{kind}", json=EXAMPLES[kind] | {"key": "own 2"})
        assert refused.status_code == 409
        assert "has 2 of these" in refused.json()["detail"]
        register(steward, kind, key="ours")
        [first, *_] = [item for item in member.get(f"/{kind}").json()["items"] if item["key"] == "own 0"]
        member.delete(f"/{kind}/{first['id']}")
        register(member, kind, key="own 2")


def test_an_organisation_waits_for_so_many_answers(database_url: str, tmp_path: Path) -> None:
    with installation_with(limited(database_url, tmp_path, max_open_requests=2)) as installation:
        steward, member = (installation.client(role) for role in ("steward", "member"))
        own = register(member)
        for level in ("municipality", "province", "region"):
            register(steward, "authorities", key=level, level=level)
        listed = member.get(f"/associations/{own['id']}/suggestions?of=authorities").json()["items"]
        offers = [item["id"] for item in listed]
        assert len(offers) == 3
        assert [_interested(member, offer) for offer in offers] == [200, 200, 409]
        assert _interested(member, offers[0]) == 200
        member.post(f"/suggestions/{offers[0]}/decision", json={"decision": "later"})
        assert _interested(member, offers[2]) == 200


def limited(
    database_url: str, data_dir: Path, max_projects: int = 30, max_open_requests: int = 20
) -> Settings:
    """Settings with limits of their own."""
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        default_language=Language.EN,
        max_projects=max_projects,
        max_open_requests=max_open_requests,
        _env_file=None,
    )


def _interested(client: TestClient, suggestion: str | None) -> int:
    assert suggestion is not None
    return client.post(f"/suggestions/{suggestion}/decision", json={"decision": "interested"}).status_code
