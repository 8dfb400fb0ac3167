"""What all tests share: databases of both kinds, each test on its own copy."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from bench.harness.databases import (
    PostgresqlDatabases,
    SqliteDatabases,
    drop_databases,
    made_once,
    postgresql_is_there,
    with_documented,
    with_gazetteer,
)
from matching import compile_loops
from service.db.engine import open_engine
from tests.service.client import Installation, english_installation
from tests.service.workers import with_lists
from tests.sizes import FUZZ, TIMES_MORE

# A slow machine is no wrong answer.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
settings.register_profile(FUZZ, deadline=None, max_examples=settings().max_examples * TIMES_MORE)

RUN = uuid4().hex


def needs(name: str, there: bool) -> None:
    """Skip by name what is missing on this machine; with ``PASSERELLE_REQUIRE_ALL`` it is a failure."""
    if there:
        return
    if os.environ.get("PASSERELLE_REQUIRE_ALL") == "1":
        pytest.fail(f"{name} is needed and does not answer")
    pytest.skip(f"{name} does not answer")


def run_name() -> str:
    """The name of this test run, the same in all its processes."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or RUN


def pytest_configure(config: pytest.Config) -> None:
    """Have the processes of a run on several cores know it by the name that it has here."""
    if "PYTEST_XDIST_WORKER" not in os.environ and hasattr(config.option, "testrunuid"):
        config.option.testrunuid = RUN


def pytest_sessionfinish() -> None:
    """Drop what all processes shared, when the last of them has ended: the one that began them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        drop_databases(run_name())


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def compiled_loops(shared_folder: Path) -> None:
    """Loops of the index as machine code, made by one process for all: in a fresh clone that takes some nine seconds."""
    with made_once(shared_folder / "loops") as to_make:
        if to_make:
            compile_loops()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> SqliteDatabases:
    """SQLite databases with the gazetteer."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"), shared_folder, with_gazetteer)


@pytest.fixture(scope="module")
def engine(sqlite_databases: SqliteDatabases) -> Iterator[Engine]:
    """A SQLite database with the gazetteer, for all tests of a module."""
    with sqlite_databases.fresh() as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_databases(shared_folder: Path) -> Iterator[PostgresqlDatabases]:
    """PostgreSQL databases with the gazetteer."""
    needs("PostgreSQL", postgresql_is_there())
    with closing(PostgresqlDatabases(shared_folder, run_name(), with_gazetteer)) as databases:
        yield databases


@pytest.fixture(scope="session")
def documented_sqlite_databases(sqlite_databases: SqliteDatabases) -> SqliteDatabases:
    """SQLite databases with the documented initiatives."""
    return sqlite_databases.filled_further(with_documented)


@pytest.fixture(scope="session")
def documented_postgresql_databases(
    postgresql_databases: PostgresqlDatabases,
) -> Iterator[PostgresqlDatabases]:
    """PostgreSQL databases with the documented initiatives."""
    with closing(postgresql_databases.filled_further(with_documented)) as databases:
        yield databases


@pytest.fixture(scope="session")
def listed_sqlite_databases(documented_sqlite_databases: SqliteDatabases) -> SqliteDatabases:
    """SQLite databases with the documented initiatives and everybody's lists."""
    return documented_sqlite_databases.filled_further(with_lists)


@pytest.fixture(scope="session")
def listed_postgresql_databases(
    documented_postgresql_databases: PostgresqlDatabases,
) -> Iterator[PostgresqlDatabases]:
    """PostgreSQL databases with the documented initiatives and everybody's lists."""
    with closing(documented_postgresql_databases.filled_further(with_lists)) as databases:
        yield databases


@contextmanager
def fresh(databases_fixture: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh copy of the databases that a fixture gives."""
    databases: SqliteDatabases | PostgresqlDatabases = request.getfixturevalue(databases_fixture)
    with databases.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with the gazetteer, once of each kind."""
    with fresh(f"{request.param}_databases", request) as url:
        yield url


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An application on a fresh database, once on each kind of database."""
    with english_installation(database_url, tmp_path) as started:
        yield started


@pytest.fixture
def embedded(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Installation]:
    """An application on a fresh SQLite database, for what no database can change."""
    with sqlite_databases.fresh() as url, english_installation(url, tmp_path) as started:
        yield started


@pytest.fixture
def documented(documented_sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Installation]:
    """An application on a SQLite database that holds the documented initiatives."""
    with documented_sqlite_databases.fresh() as url, english_installation(url, tmp_path) as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def documented_installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An application that holds the documented initiatives, once on each kind of database."""
    name = f"documented_{request.param}_databases"
    with fresh(name, request) as url, english_installation(url, tmp_path) as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def listed_installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An application in which everybody documented has lists, once on each kind of database."""
    name = f"listed_{request.param}_databases"
    with fresh(name, request) as url, english_installation(url, tmp_path) as started:
        yield started
