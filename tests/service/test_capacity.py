"""A small town hall is not proposed to more than it can answer, through HTTP."""

from schemas.inputs import JsonObject
from tests.service.client import Installation
from tests.service.examples import register


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
