"""Brings a database to the shape this version of the code expects (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import service.db.tables  # noqa: F401 - registers every table
from service.db.base import metadata

FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration that the database lacks, all or none of them."""
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back to ``revision`` (``base`` for an empty database)."""
    with engine.execution_options(writes=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The last migration that ran on this database, or ``None`` on an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The last migration there is."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def is_current(engine: Engine) -> bool:
    """Whether the database has the shape this version expects."""
    return current(engine) == head()


def knows(revision: str) -> bool:
    """Whether a revision is one of ours."""
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def differences(engine: Engine) -> list[object]:
    """What the tables' models say and the database does not, or the other way round; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _item, name, kind, *_: (
                    not (kind == "table" and "profile_text" in name)
                )
            },
        )
        found: list[object] = compare_metadata(context, metadata)
    return found


def draft_migration(engine: Engine, message: str, revision: str) -> None:
    """Write a migration that leads from this database to the models; to be read before it is kept."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
