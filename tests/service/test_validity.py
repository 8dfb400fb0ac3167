"""Rulesets that hold for a time: scheduled, put in force by the calendar, and taken out again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.formats import day_in_words
from schemas.language import Language
from service.clock import now
from service.db.session import unit_of_work
from service.rules.lifecycle import keep_to_calendar
from tests.service.client import Installation

TODAY = now().date()


def draft(steward: Any, name: str, **days: Any) -> dict[str, Any]:
    made = steward.post("/rulesets", json={"name": name, "reason": "a call"}).json()
    answer = steward.patch(f"/rulesets/{made['id']}", json=days)
    assert answer.status_code == 200, answer.json()
    changed: dict[str, Any] = answer.json()
    return changed


def activate(steward: Any, ruleset: dict[str, Any]) -> Any:
    return steward.post(f"/rulesets/{ruleset['id']}/activate", json={"reason": "the call opens"})


def on_day(installation: Installation, offset: int) -> bool:
    instant = datetime.combine(TODAY + timedelta(days=offset), datetime.min.time(), UTC)
    with unit_of_work(installation.app.state.engine) as session:
        return keep_to_calendar(session, instant)


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


def test_a_ruleset_holds_from_its_first_day_to_its_last(installation: Installation) -> None:
    steward = installation.client("steward")
    first = steward.get("/rulesets/active").json()
    call = draft(steward, "call", valid_from=day(3), valid_until=day(5))
    scheduled = activate(steward, call).json()
    assert scheduled["state"] == "scheduled"
    assert scheduled["activated_at"] is None
    assert not on_day(installation, 2)
    assert steward.get("/rulesets/active").json()["id"] == first["id"]
    assert on_day(installation, 3)
    assert steward.get("/rulesets/active").json()["id"] == call["id"]
    assert not on_day(installation, 5)
    assert on_day(installation, 6)
    assert steward.get("/rulesets/active").json()["id"] == first["id"]
    assert not on_day(installation, 6)
    did = [step["did"] for step in steward.get(f"/rulesets/{call['id']}").json()["history"]]
    assert did == ["drafted", "changed", "scheduled", "activated", "expired"]


def test_what_was_over_before_anybody_came_is_never_in_force(embedded: Installation) -> None:
    steward = embedded.client("steward")
    call = draft(steward, "call", valid_from=day(3), valid_until=day(5))
    activate(steward, call)
    assert not on_day(embedded, 9)
    assert steward.get(f"/rulesets/{call['id']}").json()["state"] == "retired"


def test_a_scheduled_ruleset_is_withdrawn_changed_and_activated(embedded: Installation) -> None:
    steward = embedded.client("steward")
    call = draft(steward, "call", valid_from=day(3))
    activate(steward, call)
    assert steward.patch(f"/rulesets/{call['id']}", json={"name": "other"}).status_code == 409
    assert activate(steward, call).status_code == 409
    back = steward.post(f"/rulesets/{call['id']}/withdraw", json={"reason": "it opens earlier"}).json()
    assert back["state"] == "draft"
    assert steward.post(f"/rulesets/{call['id']}/withdraw", json={"reason": "again"}).status_code == 409
    assert not on_day(embedded, 3)
    steward.patch(f"/rulesets/{call['id']}", json={"valid_from": None})
    assert activate(steward, call).json()["state"] == "active"


def test_taking_back_passes_over_what_is_over(embedded: Installation) -> None:
    steward = embedded.client("steward")
    first = steward.get("/rulesets/active").json()
    short = draft(steward, "short", valid_until=day(1))
    long = draft(steward, "long", valid_until=day(4))
    activate(steward, short)
    activate(steward, long)
    assert on_day(embedded, 5)
    assert steward.get("/rulesets/active").json()["id"] == first["id"]


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"valid_from": day(4), "valid_until": day(3)}, "Give a later last day."),
        ({"valid_from": "soon"}, "date"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    embedded: Installation, days: dict[str, str], reason: str
) -> None:
    steward = embedded.client("steward")
    made = steward.post("/rulesets", json={"name": "x", "reason": "a call"}).json()
    answer = steward.patch(f"/rulesets/{made['id']}", json=days)
    assert answer.status_code == 422
    assert reason in answer.text


def test_what_is_over_is_not_activated(embedded: Installation) -> None:
    steward = embedded.client("steward")
    over = draft(steward, "over", valid_until=day(-1))
    answer = activate(steward, over)
    assert answer.status_code == 422
    assert "is past" in answer.text


def test_days_are_part_of_the_file_and_of_the_differences_but_not_of_a_copy(embedded: Installation) -> None:
    steward = embedded.client("steward")
    call = draft(steward, "call", valid_from=day(3), valid_until=day(5))
    said = [item["detail"] for item in steward.get(f"/rulesets/{call['id']}/diff").json()["items"]]
    assert said == [
        f"The rules apply from: {day_in_words(Language.EN, date.fromisoformat(day(3)))}.",
        f"Last day of these rules: {day_in_words(Language.EN, date.fromisoformat(day(5)))}.",
    ]
    text = steward.get(f"/rulesets/{call['id']}/file").text
    answer = steward.put("/rulesets/files/call", content=text, headers={"Content-Type": "application/yaml"})
    assert answer.json()["valid_until"] == day(5)
    copy = steward.post("/rulesets", json={"name": "x", "reason": "a call", "based_on": call["id"]}).json()
    assert copy["valid_from"] is copy["valid_until"] is None
