"""Databases that are made once with the gazetteer, then copied for each that is wanted."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from bench.harness.pooled_database import PooledDatabase, keep_contents
from seed.documented.loader import load_documented
from seed.territories.loader import load_territories
from service.clock import now
from service.db.engine import open_engine
from service.db.session import unit_of_work
from service.preparation import prepare

LOCALITIES_OF = ("DZ", "EC", "ES", "FR", "GB", "GH", "IT", "MA", "MX", "RO", "SN", "TN", "US")
POSTGRESQL = os.environ.get("PASSERELLE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/test")
FillDatabase = Callable[[Engine], None]


def with_gazetteer(engine: Engine) -> None:
    """Prepare a database and load the gazetteer, with the localities of some countries."""
    prepare(engine)
    load_territories(engine, LOCALITIES_OF)


def with_documented(engine: Engine) -> None:
    """Load the documented initiatives into a database that has the gazetteer."""
    with unit_of_work(engine) as session:
        load_documented(session, now())


class SqliteDatabases:
    """Copies of one file, which all processes of a test run share. A template may begin as a copy of another."""

    def __init__(
        self, folder: Path, shared: Path, fill: FillDatabase, base: "SqliteDatabases | None" = None
    ) -> None:
        self._folder, self._shared = folder, shared
        self._template = shared / f"{_name_of(fill)}.sqlite3"
        with made_once(shared / f"{_name_of(fill)}-sqlite") as to_make:
            if to_make:
                if base is not None:
                    shutil.copyfile(base._template, self._template)
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

    def filled_further(self, fill: FillDatabase) -> "SqliteDatabases":
        """Databases that begin as copies of these."""
        return SqliteDatabases(self._folder, self._shared, fill, self)

    def copy_into(self, data_dir: Path) -> Path:
        """Put a copy where an embedded installation in this folder has its database; the folder."""
        shutil.copyfile(self._template, data_dir / "passerelle.sqlite3")
        return data_dir


class PostgresqlDatabases:
    """Databases made from one template on a real server, which are put back as they were and given again.

    All processes of a test run share the template, which may begin as a copy of another.
    """

    def __init__(
        self, shared: Path, run: str, fill: FillDatabase, base: "PostgresqlDatabases | None" = None
    ) -> None:
        self._server = create_engine(_with_driver(POSTGRESQL), isolation_level="AUTOCOMMIT")
        self._shared, self._run = shared, run
        self._template = f"{_prefix(run)}{_name_of(fill)}"
        self._idle: list[PooledDatabase] = []
        with made_once(shared / f"{_name_of(fill)}-postgresql") as to_make:
            if to_make:
                beginning = "" if base is None else f" TEMPLATE {base._template}"
                self._execute(f"CREATE DATABASE {self._template}{beginning}")
                engine = open_engine(self._address(self._template))
                fill(engine)
                keep_contents(engine)
                engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of a database as the template is; what is done to it is undone afterwards."""
        database = self._idle.pop() if self._idle else self._copy()
        yield database.url
        if database.restore():
            self._idle.append(database)
        else:
            self._drop(database)

    def filled_further(self, fill: FillDatabase) -> "PostgresqlDatabases":
        """Databases that begin as copies of these."""
        return PostgresqlDatabases(self._shared, self._run, fill, self)

    def close(self) -> None:
        """Drop the copies and leave the server; :func:`drop_databases` ends the templates."""
        for database in self._idle:
            self._drop(database)
        self._server.dispose()

    def _copy(self) -> PooledDatabase:
        name = f"{_prefix(self._run)}{uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return PooledDatabase(self._address(name))

    def _drop(self, database: PooledDatabase) -> None:
        self._execute(f"DROP DATABASE {database.name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))

    def _address(self, name: str) -> str:
        return self._server.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def made_once(name: Path) -> Iterator[bool]:
    """Whether something is still to be made; other processes wait until it is."""
    done = name.with_suffix(".made")
    with name.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def _name_of(fill: FillDatabase) -> str:
    """The name of what is filled in, which no other module can give to something else."""
    return f"{fill.__module__.rpartition('.')[2]}_{fill.__name__}"


def _prefix(run: str) -> str:
    """How the names of a test run's databases begin. PostgreSQL cuts off what goes beyond 63 characters of a name."""
    return f"passerelle_{run[:12]}_"


def drop_databases(run: str) -> None:
    """Drop the templates that a test run made, and what failed tests left."""
    server = create_engine(_with_driver(POSTGRESQL), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            made = text("SELECT datname FROM pg_database WHERE starts_with(datname, :beginning)")
            for (name,) in connection.execute(made, {"beginning": _prefix(run)}).all():
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    except OperationalError:
        pass  # Without a server there is nothing to drop.
    finally:
        server.dispose()


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def postgresql_is_there() -> bool:
    """Whether the PostgreSQL server answers."""
    engine = create_engine(_with_driver(POSTGRESQL))
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()
