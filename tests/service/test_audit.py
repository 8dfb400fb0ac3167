"""Every step of a ruleset is written down in a chain that shows tampering; the last activation can be taken back."""

from typing import Any

import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import col

from service.audit.log import broken_at
from service.db.session import reading, unit_of_work
from service.db.tables import AuditEntry
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, AUTHORITY
from tests.service.test_rulesets import draft


def another_ruleset(steward: Any) -> dict[str, Any]:
    """A ruleset that has been drafted, changed and activated."""
    path = f"/rulesets/{draft(steward)['id']}"
    steward.patch(path, json={"weights": {"sector": 5}})
    active: dict[str, Any] = steward.post(f"{path}/activate", json={"reason": "Agreed"}).json()
    return active


def test_every_step_is_written_down_and_read_by_stewards_alone(installation: Installation) -> None:
    steward = installation.client("steward")
    first = steward.get("/rulesets/active").json()
    second = another_ruleset(steward)
    assert steward.post("/rulesets/rollback", json={"reason": "Too much"}).json()["id"] == first["id"]
    entries = list(reversed(steward.get("/audit").json()["items"]))
    assert [entry["number"] for entry in entries] == list(range(1, 9))
    entries = [entry for entry in entries if entry["kind"] == "ruleset"]
    names = {first["id"]: "first", second["id"]: "second"}
    assert [(names[entry["subject_id"]], entry["did"]) for entry in entries] == [
        ("first", "activated"),
        ("second", "drafted"),
        ("second", "changed"),
        ("first", "retired"),
        ("second", "activated"),
        ("second", "rolled_back"),
        ("first", "restored"),
    ]
    assert entries[2]["details"] == {"changes": {"weights": {"sector": 5}}}
    assert {entry["by"] for entry in entries[1:]} == {"steward"}
    assert len({entry["hash"] for entry in entries}) == 7
    of_second = steward.get(f"/audit?subject={second['id']}&limit=2").json()
    assert [entry["did"] for entry in of_second["items"]] == ["rolled_back", "activated"]
    assert of_second["next_cursor"]
    history = steward.get(f"/rulesets/{second['id']}").json()["history"]
    assert [step["did"] for step in history] == ["drafted", "changed", "activated", "rolled_back"]
    assert installation.client("member").get("/audit").status_code == 403
    assert installation.client().get("/audit").status_code == 401


@pytest.mark.parametrize(
    ("tamper", "number"),
    [
        (update(AuditEntry).where(col(AuditEntry.number) == 2).values(details='{"reason":"Another"}'), 2),
        (update(AuditEntry).where(col(AuditEntry.number) == 3).values(by="nobody"), 3),
        (update(AuditEntry).where(col(AuditEntry.number) == 4).values(hash="0" * 64), 4),
        (delete(AuditEntry).where(col(AuditEntry.number) == 3), 3),
        (delete(AuditEntry).where(col(AuditEntry.number) == 5), 5),
        (delete(AuditEntry).where(col(AuditEntry.number) == 1), 1),
    ],
)
def test_what_is_changed_afterwards_is_found(embedded: Installation, tamper: Any, number: int) -> None:
    another_ruleset(embedded.client("steward"))
    engine: Engine = embedded.app.state.engine
    with reading(engine) as session:
        assert broken_at(session) is None
    with unit_of_work(engine) as session:
        session.execute(tamper)
    with reading(engine) as session:
        found = broken_at(session)
    assert found is not None
    assert found.number == number


def test_a_rollback_restores_the_former_lists(installation: Installation) -> None:
    steward = installation.client("steward")
    club = steward.post("/associations", json=ASSOCIATION).json()
    steward.post("/authorities", json=AUTHORITY)
    steward.post(
        "/authorities", json={**AUTHORITY, "name": "Regione", "territory": "IT-34", "sectors": ["11120"]}
    )
    shown = f"/associations/{club['id']}/suggestions"

    def lists() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = steward.get(shown).json()["items"]
        return [{name: value for name, value in item.items() if name != "computed_at"} for item in items]

    before = lists()
    assert len(before) == 2
    another_ruleset(steward)
    assert lists() != before
    back = steward.post("/rulesets/rollback", json={"reason": "Back"})
    assert back.json()["state"] == "active"
    assert back.json()["retired_at"] is None
    assert lists() == before


