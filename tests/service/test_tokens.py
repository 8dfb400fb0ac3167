"""Tokens: made, shown once, listed, expired, revoked, and found by programs that look for secrets."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from service.clock import now
from service.db.tables import ApiToken, IdempotentRequest
from service.security.authentication import TOKEN_PREFIX, checksum, new_token
from tests.service.client import Installation
from tests.service.examples import register

MADE = {"role": "steward", "name": "Cooperation office"}


def test_an_administrator_makes_lists_and_revokes_tokens(installation: Installation) -> None:
    admin = installation.client("admin")
    club = register(installation.client("steward"), key="club")
    made = admin.post("/tokens", json={"role": "member", "name": "Club", "organisation": "club"})
    assert made.status_code == 201
    assert made.headers["cache-control"] == "private, no-store"
    shown = made.json()
    assert (shown["state"], shown["organisation"]["id"], shown["created_by"]) == (
        "active",
        club["id"],
        "admin",
    )
    client = installation.client()
    client.headers["Authorization"] = f"Bearer {shown['token']}"
    assert client.patch(f"/associations/{club['id']}", json={"members": 7}).status_code == 200
    [listed] = [item for item in admin.get("/tokens").json()["items"] if item["id"] == shown["id"]]
    assert "token" not in listed
    assert listed["last_used_at"] is not None
    for _ in range(2):
        assert admin.delete(f"/tokens/{shown['id']}").status_code == 204
    assert client.get("/associations").status_code == 401
    [listed] = [item for item in admin.get("/tokens").json()["items"] if item["id"] == shown["id"]]
    assert (listed["state"], listed["revoked_at"] is None) == ("revoked", False)
    steps = admin.get(f"/audit?subject={shown['id']}").json()["items"]
    assert [(step["kind"], step["did"], step["by"]) for step in steps] == [
        ("token", "revoked", "admin"),
        ("token", "created", "admin"),
    ]


def test_a_token_expires(installation: Installation) -> None:
    admin = installation.client("admin")
    shown = admin.post("/tokens", json=MADE | {"expires_in_days": 30}).json()
    client = installation.client()
    client.headers["Authorization"] = f"Bearer {shown['token']}"
    assert client.get("/jobs").status_code == 200
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert client.get("/jobs").status_code == 401
        states = {item["id"]: item["state"] for item in admin.get("/tokens").json()["items"]}
        assert states[shown["id"]] == "expired"


def test_use_is_noted_to_the_hour(installation: Installation) -> None:
    steward = installation.client("steward")

    def used() -> object:
        with Session(installation.app.state.engine) as session:
            return session.exec(select(ApiToken.last_used_at)).one()

    assert used() is None
    with time_machine.travel(now(), tick=False):
        steward.get("/jobs")
        first = used()
        assert first == now()
    with time_machine.travel(now() + timedelta(minutes=50)):
        steward.get("/jobs")
        assert used() == first
    with time_machine.travel(now() + timedelta(minutes=70)):
        steward.get("/unknown-address")
        assert used() == first
        steward.post("/rulesets/rollback", json={})
        assert used() != first, "a refused call is a use too"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"name": "\u200b"}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"role": "owner"}, "/role"),
        ({"expires_in_days": 0}, "/expires_in_days"),
        ({"expires_in_days": 4_000}, "/expires_in_days"),
        ({"token": "own"}, "/token"),
    ],
)
def test_what_cannot_be_is_refused(embedded: Installation, said: dict[str, object], pointer: str) -> None:
    answer = embedded.client("admin").post("/tokens", json=MADE | said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_only_administrators_see_tokens(embedded: Installation) -> None:
    for role in ("member", "steward"):
        client = embedded.client(role)
        assert client.get("/tokens").status_code == 403
        assert client.post("/tokens", json=MADE).status_code == 403
    assert embedded.client().get("/tokens").status_code == 401
    admin = embedded.client("admin")
    assert admin.post("/tokens", json=MADE | {"organisation": "nobody"}).status_code == 404
    assert admin.delete("/tokens/01a22e24-83d1-71ac-b2c6-1a1cb768b799").status_code == 404


def test_a_token_is_stored_nowhere_not_even_under_an_idempotency_key(installation: Installation) -> None:
    admin = installation.client("admin")
    answers = [admin.post("/tokens", json=MADE, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    first, again = (answer.json() for answer in answers)
    assert first["token"].startswith(TOKEN_PREFIX)
    assert again == first | {"token": None}
    with Session(installation.app.state.engine) as session:
        [kept] = session.exec(select(IdempotentRequest)).all()
        assert first["token"] not in kept.body
        assert all(first["token"] not in str(row) for row in session.exec(select(ApiToken)).all())


def test_contact_data_is_in_no_answer_that_is_kept(installation: Installation) -> None:
    steward = installation.client("steward")
    said = {"name": "Amis", "origin": ["SN"], "contact_email": "bureau@example.org"}
    answers = [steward.post("/associations", json=said, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.json()["contact_email"] for answer in answers] == ["bureau@example.org", None]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    with Session(installation.app.state.engine) as session:
        assert "bureau" not in session.exec(select(IdempotentRequest.body)).one()


def test_programs_that_look_for_secrets_know_a_token() -> None:
    written = re.compile(r"\bpasserelle_([0-9A-Za-z]{43})([0-9A-Za-z]{6})\b")
    for _ in range(50):
        token, _ = new_token()
        found = written.fullmatch(token)
        assert found is not None
        assert checksum(found[1]) == found[2]
    assert checksum("x" * 43) != checksum("y" + "x" * 42)
