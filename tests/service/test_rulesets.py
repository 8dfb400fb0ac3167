"""Rulesets through HTTP: read by all, drafted and activated by stewards, never changed once active."""

from typing import Any

import pytest

from tests.service.client import Installation


def draft(steward: Any, **fields: Any) -> dict[str, Any]:
    """A new draft."""
    answer = steward.post("/rulesets", json={"name": "Trial", "reason": "To see", **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_new_installation_has_one_active_ruleset(installation: Installation) -> None:
    public = installation.client()
    active = public.get("/rulesets/active").json()
    assert active["state"] == "active"
    assert sum(active["weights"].values()) == pytest.approx(1)
    assert public.get("/rulesets").json()["items"] == [active]
    assert public.get(f"/rulesets/{active['id']}").json() == active


def test_a_draft_is_changed_activated_and_then_stays_as_it_is(installation: Installation) -> None:
    steward = installation.client("steward")
    former = steward.get("/rulesets/active").json()
    made = draft(steward)
    assert made["based_on"] == former["id"]
    assert made["weights"] == former["weights"]
    path = f"/rulesets/{made['id']}"
    changed = steward.patch(path, json={"weights": {"region": 2}, "reason": "Closer"})
    assert changed.json()["reason"] == "Closer"
    assert sum(changed.json()["weights"].values()) == pytest.approx(1)
    assert changed.json()["weights"]["region"] > made["weights"]["region"]
    activated = steward.post(f"{path}/activate", json={"reason": "Agreed in the meeting"})
    assert activated.json()["state"] == "active"
    assert activated.json()["activated_by"] == "steward"
    assert activated.json()["activation_reason"] == "Agreed in the meeting"
    assert steward.get("/rulesets/active").json()["id"] == made["id"]
    retired = steward.get(f"/rulesets/{former['id']}").json()
    assert retired["state"] == "retired"
    assert retired["retired_at"]
    steps = [(step["did"], step["by"], step.get("reason")) for step in activated.json()["history"]]
    assert steps == [
        ("drafted", "steward", "To see"),
        ("changed", "steward", None),
        ("activated", "steward", "Agreed in the meeting"),
    ]
    assert activated.json()["history"][1]["changes"]["weights"] == {"region": 2}
    assert retired["history"][-1]["did"] == "retired"
    assert steward.patch(path, json={"reason": "Too late"}).status_code == 409
    assert steward.post(f"{path}/activate", json={"reason": "Again"}).status_code == 409


def test_drafts_are_for_stewards(installation: Installation) -> None:
    steward, member, public = (installation.client(role) for role in ("steward", "member", None))
    made = draft(steward)
    path = f"/rulesets/{made['id']}"
    assert public.get(path).status_code == member.get(path).status_code == 404
    assert made["id"] not in public.get("/rulesets").text
    assert public.post("/rulesets", json={"name": "x", "reason": "why"}).status_code == 401
    assert member.post("/rulesets", json={"name": "x", "reason": "why"}).status_code == 403
    assert member.patch(path, json={"name": "y"}).status_code == 403
    assert member.post(f"{path}/activate", json={"reason": "mine"}).status_code == 403


def test_two_stewards_do_not_overwrite_each_other(installation: Installation) -> None:
    steward = installation.client("steward")
    path = f"/rulesets/{draft(steward)['id']}"
    seen = {"If-Match": steward.get(path).headers["etag"]}
    assert steward.patch(path, json={"name": "Mine"}, headers=seen).status_code == 200
    assert steward.patch(path, json={"name": "Yours"}, headers=seen).status_code == 412
    assert steward.post(f"{path}/activate", json={"reason": "now"}, headers=seen).status_code == 412


@pytest.mark.parametrize(
    "patch",
    [
        '{"weights": {"region": NaN}}',
        '{"weights": {"region": Infinity}}',
        '{"weights": {"region": -1}}',
        '{"weights": {"region": "much"}}',
        '{"weights": {"region": true}}',
        '{"weights": {"luck": 1}}',
        '{"weights": {"region": 0, "sector": 0, "priority": 0, "text": 0, "track_record": 0}}',
        '{"weights": null}',
        '{"pairings": {"association:wizard": {"region": 1, "sector": 0, "priority": 0, "text": 0, "track_record": 0}}}',
        '{"region_levels": {"country": 2}}',
        '{"affinities": {"rights": {"money": 1}}}',
        '{"state": "active"}',
        '{"name": ""}',
        '{"colour": "red"}',
        "[]",
        "{",
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(
    embedded: Installation, patch: str
) -> None:
    steward = embedded.client("steward")
    made = draft(steward)
    answer = steward.patch(
        f"/rulesets/{made['id']}", content=patch, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert steward.get(f"/rulesets/{made['id']}").json() == made


def test_a_draft_may_start_from_any_earlier_ruleset(installation: Installation) -> None:
    steward = installation.client("steward")
    first = steward.get("/rulesets/active").json()
    made = draft(steward)
    steward.patch(f"/rulesets/{made['id']}", json={"weights": {"text": 0}})
    steward.post(f"/rulesets/{made['id']}/activate", json={"reason": "Try"})
    assert draft(steward)["weights"]["text"] == 0
    assert draft(steward, based_on=first["id"])["weights"] == first["weights"]
    unknown = {"name": "x", "reason": "why", "based_on": "01890000-0000-7000-8000-000000000000"}
    assert steward.post("/rulesets", json=unknown).status_code == 404
