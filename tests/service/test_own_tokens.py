"""``/me/tokens``: tokens that their holders make for themselves."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from service.accounts.service import MOST_MADE, create_own_token, replace_token
from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import ApiToken, IdempotentRequest
from service.errors import Unauthorised
from service.security.authentication import AccountRole
from tests.service.client import Installation
from tests.service.examples import register


def with_token(installation: Installation, made: dict[str, str]) -> TestClient:
    """A client with a token that was made."""
    client = installation.client()
    client.headers["Authorization"] = f"Bearer {made['token']}"
    return client


def names(client: TestClient) -> list[tuple[str, str]]:
    """The caller's own tokens by name and state."""
    return [(item["name"], item["state"]) for item in client.get("/me/tokens").json()["items"]]


def test_a_holder_makes_lists_and_revokes_its_own(installation: Installation) -> None:
    member = installation.client("member")
    club = register(member, key="club")
    register(installation.client("member"), key="other", name="Altri", contact_email=None)
    first = member.get("/me").json()["token"]
    answer = member.post("/me/tokens", json={"name": "Phone"})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    made = answer.json()
    assert (made["role"], made["organisation"]["id"], made["made_with"], made["created_by"]) == (
        "member",
        club["id"],
        first["id"],
        first["name"],
    )
    phone = with_token(installation, made)
    assert phone.patch(f"/associations/{club['id']}", json={"members": 7}).status_code == 200
    assert names(member) == [("Phone", "active"), ("member", "active")]
    assert names(phone) == [("Phone", "active")]
    assert "token" not in member.get("/me/tokens").json()["items"][0]
    for _ in range(2):
        assert member.delete(f"/me/tokens/{made['id']}").status_code == 204
    assert phone.get("/me").status_code == 401
    assert names(member) == [("Phone", "revoked"), ("member", "active")]
    assert member.get("/me").status_code == 200


@pytest.mark.parametrize("role", ["member", "steward", "admin"])
def test_it_may_do_what_its_maker_may_and_no_more(embedded: Installation, role: str) -> None:
    client = embedded.client(role)
    made = client.post("/me/tokens", json={"name": "Script"}).json()
    assert made["role"] == role
    assert client.post("/me/tokens", json={"name": "Script", "role": "admin"}).status_code == 422
    script = with_token(embedded, made)
    refused = script.post("/me/tokens", json={"name": "Further"})
    assert (refused.status_code, "made with it" in refused.json()["detail"]) == (403, True)
    assert script.delete(f"/me/tokens/{client.get('/me').json()['token']['id']}").status_code == 404
    assert script.delete(f"/me/tokens/{made['id']}").status_code == 204
    assert script.get("/me").status_code == 401


def test_what_a_thief_makes_ends_with_what_was_stolen(installation: Installation) -> None:
    admin = installation.client("admin")
    stolen = admin.post("/tokens", json={"role": "steward", "name": "Office"}).json()
    thief = with_token(
        installation, with_token(installation, stolen).post("/me/tokens", json={"name": "x"}).json()
    )
    assert thief.get("/jobs").status_code == 200
    assert admin.delete(f"/tokens/{stolen['id']}").status_code == 204
    assert thief.get("/jobs").status_code == 401
    steps = admin.get("/audit?limit=100").json()["items"]
    assert [(step["did"], step["by"]) for step in steps if step["kind"] == "token"][:4] == [
        ("revoked", "admin"),
        ("revoked", "admin"),
        ("created", "Office"),
        ("created", "admin"),
    ]


def test_what_was_made_with_a_token_ends_when_that_is_replaced(embedded: Installation) -> None:
    with unit_of_work(embedded.app.state.engine) as session:
        first = replace_token(session, role=AccountRole.ADMIN, name="up", by="test", now=now())
    made = with_token(embedded, {"token": first}).post("/me/tokens", json={"name": "up"}).json()
    with unit_of_work(embedded.app.state.engine) as session:
        replace_token(session, role=AccountRole.ADMIN, name="up", by="test", now=now())
    assert with_token(embedded, made).get("/me").status_code == 401
    steps = embedded.client("admin").get(f"/audit?subject={made['id']}").json()["items"]
    assert [step["did"] for step in steps] == ["revoked", "created"]


