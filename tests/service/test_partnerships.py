"""The track record through HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.service.client import Installation
from tests.service.examples import register
from tests.service.files import import_records


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
    assert stranger.patch(path, json={"status": "ended"}).status_code == 404
    assert installation.client().get("/partnerships?of=padova").json()["items"] == [], (
        "one side's word is no fact"
    )


def two_sides(installation: Installation, **changes: Any) -> tuple[TestClient, TestClient, dict[str, str]]:
    """An association and an authority, clients that speak for them, and what the first would record."""
    steward = installation.client("steward")
    club, town = register(steward, key="club", **changes), register(steward, "authorities", key="town")
    clients = [installation.client("member", each["id"]) for each in (club, town)]
    return clients[0], clients[1], {"query": "club", "candidate": "town", "since": "2019"}


def states(client: TestClient, query: str = "") -> list[str]:
    """The states of the partnerships that a client sees."""
    return [item["state"] for item in client.get(f"/partnerships{query}").json()["items"]]


def test_what_one_side_names_the_other_confirms(installation: Installation) -> None:
    club, town, said = two_sides(installation)
    public, stranger = installation.client(), installation.client("member")
    named = club.post("/partnerships", json=said).json()
    assert (named["state"], named["named_by"]["kind"]) == ("named", "association")
    assert states(public) == states(stranger) == []
    assert states(club) == states(town) == states(town, "?state=named") == ["named"]
    path = f"/partnerships/{named['id']}"
    assert club.post(f"{path}/confirmation").status_code == 403
    assert stranger.post(f"{path}/confirmation").status_code == 404
    assert public.post(f"{path}/confirmation").status_code == 401
    for _ in range(2):
        confirmed = town.post(f"{path}/confirmation")
        assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["named_by"]) == (
            200,
            "confirmed",
            None,
        )
    assert states(public) == ["confirmed"]
    assert states(public, "?state=named") == []


def test_only_what_is_confirmed_is_learnt_from(installation: Installation) -> None:
    club, town, said = two_sides(installation)
    path = f"/partnerships/{club.post('/partnerships', json=said).json()['id']}"
    listed = (
        f"/associations/{installation.client().get('/associations').json()['items'][0]['id']}/suggestions"
    )
    [before] = club.get(listed).json()["items"]
    assert "worked with you" not in before["explanation"]
    town.post(f"{path}/confirmation")
    [after] = club.get(listed).json()["items"]
    assert "worked with you since 2019" in after["explanation"]
    town.post(f"{path}/denial")
    assert club.get(listed).json()["items"][0]["explanation"] == before["explanation"]


def test_a_denied_partnership_is_not_named_again(installation: Installation) -> None:
    club, town, said = two_sides(installation)
    path = f"/partnerships/{club.post('/partnerships', json=said).json()['id']}"
    assert town.post(f"{path}/denial").json()["state"] == "denied"
    assert states(club) == states(town) == ["denied"]
    assert states(installation.client()) == []
    assert club.patch(path, json={"since": "2018"}).status_code == 409
    assert club.post(f"{path}/confirmation").status_code == 403
    swapped = {"query": "town", "candidate": "club"}
    assert club.post("/partnerships", json=said | swapped).status_code == 409
    assert town.post(f"{path}/confirmation").json()["state"] == "confirmed"


def test_a_correction_is_confirmed_by_who_was_corrected(installation: Installation) -> None:
    club, town, said = two_sides(installation)
    path = f"/partnerships/{club.post('/partnerships', json=said).json()['id']}"
    corrected = town.patch(path, json={"since": "2021"}).json()
    assert (corrected["state"], corrected["named_by"]["kind"]) == ("named", "authority")
    assert town.post(f"{path}/confirmation").status_code == 403
    assert club.post(f"{path}/confirmation").json()["since"] == "2021"
    assert club.patch(path, json={"status": "finished"}).json()["state"] == "confirmed"
    assert club.patch(path, json={"since": "2001"}).json()["state"] == "named"
    assert installation.client("steward").patch(path, json={"since": "2002"}).json()["state"] == "confirmed"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"since": "2999"}, 422),
        ({"since": "2999-01-01"}, 422),
        ({"since": "2999", "status": "planned"}, 201),
        ({"since": "1998"}, 422),
        ({"since": "2004-12-31"}, 422),
        ({"since": "2005"}, 201),
        ({"since": None}, 201),
    ],
)
def test_a_partnership_began_when_both_were_there(
    embedded: Installation, said: dict[str, str], status: int
) -> None:
    club, _, whole = two_sides(embedded, founded="2005-03-01")
    answer = club.post("/partnerships", json=whole | said)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/since"


def test_a_future_beginning_is_refused_in_imports_too(embedded: Installation) -> None:
    steward = embedded.client("steward")
    register(steward, key="club"), register(steward, "authorities", key="town")
    lines = [
        {"kind": "partnership", "query": "club", "candidate": "town", "since": since}
        for since in ("2999", "2019")
    ]
    result = import_records(embedded, steward, *lines)
    assert (result["created"], len(result["rejected"])) == (1, 1)
    assert states(embedded.client()) == ["confirmed"]


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
    assert "Has had partnerships before." in explanations[0]
    assert "partnerships" not in explanations[1]
