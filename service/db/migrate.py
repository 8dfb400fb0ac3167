"""Brings a database to the shape this version of the code expects (Alembic).

Alembic is imported only where there is something to migrate or to compare: a start on an up-to-date database
does not need it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

import service.db.tables  # noqa: F401 - registers every table
from service.db.base import metadata
from service.db.faults import NewerDatabaseError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration that the database lacks, all or none of them; raises ``NewerDatabaseError``."""
    if revision == "head" and is_current(engine):
        return
    refuse_newer(engine)
    from alembic import command

    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back to ``revision`` (``base`` for an empty database)."""
    from alembic import command

    with engine.execution_options(writes=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The last migration that ran on this database, or ``None`` on an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head() -> str:
    """The last migration there is; their files begin with a number that counts up."""
    return max(path.name for path in (MIGRATIONS_FOLDER / "versions").glob("[0-9]*.py"))[:4]


def is_current(engine: Engine) -> bool:
    """Whether the database has the shape this version expects."""
    return current(engine) == head()


def refuse_newer(engine: Engine) -> None:
    """Raise ``NewerDatabaseError`` where a later version has changed this database already."""
    found, known = current(engine), head()
    if found is not None and found > known:
        raise NewerDatabaseError(found, known)


def differences(engine: Engine) -> list[object]:
    """What the tables' models say and the database does not, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_described})
        found: list[object] = compare_metadata(context, metadata)
    return found


def draft_migration(engine: Engine, message: str, revision: str) -> None:
    """Write a migration that leads from this database to the models; to be read before it is kept."""
    from alembic import command

    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER))
    config.attributes["connection"] = connection
    return config


def _is_described(_item: object, name: str | None, kind: str, *_: object) -> bool:
    # The tables of the text search have no model: see service/db/text_search.py.
    return not (kind == "table" and name is not None and name.startswith("profile_text"))
