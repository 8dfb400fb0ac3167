"""Databases for tests: made once with the gazetteer, then copied for each test that wants one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from seed.territories.loader import load_territories
from service.db.engine import open_engine
from service.preparation import prepare

LOCALITIES_OF = ("DZ", "EC", "ES", "FR", "GB", "GH", "IT", "MA", "MX", "RO", "SN", "TN", "US")
POSTGRESQL = os.environ.get("PASSERELLE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/test")
FillDatabase = Callable[[Engine], None]


def with_gazetteer(engine: Engine) -> None:
    """Prepare a database and load the gazetteer, with the localities of the countries that tests name."""
    prepare(engine)
    load_territories(engine, LOCALITIES_OF)


class SqliteDatabases:
    """Copies of one file."""

    def __init__(self, folder: Path, fill: FillDatabase) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        engine = open_engine(f"sqlite:///{self._template}")
        fill(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of a copy, removed afterwards."""
        copy = self._folder / f"{uuid4().hex}.sqlite3"
        shutil.copyfile(self._template, copy)
        yield f"sqlite:///{copy}"
        for left in self._folder.glob(f"{copy.name}*"):
            left.unlink()


class PostgresqlDatabases:
    """Databases made from one template on a real server, and dropped again."""

    def __init__(self, fill: FillDatabase) -> None:
        self._server = create_engine(
            POSTGRESQL.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
        )
        self._template = f"passerelle_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {self._template}")
        engine = open_engine(self._address(self._template))
        fill(engine)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of a copy, dropped afterwards."""
        name = f"passerelle_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        yield self._address(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the template."""
        self._execute(f"DROP DATABASE {self._template} WITH (FORCE)")
        self._server.dispose()

    def _execute(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))

    def _address(self, name: str) -> str:
        return self._server.url.set(database=name).render_as_string(hide_password=False)


def postgresql_is_there() -> bool:
    """Whether the tests' PostgreSQL server answers."""
    engine = create_engine(POSTGRESQL.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()
