"""The migrations lead to exactly what the tables' models say, on both databases, and back again."""

from sqlalchemy import inspect

from service.db import migrate
from service.db.engine import open_engine
from service.preparation import prepare


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
