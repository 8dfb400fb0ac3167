"""New rules come into force whole, whoever is killed on the way, and are taken back as if they had not been."""

from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import select

from bench.harness.processes import environment, kill_once
from bench.round_trip import shown_rows
from schemas.weights import PARTS
from seed.synthetic.loader import load_synthetic
from service.db.session import reading
from service.db.tables import AuditEntry, OutboxRow
from service.outbox.announcing import REMATCH
from tests.forked_commands import ForkedCommand
from tests.service.client import Installation

ORGANISATIONS = 240
KILLS = {"postgresql": 3, "sqlite": 1}
"""On SQLite one is enough: what is killed is the same, only what lies open in the database differs."""
STEP = 40
"""How many profiles further each attempt comes at least."""


def rematch(installation: Installation, folder: Path) -> ForkedCommand:
    """A process of its own that makes lists again in the database of an installation."""
    url = installation.app.state.engine.url.render_as_string(hide_password=False)
    given = environment(folder) | {"PASSERELLE_DATABASE_URL": url}
    return ForkedCommand(["rematch"], given, folder, folder / "log")


def last_done(engine: Engine) -> int:
    """The profile up to which everybody's lists have been made, as it is written down."""
    with reading(engine) as session:
        rows = session.exec(select(OutboxRow).where(OutboxRow.topic == REMATCH)).all()
        return max((row.payload.get("after", 0) for row in rows), default=0)


def kill_beyond(process: ForkedCommand, engine: Engine, profile: int) -> None:
    """Kill a process once it has come further than a profile."""
    kill_once(process, lambda: last_done(engine) > profile, seconds=90)


def finish(installation: Installation, folder: Path) -> None:
    assert rematch(installation, folder).wait(timeout=120) == 0


def test_killed_workers_leave_whole_lists_of_one_ruleset(installation: Installation, tmp_path: Path) -> None:
    engine, steward = installation.app.state.engine, installation.client("steward")
    load_synthetic(engine, ORGANISATIONS, 1, lambda _done, _total: None)
    finish(installation, tmp_path)
    before = shown_rows(engine)
    assert len(before) > ORGANISATIONS
    draft = steward.post("/rulesets", json={"name": "sectors", "reason": "to see"}).json()
    weights = dict.fromkeys(PARTS, 10) | {"sector": 90}
    steward.patch(f"/rulesets/{draft['id']}", json={"weights": weights})
    steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "to see"})
    for _ in range(KILLS[engine.dialect.name]):
        kill_beyond(rematch(installation, tmp_path), engine, last_done(engine) + STEP)
        assert shown_rows(engine) == before, "the former lists, whole"
    finish(installation, tmp_path)
    meanwhile = shown_rows(engine)
    assert meanwhile != before
    steward.post("/rulesets/rollback", json={"reason": "as before"})
    assert shown_rows(engine) == before
    kill_beyond(rematch(installation, tmp_path), engine, STEP)
    finish(installation, tmp_path)
    assert shown_rows(engine) == before
    with reading(engine) as session:
        did = [entry.did for entry in session.exec(select(AuditEntry)).all()]
    assert [step for step in did if step in ("activated", "rolled_back", "restored")][-3:] == [
        "activated",
        "rolled_back",
        "restored",
    ]
    assert len(steward.get("/rulesets?state=active").json()["items"]) == 1
