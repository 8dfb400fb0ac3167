"""Workers that are killed, a broker that is emptied, a database that restarts: nothing is lost.

``make bench`` does the same with 1,000 digests and ten kills.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from pydantic import SecretStr

from bench.harness import killed_workers
from bench.harness.brokers import BROKERS, broker_is_there, empty_queue, queues_removed
from bench.harness.databases import PostgresqlDatabases, SqliteDatabases
from bench.harness.mail_server import ReceivingServer
from bench.harness.processes import until
from service.settings import Settings
from tests.conftest import needs
from tests.e2e.private_servers import PrivatePostgresql, PrivateRedis
from tests.forked_commands import ForkedCommand
from workers.app import make_app

SUBSCRIBERS = 100
KILLS = 3
FEWER = 60
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def database(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """A PostgreSQL database."""
    with postgresql_databases.fresh() as url:
        yield url


def app_on(database_url: str, broker_url: str) -> Celery:
    """What sends wake-ups for this database through this broker."""
    return make_app(Settings(database_url=database_url, broker_url=SecretStr(broker_url), _env_file=None))


def workers_for(
    folder: Path, database_url: str, server: ReceivingServer, broker_url: str | None
) -> killed_workers.Workers:
    """Workers that start at once."""
    settings = killed_workers.settings_for(database_url, server, broker_url)
    return killed_workers.Workers(folder, settings, ForkedCommand)


def no_harm(outcome: killed_workers.Outcome) -> None:
    assert outcome.lost == 0, outcome
    assert outcome.twice <= outcome.kills, outcome
    assert outcome.twice_unsaid == 0, outcome
    assert outcome.said <= outcome.kills, outcome


@pytest.mark.parametrize("broker", BROKERS)
def test_killed_workers_lose_nothing(broker: str, database: str, tmp_path: Path) -> None:
    url = BROKERS[broker]
    needs(broker, broker_is_there(url))
    killed_workers.subscribe_many(database, SUBSCRIBERS)
    app = app_on(database, url)
    with killed_workers.mail_server() as server, queues_removed(app):
        workers = workers_for(tmp_path, database, server, url)
        outcome = killed_workers.run(
            database, workers, server, SUBSCRIBERS, killed_workers.separate_processes, KILLS, pause=0.5
        )
    no_harm(outcome)
    assert outcome.kills == KILLS


def test_a_killed_service_loses_nothing(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    with sqlite_databases.fresh() as url, killed_workers.mail_server() as server:
        killed_workers.subscribe_many(url, SUBSCRIBERS)
        workers = workers_for(tmp_path, url, server, None)
        outcome = killed_workers.run(
            url, workers, server, SUBSCRIBERS, killed_workers.one_process, KILLS, pause=0.5
        )
    no_harm(outcome)
    assert outcome.kills == KILLS


def test_ctrl_c_does_not_wait_for_a_slow_mail_server(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite_databases.fresh() as url, killed_workers.mail_server(seconds=40) as server:
        killed_workers.subscribe_many(url, 2)
        workers = workers_for(tmp_path, url, server, None)
        killed_workers.one_process(workers)
        assert until(lambda: server.connections)
        begun = time.monotonic()
        assert workers.stop() == [0]
        assert time.monotonic() - begun < 5
        server.seconds = 0
        workers.running.clear()
        killed_workers.one_process(workers)
        killed_workers.wait_for_mails(server, 2)
        assert workers.stop() == [0]
    assert len(set(server.message_ids())) == 2


@pytest.mark.parametrize("broker", BROKERS)
def test_an_emptied_broker_loses_nothing(broker: str, database: str, tmp_path: Path) -> None:
    url = BROKERS[broker]
    needs(broker, broker_is_there(url))
    killed_workers.subscribe_many(database, FEWER)
    app = app_on(database, url)
    with killed_workers.mail_server(seconds=0.01) as server, queues_removed(app):
        workers = workers_for(tmp_path, database, server, url)
        killed_workers.separate_processes(workers)
        killed_workers.wait_for_mails(server, FEWER // 4)
        workers.kill(1, "worker")
        workers.kill(1, "worker")
        for _ in range(20):
            empty_queue(app)
            time.sleep(0.1)
        killed_workers.wait_for_mails(server, FEWER)
        assert set(workers.stop()) == {0}
    assert len(set(server.message_ids())) == FEWER


def test_a_broker_that_restarts_loses_nothing(database: str, tmp_path: Path) -> None:
    killed_workers.subscribe_many(database, FEWER)
    redis = PrivateRedis.start(tmp_path)
    with killed_workers.mail_server(seconds=0.01) as server:
        workers = workers_for(tmp_path, database, server, redis.url)
        killed_workers.separate_processes(workers)
        killed_workers.wait_for_mails(server, FEWER // 4)
        redis.restart()
        killed_workers.wait_for_mails(server, FEWER)
        assert set(workers.stop()) == {0}
    redis.stop()
    assert len(set(server.message_ids())) == FEWER


def test_a_database_that_restarts_loses_nothing(tmp_path: Path) -> None:
    url = BROKERS["redis"]
    needs("redis", broker_is_there(url))
    postgresql = PrivatePostgresql.start()
    try:
        killed_workers.subscribe_many(postgresql.url, FEWER)
        app = app_on(postgresql.url, url)
        with killed_workers.mail_server(seconds=0.01) as server, queues_removed(app):
            workers = workers_for(tmp_path, postgresql.url, server, url)
            killed_workers.separate_processes(workers)
            killed_workers.wait_for_mails(server, FEWER // 4)
            postgresql.restart()
            killed_workers.wait_for_mails(server, FEWER)
            outcome = killed_workers.states(postgresql.url)
            assert set(workers.stop()) == {0}
        arrived = server.message_ids()
        assert len(set(arrived)) == FEWER
        assert len(arrived) == FEWER
        assert outcome["sent"] >= FEWER - 2
    finally:
        postgresql.stop()