def test_what_has_no_former_ruleset_cannot_be_taken_back(embedded: Installation) -> None:
    steward = embedded.client("steward")
    assert steward.post("/rulesets/rollback", json={"reason": "Why not"}).status_code == 409
    another_ruleset(steward)
    another_ruleset(steward)
    for wanted in (200, 200, 409):
        version = steward.get("/rulesets/active").json()["version"]
        said = {"reason": "Back", "from": version}
        assert steward.post("/rulesets/rollback", json=said).status_code == wanted
    assert embedded.client("member").post("/rulesets/rollback", json={"reason": "Mine"}).status_code == 403


@pytest.mark.parametrize("naming", ["none", "from", "If-Match"])
def test_a_rollback_that_is_pressed_again_takes_nothing_more_back(
    installation: Installation, naming: str
) -> None:
    steward = installation.client("steward")
    another_ruleset(steward)
    second = steward.get("/rulesets/active").json()["version"]
    another_ruleset(steward)
    active = steward.get("/rulesets/active")
    said = {"reason": "Back"} | ({"from": active.json()["version"]} if naming == "from" else {})
    headers = {"If-Match": active.headers["etag"]} if naming == "If-Match" else {}
    pressed = [steward.post("/rulesets/rollback", json=said, headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in pressed] == [200, 409, 409, 409]
    assert steward.get("/rulesets/active").json()["version"] == second
    assert f"Version {second}" in pressed[1].json()["detail"]


def test_a_rollback_names_a_version_in_force(embedded: Installation) -> None:
    steward = embedded.client("steward")
    version = another_ruleset(steward)["version"]
    for wrong, status in ((version + 1, 409), (version - 1, 409), (str(version), 422), (0, 422)):
        assert (
            steward.post("/rulesets/rollback", json={"reason": "Back", "from": wrong}).status_code == status
        )
    assert steward.get("/rulesets/active").json()["version"] == version


def test_the_log_covers_partnerships_merges_and_programmes(installation: Installation) -> None:
    steward = installation.client("steward")
    club = steward.post("/associations", json=ASSOCIATION | {"key": "club"}).json()
    twin = steward.post("/associations", json=ASSOCIATION | {"key": "twin"}).json()
    steward.post("/authorities", json=AUTHORITY | {"key": "town"})
    made = steward.post("/partnerships", json={"query": "club", "candidate": "town"}).json()
    path = f"/partnerships/{made['id']}"
    steward.patch(path, json={"since": "2019"})
    steward.post(f"{path}/denial")
    steward.post(f"{path}/confirmation")
    [pair] = steward.get("/duplicates").json()["items"]
    steward.post(f"/duplicates/{pair['id']}/dismissal", json={"reason": "two boards"})
    steward.post(f"/duplicates/{pair['id']}/merge", json={"keep": club["id"], "reason": "one board"})
    fund = steward.post("/programmes", json={"name": "Fonds"}).json()
    steward.patch(f"/programmes/{fund['id']}", json={"operator": "Région"})
    steward.delete(f"/programmes/{fund['id']}")

    def steps(subject: str) -> list[tuple[str, str]]:
        found = steward.get(f"/audit?subject={subject}").json()["items"]
        return [(entry["kind"], entry["did"]) for entry in reversed(found)]

    assert steps(made["id"]) == [
        ("partnership", did) for did in ("recorded", "changed", "denied", "confirmed")
    ]
    assert steps(pair["id"]) == [("duplicate", "dismissed")]
    assert steps(twin["id"]) == [("association", "merged")]
    assert steps(fund["id"]) == [("programme", did) for did in ("registered", "changed", "deleted")]
    with reading(installation.app.state.engine) as session:
        assert broken_at(session) is None
