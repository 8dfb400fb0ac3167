"""Many at once: nobody gets a 500, nothing is stored twice, the loser gets a conflict."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy.exc import OperationalError

from service.rules import lifecycle
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, register

AT_ONCE = 8


def all_at_once(act: Any) -> Counter[int]:
    """What many requests at the same time are answered with."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(answer.status_code for answer in pool.map(act, range(AT_ONCE)))


def test_one_key_is_registered_once(installation: Installation) -> None:
    steward = installation.client("steward")
    said = ASSOCIATION | {"key": "same"}
    assert all_at_once(lambda _: steward.post("/associations", json=said)) == {201: 1, 409: AT_ONCE - 1}
    assert len(steward.get("/associations").json()["items"]) == 1


def test_a_member_becomes_the_voice_of_one_organisation(installation: Installation) -> None:
    member = installation.client("member")
    assert all_at_once(lambda _: member.post("/associations", json=ASSOCIATION)) == {201: 1, 403: AT_ONCE - 1}
    assert len(member.get("/associations").json()["items"]) == 1


def test_one_idempotent_request_is_done_once(installation: Installation) -> None:
    steward = installation.client("steward")
    once = {"Idempotency-Key": "same"}
    assert all_at_once(lambda _: steward.post("/associations", json=ASSOCIATION, headers=once)) == {
        201: AT_ONCE
    }
    assert len(steward.get("/associations").json()["items"]) == 1


def test_one_version_is_changed_once(installation: Installation) -> None:
    steward = installation.client("steward")
    path = f"/associations/{register(steward)['id']}"
    seen = {"If-Match": steward.get(path).headers["etag"]}
    answers = all_at_once(lambda number: steward.patch(path, json={"members": number}, headers=seen))
    assert answers == {200: 1, 412: AT_ONCE - 1}


def test_one_ruleset_is_active_whoever_activates(installation: Installation) -> None:
    steward = installation.client("steward")
    drafts = [
        steward.post("/rulesets", json={"name": "x", "reason": "why"}).json()["id"] for _ in range(AT_ONCE)
    ]
    answers = all_at_once(lambda n: steward.post(f"/rulesets/{drafts[n]}/activate", json={"reason": "now"}))
    assert answers == {200: AT_ONCE}, "each waits for its turn"
    assert len(steward.get("/rulesets?state=active").json()["items"]) == 1


@pytest.mark.parametrize("refusal", [DeadlockDetected, SerializationFailure])
def test_who_had_to_give_way_to_another_writer_gets_a_conflict(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch, refusal: type[Exception]
) -> None:
    def refused(*_said: Any, **_by: Any) -> None:
        raise OperationalError("UPDATE", {}, refusal())

    monkeypatch.setattr(lifecycle, "roll_back", refused)
    answer = embedded.client("steward").post("/rulesets/rollback", json={"reason": "again"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("Somebody has changed this in the meantime.")


def test_reading_goes_on_while_many_register(installation: Installation) -> None:
    steward, public = installation.client("steward"), installation.client()
    authority = register(steward, "authorities")

    def act(number: int) -> Any:
        client: TestClient = steward if number % 2 else public
        return client.post("/associations", json=ASSOCIATION) if number % 2 else client.get("/associations")

    assert set(all_at_once(act)) == {200, 201}
    listed = public.get(f"/authorities/{authority['id']}/suggestions").json()
    assert len(listed["items"]) == AT_ONCE // 2
