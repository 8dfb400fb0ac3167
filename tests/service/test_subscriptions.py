"""``/me/subscription`` and ``/digests``: who may see and say what."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tests.service.client import Installation
from tests.service.examples import register
from tests.service.readers import agree

DAILY = {"frequency": "daily", "language": "it", "timezone": "Europe/Rome"}


def member_of_club(installation: Installation, **changes: Any) -> Any:
    club = register(installation.client("steward"), **changes)
    return installation.client("member", club["id"])


@time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC))
def test_a_subscription_is_made_read_and_changed(installation: Installation) -> None:
    member = member_of_club(installation)
    assert member.get("/me/subscription").status_code == 404
    made = member.put("/me/subscription", json=DAILY)
    assert made.status_code == 201
    assert made.json() | DAILY == made.json()
    assert made.json()["email"] == "bureau@example.org"
    assert member.get("/me/subscription").json() == made.json()
    agree(installation, made.json()["organisation"]["id"])
    read = member.get("/me/subscription")
    changed = member.put("/me/subscription", json=DAILY | {"frequency": "monthly"})
    assert changed.status_code == 200
    assert changed.json()["next_due_at"] > read.json()["next_due_at"]
    assert changed.headers["etag"] != read.headers["etag"]
    outdated = {"If-Match": read.headers["etag"]}
    assert member.put("/me/subscription", json=DAILY, headers=outdated).status_code == 412


def test_never_ends_it_and_another_frequency_begins_it_again(embedded: Installation) -> None:
    member = member_of_club(embedded)
    made = member.put("/me/subscription", json=DAILY).json()
    agree(embedded, made["organisation"]["id"])
    ended = member.put("/me/subscription", json=DAILY | {"frequency": "never"}).json()
    assert (ended["state"], ended["next_due_at"], ended["ended"]["cause"]) == ("ended", None, "unsubscribed")
    assert member.put("/me/subscription", json=DAILY).json()["state"] == "active"


def test_the_language_is_the_requests_unless_it_is_said(embedded: Installation) -> None:
    member = member_of_club(embedded)
    said = {"frequency": "weekly"}
    made = member.put("/me/subscription", json=said, headers={"Accept-Language": "es"}).json()
    assert (made["language"], made["timezone"]) == ("es", "UTC")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"frequency": "hourly"}, "/frequency"),
        ({"frequency": "daily", "language": "de"}, "/language"),
        ({"frequency": "daily", "timezone": "Mars/Olympus"}, "/timezone"),
        ({"frequency": "daily", "timezone": "../etc/passwd"}, "/timezone"),
        ({"frequency": "daily", "email": "nobody"}, "/email"),
        ({"frequency": "daily", "email": "a@example.org\r\nBcc: b@example.org"}, "/email"),
        ({}, "/frequency"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    embedded: Installation, said: dict[str, Any], pointer: str
) -> None:
    answer = member_of_club(embedded).put("/me/subscription", json=said)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_without_any_address_it_says_what_to_do(embedded: Installation) -> None:
    answer = member_of_club(embedded, contact_email=None).put("/me/subscription", json=DAILY)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


def test_a_subscription_belongs_to_the_organisation_of_the_token(embedded: Installation) -> None:
    member_of_club(embedded).put("/me/subscription", json=DAILY)
    other = member_of_club(embedded, key="other", name="Other")
    assert other.get("/me/subscription").status_code == 404
    assert embedded.client("member").get("/me/subscription").status_code == 403
    assert embedded.client("steward").put("/me/subscription", json=DAILY).status_code == 403
    assert embedded.client().get("/me/subscription").status_code == 401
    assert embedded.client().get("/digests").status_code == 401


def test_a_deleted_organisation_takes_its_subscription_along(installation: Installation) -> None:
    steward = installation.client("steward")
    club = register(steward)
    installation.client("member", club["id"]).put("/me/subscription", json=DAILY)
    assert steward.delete(f"/associations/{club['id']}").status_code == 204
