"""What a caller may not see is to it as what does not exist: every answer is the same, whatever the route."""

import json
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from service.db.base import new_id
from service.suggestions.identifiers import suggestion_id
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, EXAMPLES, register
from tests.service.files import exported
from tests.service.route_table import PARAMETER, Endpoint, endpoints

HOST = "http://127.0.0.1:8000"
IDENTIFIED = {
    "profile_id",
    "partnership_id",
    "suggestion_id",
    "duplicate_id",
    "job_id",
    "ruleset_id",
    "digest_id",
    "token_id",
}
"""Parameters that stand for something that may be hidden."""
SECRET = "secret key"
KINDS = {kind.plural: kind.value for kind in Kind}


def callers(installation: Installation) -> dict[str, TestClient]:
    """Those who may not see what is hidden: nobody, a member without an organisation, and one of another organisation."""
    bound = installation.client("member")
    register(bound, name="Altri amici", contact_email=None, origin=["MX-ZAC"], residence=["US"])
    return {"nobody": installation.client(), "unbound": installation.client("member"), "other": bound}


@pytest.fixture
def hidden(installation: Installation) -> dict[str, str]:
    """By parameter (and kind) what there is that is hidden."""
    steward = installation.client("steward")
    found = {
        f"{kind}/profile_id": register(steward, kind, published=False, key=f"{SECRET} {kind}")["id"]
        for kind in EXAMPLES
    }
    register(steward, key="twin", published=False)
    said = {"query": f"{SECRET} associations", "candidate": f"{SECRET} authorities"}
    found["partnership_id"] = steward.post("/partnerships", json=said).json()["id"]
    found["duplicate_id"] = steward.get("/duplicates").json()["items"][0]["id"]
    found["job_id"] = steward.post("/imports?kind=association", content=b"key,name\n").json()["id"]
    found["ruleset_id"] = steward.post("/rulesets", json={"name": "A draft", "reason": "to see"}).json()["id"]
    found["token_id"] = installation.client("admin").get("/tokens").json()["items"][0]["id"]
    found["suggestion_id"] = str(suggestion_id(1, 2))
    return found


def test_each_identified_thing_is_known(hidden: dict[str, str], installation: Installation) -> None:
    named = {name for endpoint in endpoints(installation.app) for name, _ in PARAMETER.findall(endpoint.path)}
    assert named >= IDENTIFIED
    assert named - IDENTIFIED == {"token", "key", "preset_key", "code", "kind"}
    assert {name.rpartition("/")[2] for name in hidden} == IDENTIFIED - {"digest_id"}


def test_every_route_answers_what_is_hidden_as_what_is_absent(
    hidden: dict[str, str], installation: Installation
) -> None:
    compared = 0
    for name, caller in callers(installation).items():
        for endpoint in endpoints(installation.app):
            identifier = _hidden_at(endpoint, hidden)
            if identifier is None:
                continue
            absent = str(suggestion_id(9_998, 9_999)) if "suggestion_id" in endpoint.path else str(new_id())
            answers = [_asked(caller, endpoint, each) for each in (identifier, absent)]
            assert answers[0] == answers[1], (name, endpoint)
            assert answers[0][0] >= 400, (name, endpoint)
            compared += 1
    assert compared > 100


def _hidden_at(endpoint: Endpoint, hidden: dict[str, str]) -> str | None:
    for name, _ in PARAMETER.findall(endpoint.path):
        kind = endpoint.path.split("/")[3] if endpoint.path.startswith("/api") else ""
        if found := hidden.get(name) or hidden.get(f"{kind}/{name}"):
            return found
    return None


def _asked(caller: TestClient, endpoint: Endpoint, identifier: str) -> tuple[int, Any]:
    body = {"decision": "interested", "reason": "x", "status": "ended", "keep": str(UUID(int=0))}
    wanted = {"decision": "decision", "merge": "keep reason", "dismissal": "reason"}.get(
        endpoint.path.rsplit("/", 1)[1], "status"
    )
    sent = {name: body[name] for name in wanted.split()} if endpoint.takes_json else None
    answer = caller.request(endpoint.method, HOST + endpoint.at(identifier), json=sent)
    return answer.status_code, json.loads(answer.text.replace(identifier, "…"))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_hidden_key_tells_nothing(installation: Installation, kind: str) -> None:
    steward = installation.client("steward")
    register(steward, kind, published=False, key=SECRET)
    senders = [installation.client("member") for _ in range(2)]
    if kind in ("projects", "programmes"):
        for number, sender in enumerate(senders):
            register(sender, key=f"own {number}", name=f"Amici {number}", contact_email=None)
    taken, free = (
        sender.post(
            f"/{kind}", json=EXAMPLES[kind] | {"key": key, "name": "Another name", "contact_email": None}
        )
        for sender, key in zip(senders, (SECRET, "free key"), strict=True)
    )
    assert (taken.status_code, free.status_code) == (201, 201)
    assert taken.json()["key"] == SECRET
    path = f"/{kind}/{taken.json()['id']}"
    assert senders[0].get(path).json()["key"] == SECRET
    assert senders[0].patch(path, json={"key": SECRET}).status_code == 200
    assert [item["id"] for item in senders[0].get(f"/{kind}?key={SECRET}").json()["items"]] == [
        taken.json()["id"]
    ]
    assert senders[0].post(f"/{kind}", json=EXAMPLES[kind] | {"key": SECRET}).status_code in (403, 409)
    keys = [json.loads(line)["key"] for line in exported(steward, KINDS[kind], "jsonl").splitlines()]
    assert len([key for key in keys if key.startswith(SECRET)]) == 2
    # Who sees both has to know which is which, and sends back what was exported.
    assert steward.post(f"/{kind}", json=EXAMPLES[kind] | {"key": SECRET}).status_code == 409


