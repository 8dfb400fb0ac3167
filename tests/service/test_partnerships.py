"""The track record through HTTP."""

import pytest

from tests.service.client import Installation
from tests.service.examples import register


def test_those_concerned_record_a_partnership_and_correct_it(installation: Installation) -> None:
    steward, member, stranger = (installation.client(role) for role in ("steward", "member", "member"))
    authority = register(steward, "authorities", key="padova")
    association = register(member, key="kaolack")
    said = {"query": "kaolack", "candidate": authority["id"], "since": 2019, "status": "active"}
    assert stranger.post("/partnerships", json=said).status_code == 403
    answer = member.post("/partnerships", json=said)
    assert answer.status_code == 201
    recorded = answer.json()
    assert (recorded["query"], recorded["candidate"], recorded["since"]) == ("kaolack", "padova", "2019")
    assert recorded["query_profile"]["id"] == association["id"]
    assert member.post("/partnerships", json=said).status_code == 409
    path = f"/partnerships/{recorded['id']}"
    stale = {"If-Match": answer.headers["etag"]}
    assert member.patch(path, json={"since": "2018-03-01"}, headers=stale).json()["since"] == "2018-03-01"
    assert member.patch(path, json={"status": "ended"}, headers=stale).status_code == 412
    assert stranger.patch(path, json={"status": "ended"}).status_code == 403
    assert installation.client().get("/partnerships?of=padova").json()["items"][0]["status"] == "active"


def test_what_is_recorded_is_learnt_from(installation: Installation) -> None:
    steward = installation.client("steward")
    first = register(steward, "authorities", name="Town hall")
    second = register(steward, "authorities", name="Town hall", level="intermunicipal")
    earlier = register(steward, name="Earlier")
    path = f"/associations/{register(steward, name='Newcomer')['id']}/suggestions?of=authorities"
    before = steward.get(path).json()["items"]
    assert before[0]["score"] == before[1]["score"]
    steward.post("/partnerships", json={"query": earlier["id"], "candidate": second["id"], "since": 2011})
    after = steward.get(path).json()["items"]
    assert after[0]["candidate"]["id"] == second["id"]
    assert "Earlier" in after[0]["explanation"]
    assert "2011" in after[0]["explanation"]
    assert after[1]["candidate"]["id"] == first["id"]


def test_partnerships_of_unpublished_profiles_are_not_public(installation: Installation) -> None:
    steward = installation.client("steward")
    one, other = register(steward, "authorities"), register(steward, published=False)
    steward.post("/partnerships", json={"query": other["id"], "candidate": one["id"]})
    assert installation.client().get("/partnerships").json()["items"] == []
    assert len(steward.get("/partnerships").json()["items"]) == 1


def test_a_partnership_has_two_known_and_different_sides(embedded: Installation) -> None:
    steward = embedded.client("steward")
    one = register(steward)["id"]
    for wrong in ({"query": one, "candidate": one}, {"query": one, "candidate": "nobody"}, {"query": one}):
        answer = steward.post("/partnerships", json=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/candidate"
    assert steward.get("/partnerships?of=nobody").status_code == 422
    assert steward.patch("/partnerships/01890000-0000-7000-8000-000000000000", json={}).status_code == 404


def test_who_was_chosen_by_others_than_those_asked_is_said_to_have_worked_before(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.track_record.nearest_neighbours.NEIGHBOUR_COUNT", 0)
    steward = embedded.client("steward")
    authority, earlier = register(steward, "authorities", name="Town hall"), register(steward)
    register(steward, "authorities", name="Newly come", level="intermunicipal")
    steward.post("/partnerships", json={"query": earlier["id"], "candidate": authority["id"]})
    path = f"/associations/{register(steward, name='Newcomer')['id']}/suggestions?of=authorities"
    explanations = [item["explanation"] for item in steward.get(path).json()["items"]]
    assert "Town hall has worked with others before." in explanations[0]
    assert "Newly come" in explanations[1]
    assert "has worked with others" not in explanations[1]
