"""What is stored of people: where, for how long, shown to them, and deleted when they say so."""

from datetime import timedelta
from pathlib import Path

import time_machine
from sqlmodel import Session, SQLModel, select

from service.clock import now
from service.db.personal_data import GOES_ALONG, OF_NOBODY, PERSONAL_DATA
from service.db.session import unit_of_work
from service.db.tables import ApiToken, IdempotentRequest, Profile
from service.outbox.sweeping import begin_day
from tests.service.client import Installation
from tests.service.examples import register

ADDRESS = "bureau@example.org"


def test_every_table_says_whether_it_tells_of_people_and_for_how_long() -> None:
    declared = [*(each.table for each in PERSONAL_DATA), *GOES_ALONG, *OF_NOBODY]
    assert len(set(declared)) == len(declared)
    assert {table.__tablename__ for table in declared} == set(SQLModel.metadata.tables)
    for each in PERSONAL_DATA:
        goes = any(
            key.target_fullname == "profile.number"
            for column in each.table.__table__.columns  # type: ignore[attr-defined]  # of every table
            for key in column.foreign_keys
        )
        assert each.over or goes or "installation" in each.kept or each.table is Profile


def test_the_documentation_has_the_same_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
    for each in PERSONAL_DATA:
        assert f"| `{each.table.__tablename__}` | {each.what} | {each.kept} |" in page


def test_a_member_sees_all_that_is_stored_of_its_organisation(installation: Installation) -> None:
    member, steward = installation.client("member"), installation.client("steward")
    club = register(member, contact_email=ADDRESS)
    project = register(member, "projects", key="well")
    town = register(steward, "authorities", key="town")
    member.put("/me/subscription", json={"frequency": "weekly", "email": ADDRESS})
    member.post("/partnerships", json={"query": club["key"], "candidate": "town"})
    said = {"name": "Second well", "key": "second"}
    assert member.post("/projects", json=said, headers={"Idempotency-Key": "k"}).status_code == 201
    answer = member.get("/me/data")
    assert answer.headers["cache-control"] == "private, no-store"
    tables = answer.json()["tables"]
    assert {row["id"] for row in tables["profile"]} >= {club["id"], project["id"]}
    assert town["id"] not in {row["id"] for row in tables["profile"]}
    assert tables["profile"][0]["document"]["contact_email"] == ADDRESS
    assert tables["subscription"][0]["email"] == ADDRESS
    assert tables["partnership"][0]["candidate"] == town["id"]
    assert len(tables["idempotent_request"]) == len(tables["api_token"]) == 1
    for secret in ("token_hash", "unsubscribe_token"):
        assert secret not in answer.text
    assert member.get("/me").json()["organisation"]["id"] == club["id"]
    assert member.get("/me").json()["token"]["role"] == "member"


def test_others_data_is_in_nobodys_answer(installation: Installation) -> None:
    owner, other = installation.client("member"), installation.client("member")
    register(owner, contact_email=ADDRESS)
    owner.put("/me/subscription", json={"frequency": "weekly", "email": ADDRESS})
    register(other, name="Amici", contact_email=None)
    for client in (other, installation.client("member"), installation.client("steward")):
        answer = client.get("/me/data")
        assert answer.status_code == 200
        assert ADDRESS not in answer.text
    assert installation.client().get("/me/data").status_code == 401


def test_delete_me_leaves_nothing_of_an_organisation(installation: Installation) -> None:
    member, steward = installation.client("member"), installation.client("steward")
    club = register(member, contact_email=ADDRESS)
    project = register(member, "projects", key="well")
    other = register(steward, "authorities")
    colleague = installation.client("member", club["id"])
    member.put("/me/subscription", json={"frequency": "weekly", "email": ADDRESS})
    said = {"name": "Club", "contact_email": ADDRESS, "origin": ["SN"]}
    steward.patch(f"/associations/{club['id']}", json=said)
    member.post(f"/associations/{club['id']}/confirmation", headers={"Idempotency-Key": "k"})
    assert member.delete("/me").status_code == 204
    for client in (member, colleague):
        assert client.get("/me").status_code == 401
    for path in (f"/associations/{club['id']}", f"/projects/{project['id']}"):
        assert steward.get(path).status_code == 404
    assert steward.get(f"/authorities/{other['id']}").status_code == 200
    with Session(installation.app.state.engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name != "audit_entry":
                rows = str(session.execute(table.select()).all())
                assert ADDRESS not in rows, table.name
                assert club["id"] not in rows, table.name


def test_a_token_without_an_organisation_deletes_itself_alone(installation: Installation) -> None:
    steward, member = installation.client("steward"), installation.client("member")
    club = register(steward)
    for client in (member, steward):
        assert client.delete("/me").status_code == 204
        assert client.get("/me").status_code == 401
    assert installation.client().get(f"/associations/{club['id']}").status_code == 200


def test_a_deleted_profile_takes_the_answers_along_that_tell_of_it(installation: Installation) -> None:
    steward = installation.client("steward")
    said = {"name": "Club", "origin": ["SN"], "contact_email": ADDRESS}
    answers = [
        steward.post("/associations", json=said | {"name": name}, headers={"Idempotency-Key": name})
        for name in ("One", "Another")
    ]
    steward.delete(f"/associations/{answers[0].json()['id']}")
    with Session(installation.app.state.engine) as session:
        assert session.exec(select(IdempotentRequest.key)).all() == ["Another"]


def test_answers_and_tokens_are_forgotten_in_time(installation: Installation) -> None:
    steward, admin = installation.client("steward"), installation.client("admin")
    made = admin.post("/tokens", json={"role": "steward", "name": "Old"}).json()
    admin.delete(f"/tokens/{made['id']}")
    steward.post("/associations", json={"name": "Club"}, headers={"Idempotency-Key": "k"})
    left = []
    for days in (0, 2, 366):
        with (
            time_machine.travel(now() + timedelta(days=days)),
            unit_of_work(installation.app.state.engine) as session,
        ):
            begin_day(session, now())
            session.flush()
            left.append(
                (
                    len(session.exec(select(IdempotentRequest)).all()),
                    len(session.exec(select(ApiToken)).all()),
                )
            )
    assert left == [(1, 3), (0, 3), (0, 2)]