def test_none_is_made_with_one_that_was_revoked_meanwhile(installation: Installation) -> None:
    admin = installation.client("admin")
    made = admin.post("/tokens", json={"role": "steward", "name": "Office"}).json()
    admin.delete(f"/tokens/{made['id']}")
    with pytest.raises(Unauthorised), unit_of_work(installation.app.state.engine) as session:
        create_own_token(session, UUID(made["id"]), name="late", now=now(), days=None)


def test_it_is_valid_no_longer_than_its_maker(installation: Installation) -> None:
    admin = installation.client("admin")
    said = {"role": "steward", "name": "Office", "expires_in_days": 30}
    office = with_token(installation, admin.post("/tokens", json=said).json())
    until = office.get("/me").json()["token"]["expires_at"]
    made = [
        office.post("/me/tokens", json={"name": "Script", "expires_in_days": days}).json()
        for days in (None, 300, 3)
    ]
    assert [each["expires_at"] == until for each in made] == [True, True, False]
    with time_machine.travel(now() + timedelta(days=4)):
        assert [with_token(installation, each).get("/jobs").status_code for each in made] == [200, 200, 401]


def test_all_others_are_revoked_at_once(embedded: Installation) -> None:
    steward, other = embedded.client("steward"), embedded.client("steward")
    other.post("/me/tokens", json={"name": "theirs"})
    for name in ("a", "b"):
        steward.post("/me/tokens", json={"name": name})
    assert steward.delete("/me/tokens").status_code == 204
    assert names(steward) == [("b", "revoked"), ("a", "revoked"), ("steward", "active")]
    assert names(other) == [("theirs", "active"), ("steward", "active")]


def test_nobody_makes_tokens_without_end(embedded: Installation) -> None:
    steward = embedded.client("steward")
    made = [steward.post("/me/tokens", json={"name": f"{number}"}).json() for number in range(MOST_MADE)]
    refused = steward.post("/me/tokens", json={"name": "one more"})
    assert (refused.status_code, str(MOST_MADE) in refused.json()["detail"]) == (409, True)
    steward.delete(f"/me/tokens/{made[0]['id']}")
    assert steward.post("/me/tokens", json={"name": "one more"}).status_code == 201


def test_tokens_of_one_holder_speak_for_one_organisation(installation: Installation) -> None:
    member = installation.client("member")
    phone = with_token(installation, member.post("/me/tokens", json={"name": "Phone"}).json())
    club = register(phone, key="club")
    assert member.get("/me").json()["organisation"]["id"] == club["id"]
    again = member.post("/associations", json={"key": "second"})
    assert again.status_code in (403, 422)


@pytest.mark.parametrize("bound", [True, False])
def test_they_are_deleted_with_their_holder(installation: Installation, *, bound: bool) -> None:
    member = installation.client("member")
    if bound:
        register(member, key="club")
    headers = {"Idempotency-Key": "once"}
    answers = [member.post("/me/tokens", json={"name": "Phone"}, headers=headers).json() for _ in range(2)]
    assert answers[1] == answers[0] | {"token": None}
    stored = member.get("/me/data").json()["tables"]["api_token"]
    assert {row["name"] for row in stored} == {"member", "Phone"}
    with_token(installation, answers[0]).post(
        "/sectors/proposals", json={"text": "water"}, headers={"Idempotency-Key": "k"}
    )
    assert member.delete("/me").status_code == 204
    with Session(installation.app.state.engine) as session:
        assert session.exec(select(ApiToken).where(col(ApiToken.role) == "member")).all() == []
        assert session.exec(select(IdempotentRequest)).all() == []