def test_a_project_of_an_association_whose_key_another_has_belongs_to_it(installation: Installation) -> None:
    steward, member = installation.client("steward"), installation.client("member")
    register(steward, published=False, key=SECRET)
    register(member, key=SECRET, name="Another name", contact_email=None)
    project = register(member, "projects", association=SECRET)
    assert project["association"] == SECRET
    assert register(member, "projects", key="second")["association"] == SECRET
    town = register(steward, "authorities", key="town")
    said = {"query": SECRET, "candidate": "town"}
    recorded = member.post("/partnerships", json=said).json()
    assert (recorded["query"], recorded["query_profile"]["name"]) == (SECRET, "Another name")
    assert member.get(f"/partnerships?of={SECRET}").json()["items"][0]["id"] == recorded["id"]
    assert steward.get(f"/partnerships?of={town['id']}").json()["items"][0]["query"].startswith(f"{SECRET}~")


def test_a_hidden_side_of_a_partnership_or_project_is_none(installation: Installation) -> None:
    steward, member = installation.client("steward"), installation.client("member")
    hidden = register(steward, "associations", published=False, key=SECRET, contact_email=None)
    register(steward, "authorities", published=False, key=f"{SECRET} 2")
    register(member, key="own", name="Amici", contact_email=None)
    asked = [
        ("GET", "/partnerships?of={key}", None),
        ("POST", "/partnerships", {"query": "own", "candidate": "{key}"}),
        ("POST", "/partnerships", {"query": "{key}", "candidate": "own"}),
        ("POST", "/projects", {"name": "Un puits", "association": "{key}"}),
    ]
    for method, path, body in asked:
        answers = [
            member.request(
                method,
                path.replace("{key}", key),
                json=json.loads(json.dumps(body).replace("{key}", key)) if body else None,
            )
            for key in (SECRET, hidden["id"], f"{SECRET} 2", "no key at all")
        ]
        assert len({(answer.status_code, answer.text) for answer in answers}) == 1, (path, body)
        assert answers[0].status_code == 422


def test_a_guessed_address_is_confirmed_to_nobody(installation: Installation) -> None:
    steward, owner, guesser = (installation.client(role) for role in ("steward", "member", "member"))
    register(owner, name="Les amis de Kaolack", description=None, contact_email="bureau@example.org")
    guess: JsonObject = {"name": "Les tout bons amis de toute la ville de Kaolack", "description": None}

    def found(client: TestClient, address: str) -> list[Any]:
        said = ASSOCIATION | guess | {"contact_email": address}
        answer = client.post("/associations/possible-duplicates", json=said)
        listed: list[Any] = answer.json()["possible_duplicates"]
        return listed

    assert found(guesser, "bureau@example.org") == found(guesser, "other@example.org") == []
    [known] = found(steward, "bureau@example.org")
    assert "contact_email" in known["because"]
    registered = register(guesser, **guess, contact_email="bureau@example.org")
    assert "possible_duplicates" not in registered
    assert len(steward.get("/duplicates").json()["items"]) == 1


def test_a_merged_profile_leads_nobody_to_a_hidden_one(installation: Installation) -> None:
    steward = installation.client("steward")
    gone = register(steward)
    keep = register(steward, name="Les amis de Kaolak", published=False)
    [pair] = steward.get("/duplicates").json()["items"]
    steward.post(f"/duplicates/{pair['id']}/merge", json={"keep": keep["id"], "reason": "same"})
    path = f"/{Kind.ASSOCIATION.plural}/{gone['id']}"
    assert steward.get(path, follow_redirects=False).status_code == 308
    assert installation.client().get(path, follow_redirects=False).status_code == 404
