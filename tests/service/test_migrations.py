"""The migrations lead to exactly what the tables' models say, on both databases, and back again."""

import json

from sqlalchemy import inspect, text
from sqlmodel import select

from schemas.kinds import Kind
from service.audit.log import broken_at
from service.clock import now
from service.db import migrate
from service.db.engine import open_engine
from service.db.session import reading, unit_of_work
from service.db.tables import Profile
from service.preparation import prepare
from service.profiles.records import record_hash
from service.profiles.saving import ExaminedRecord, store_new_record
from service.rules.history import history_of
from service.rulesets.service import active_ruleset

PROGRAMME_DOCUMENT = {
    "name": "Fonds d’amorçage",
    "origin": [
        {"country": "SN", "code": "SN-KL", "path": ["SN", "SN-KL"]},
        {"country": "SN", "place": "Ñ", "path": ["SN"]},
    ],
}


def test_the_migrations_and_the_models_agree(database_url: str) -> None:
    engine = open_engine(database_url)
    assert migrate.is_current(engine)
    assert migrate.differences(engine) == []
    engine.dispose()


def test_migrations_lead_back_and_forth(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert not migrate.is_current(engine)
    prepare(engine)
    prepare(engine)
    assert migrate.is_current(engine)
    engine.dispose()


def test_the_history_of_rulesets_becomes_part_of_the_audit_log(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate.downgrade(engine, "0005")
    steps = [
        {"did": "drafted", "by": "é", "at": "2026-01-02T03:04:05.000006Z", "reason": "x"},
        {"did": "changed", "by": "b", "at": "2026-01-03T00:00:00Z", "changes": {"weights": {"region": 1.5}}},
    ]
    with engine.begin() as connection:
        connection.execute(text("UPDATE ruleset SET history = :history"), {"history": json.dumps(steps)})
    migrate.upgrade(engine)
    with reading(engine) as session:
        assert broken_at(session) is None
        history = history_of(session, active_ruleset(session).id)
        assert [step.model_dump(mode="json", exclude_unset=True) for step in history] == steps
    engine.dispose()


def test_programmes_lose_the_association_that_their_form_does_not_know(database_url: str) -> None:
    engine = open_engine(database_url)
    with unit_of_work(engine) as session:
        for kind in (Kind.PROGRAMME, Kind.PROJECT):
            document = PROGRAMME_DOCUMENT | {"association": "a"}
            record = ExaminedRecord(kind, kind.value, document, "of before", True, [], [])
            store_new_record(session, record, now())
    migrate.downgrade(engine, "0012")
    migrate.upgrade(engine)
    with reading(engine) as session:
        programme, project = (
            session.exec(select(Profile).where(Profile.key == key)).one() for key in ("programme", "project")
        )
        assert programme.document == PROGRAMME_DOCUMENT
        assert programme.record_hash == record_hash(Kind.PROGRAMME, PROGRAMME_DOCUMENT)
        assert project.document == PROGRAMME_DOCUMENT | {"association": "a"}
    engine.dispose()
