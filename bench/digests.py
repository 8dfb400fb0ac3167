"""``python -m bench.digests``: digests sent by workers that are killed, and the pace of one worker beside a bare loop.

The pace is that of Passerelle's delivery against smtplib alone, with the same mails, the same mail server and one
connection each. The killed workers are real processes on Redis, on RabbitMQ and embedded.
"""

import argparse
import smtplib
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from bench.harness import killed_workers
from bench.harness.brokers import BROKERS, broker_is_there, queues_removed
from bench.harness.databases import PostgresqlDatabases, SqliteDatabases, drop_databases, with_gazetteer
from bench.harness.mail_server import ReceivingServer
from service.clock import now
from service.db.engine import open_engine
from service.digests.delivering import Delivery
from service.digests.preparing import prepare_due
from service.preparation import prepare
from service.settings import Settings
from workers.app import make_app
from workers.mail.sending import MailSender

KILL_EVERY_SECONDS = 2.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digests", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=10)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as name:
        _pace(Path(name), wanted.digests)
        print(
            f"\n{'killed workers':<16}{'digests':>9}{'kills':>7}{'lost':>6}{'twice':>7}{'said so':>9}{'unsaid':>8}{'s':>8}"
        )
        _separate(Path(name), wanted.digests, wanted.kills)
        _embedded(Path(name), wanted.digests, wanted.kills)


def _pace(folder: Path, digests: int) -> None:
    url = f"sqlite:///{folder / 'pace.sqlite3'}"
    killed_workers.subscribe_many(url, digests)
    engine = open_engine(url)
    prepare_due(engine, now())
    with killed_workers.mail_server(seconds=0) as server:
        settings = Settings(database_url=url, smtp_url=SecretStr(server.url), _env_file=None)
        begun = time.perf_counter()
        Delivery(engine, MailSender(settings)).run_waiting()
        ours = time.perf_counter() - begun
        mails = list(server.received)
        bare = _bare_loop(server, mails)
    engine.dispose()
    print(f"{'delivery':<16}{len(mails) / ours:>9.0f} mails/s")
    print(f"{'bare smtplib':<16}{len(mails) / bare:>9.0f} mails/s   delivery reaches {bare / ours:.0%} of it")


def _bare_loop(server: ReceivingServer, mails: list[tuple[str, bytes]]) -> float:
    host, _, port = server.url.removeprefix("smtp://").partition(":")
    begun = time.perf_counter()
    with smtplib.SMTP(host, int(port)) as connection:
        for to, content in mails:
            connection.sendmail("passerelle@localhost", [to], content)
    return time.perf_counter() - begun


def _separate(folder: Path, digests: int, kills: int) -> None:
    run = uuid4().hex
    databases = PostgresqlDatabases(folder, run, prepare)
    for name, broker in BROKERS.items():
        if not broker_is_there(broker):
            print(f"{name:<16} does not answer")
            continue
        data_dir = folder / name
        data_dir.mkdir()
        with databases.fresh() as url, killed_workers.mail_server() as server:
            killed_workers.subscribe_many(url, digests)
            app = make_app(Settings(database_url=url, broker_url=SecretStr(broker), _env_file=None))
            with queues_removed(app):
                workers = killed_workers.Workers(data_dir, killed_workers.settings_for(url, server, broker))
                _show(
                    name,
                    killed_workers.run(
                        url,
                        workers,
                        server,
                        digests,
                        killed_workers.separate_processes,
                        kills,
                        KILL_EVERY_SECONDS,
                    ),
                )
    databases.close()
    drop_databases(run)


def _embedded(folder: Path, digests: int, kills: int) -> None:
    data_dir = folder / "embedded"
    data_dir.mkdir()
    with (
        SqliteDatabases(data_dir, data_dir, with_gazetteer).fresh() as url,
        killed_workers.mail_server() as server,
    ):
        killed_workers.subscribe_many(url, digests)
        workers = killed_workers.Workers(data_dir, killed_workers.settings_for(url, server, None))
        _show(
            "embedded",
            killed_workers.run(
                url, workers, server, digests, killed_workers.one_process, kills, KILL_EVERY_SECONDS
            ),
        )


def _show(name: str, outcome: killed_workers.Outcome) -> None:
    print(
        f"{name:<16}{outcome.subscribers:>9}{outcome.kills:>7}{outcome.lost:>6}{outcome.twice:>7}"
        f"{outcome.said:>9}{outcome.twice_unsaid:>8}{outcome.seconds:>8}"
    )


if __name__ == "__main__":
    main()
