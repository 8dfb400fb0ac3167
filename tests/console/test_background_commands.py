"""``rematch``, ``digest``, ``doctor``, ``worker`` and ``beat`` from the command line."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
import uvicorn
from typer.testing import CliRunner

from bench.harness.brokers import REDIS, broker_is_there, queues_removed
from bench.harness.databases import SqliteDatabases
from bench.harness.processes import environment, until
from console.environment import Stopping, until_stopped
from console.main import app
from console.web_server import StoppableServer
from seed.demo import load_demo_subscribers
from service.clock import now
from service.db.engine import open_engine
from service.db.session import unit_of_work
from service.health.heartbeat_repository import SCHEDULER, WORKER, beat_heart
from service.outbox.announcing import announce_everything
from service.settings import SettingsError, load_settings
from service.suggestions.rematching import Rematching
from tests.conftest import needs
from tests.forked_commands import ForkedCommand
from workers.app import make_app

runner = CliRunner()


@pytest.fixture
def database(
    documented_sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A database with the documented initiatives and demo subscribers, and a folder for mail."""
    with documented_sqlite_databases.fresh() as url:
        monkeypatch.setenv("PASSERELLE_DATABASE_URL", url)
        monkeypatch.setenv("PASSERELLE_DATA_DIR", str(tmp_path))
        monkeypatch.delenv("PASSERELLE_REQUIRE_ALL", raising=False)
        engine = open_engine(url)
        with unit_of_work(engine) as session:
            load_demo_subscribers(session, now())
        engine.dispose()
        yield url


def test_rematch_does_what_waits_and_with_all_everything(database: str) -> None:
    first = json.loads(runner.invoke(app, ["rematch", "--json"]).stdout)
    assert first["lists"] > 40
    assert json.loads(runner.invoke(app, ["rematch", "--json"]).stdout)["lists"] == 0
    again = runner.invoke(app, ["rematch", "--all"])
    assert again.exit_code == 0
    assert f"{first['lists']} lists computed" in again.stdout


def test_a_digest_is_rehearsed_sent_once_and_not_again(database: str, tmp_path: Path) -> None:
    runner.invoke(app, ["rematch"])
    with time_machine.travel((datetime.now(UTC) + timedelta(minutes=1)).replace(second=0)):
        # Whoever wants to hear at once may be sent something more in the next minute.
        _rehearse_and_send(tmp_path)


def _rehearse_and_send(tmp_path: Path) -> None:
    rehearsed = json.loads(runner.invoke(app, ["digest", "--dry-run", "--json"]).stdout)["would_send"]
    assert len(rehearsed) == 4
    assert all(item["suggestions"] for item in rehearsed)
    assert not (tmp_path / "mail").exists()
    sent = runner.invoke(app, ["digest", "--now", "--json"])
    assert sent.exit_code == 0
    assert json.loads(sent.stdout) == {"made": 4, "sent": 4, "dropped": 0, "put_off": 0, "failed": 0}
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 4
    assert json.loads(runner.invoke(app, ["digest", "--json"]).stdout)["sent"] == 0
    assert "0 would be sent" in runner.invoke(app, ["digest", "--dry-run", "--now"]).stdout


def test_a_digest_tells_of_what_was_stored_a_moment_ago(database: str) -> None:
    sent = runner.invoke(app, ["digest", "--now", "--json"])
    assert json.loads(sent.stdout)["sent"] == 4


def test_a_digest_goes_out_although_some_suggestions_could_not_be_made(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.invoke(app, ["rematch"])
    engine = open_engine(database)
    with unit_of_work(engine) as session:
        announce_everything(session, now())
    engine.dispose()

    def fail(*_asked: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(Rematching, "_everything", fail)
    answer = runner.invoke(app, ["digest", "--now", "--json"])
    assert json.loads(answer.stdout)["sent"] == 4
    assert "the log says why" in answer.stderr
    assert runner.invoke(app, ["rematch"]).exit_code == 1


def test_a_digest_that_cannot_be_sent_ends_with_1(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_SMTP_URL", "smtp://127.0.0.1:1")
    runner.invoke(app, ["rematch"])
    answer = runner.invoke(app, ["digest", "--now", "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["put_off"] == 1
    assert "/api/v1/digests" in answer.stderr


def test_the_doctor_says_what_is_wrong_a_line_each(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("PASSERELLE_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("PASSERELLE_SMPT_URL", "smtp://127.0.0.1:1")
    answer = runner.invoke(app, ["doctor"])
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    words = [line.split()[:2] for line in lines]
    assert words == [
        ["ok", "storage"], ["ok", "database"], ["ok", "migrations"], ["FAIL", "broker"],
        ["FAIL", "worker"], ["FAIL", "scheduler"], ["ok", "clock"], ["ok", "audit"], ["FAIL", "mail"], ["FAIL", "settings"],
    ]  # fmt: skip
    assert "PASSERELLE_SMPT_URL" in lines[-1]


def test_the_doctor_is_content_when_all_is_well(database: str) -> None:
    engine = open_engine(database)
    with unit_of_work(engine) as session:
        beat_heart(session, WORKER, "w", now())
        beat_heart(session, SCHEDULER, "beat", now())
    engine.dispose()
    answer = runner.invoke(app, ["doctor", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["ok"]
    only = runner.invoke(app, ["doctor", "worker", "scheduler"])
    assert len(only.stdout.splitlines()) == 2


def test_the_doctor_of_a_database_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("PASSERELLE_DATA_DIR", str(tmp_path))
    answer = runner.invoke(app, ["doctor"])
    assert answer.exit_code == 1
    assert "FAIL  database" in answer.stdout
    assert "PASSERELLE_DATABASE_URL" in answer.stdout


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_without_a_broker_they_say_what_is_missing(database: str, command: str) -> None:
    answer = runner.invoke(app, [command])
    assert answer.exit_code == 1
    assert "PASSERELLE_BROKER_URL" in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("broker_url", "kafka://127.0.0.1"),
        ("smtp_url", "mail.example.org"),
        ("smtp_url", "smtp://"),
        ("mail_from", "nobody"),
        ("rate_limit_token", "fast"),
        ("trusted_proxies", "proxy.example.org"),
        ("trusted_proxies", ""),
        ("mail_from", "Passerelle <no@spaces in it>"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PASSERELLE_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"PASSERELLE_{name.upper()}: "):
        load_settings()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",), ("beat",)])
def test_each_role_ends_in_order(
    database: str, command: tuple[str, ...], how: signal.Signals, tmp_path: Path
) -> None:
    needs("redis", broker_is_there(REDIS))
    given = {"PASSERELLE_DATABASE_URL": database, "PASSERELLE_BROKER_URL": REDIS}
    written = tmp_path / "log"
    with queues_removed(make_app(load_settings(broker_url=REDIS))):
        process = ForkedCommand(command, environment(tmp_path) | given, tmp_path, written)
        assert until(lambda: _minds_signals(process))
        process.send_signal(how)
        assert _ends_within(process, 10), written.read_text()
        assert process.poll() == 0, written.read_text()
    assert "Traceback" not in written.read_text()


def _ends_within(process: ForkedCommand, seconds: float) -> bool:
    """Whether a process ends by itself in time; it is ended in any case."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def test_a_signal_is_heeded_wherever_it_comes(capfd: pytest.CaptureFixture[str]) -> None:
    async def page(scope: object, receive: object, send: object) -> None:
        """Answer nothing: nobody asks."""

    class Leaving:
        """An interrupt raised here would go no further: Python cleans up an object."""

        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    class Naming:
        """An interrupt raised here would be taken for a fault of the class."""

        def __set_name__(self, _owner: type, _name: str) -> None:
            signal.raise_signal(signal.SIGINT)

    ended = []

    def serve(stopping: Stopping) -> None:
        Leaving()
        type("Importing", (), {"name": Naming()})
        config = uvicorn.Config(page, port=0, lifespan="off", log_config=None)
        StoppableServer(config, stopping).run()
        ended.append(stopping.asked)

    until_stopped(serve)
    assert ended == [True]
    assert capfd.readouterr().err == ""


def test_what_takes_long_is_broken_off_and_what_comes_after_it_is_not_begun() -> None:
    done = []

    def load() -> None:
        done.append("begun")
        signal.raise_signal(signal.SIGTERM)
        done.append("ended")

    def stumble() -> None:
        try:
            load()
        except KeyboardInterrupt:
            raise ValueError("what the interrupt was taken for") from None

    for long in (load, stumble):
        done.clear()
        until_stopped(partial(_long_and_then, long, lambda: done.append("after")))
        assert done == ["begun"]


def _long_and_then(long: Callable[[], None], after: Callable[[], None], stopping: Stopping) -> None:
    stopping.interruptible(long)
    after()


def test_an_interrupt_that_is_lost_is_heeded_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python cannot raise it while an object is cleaned up, and reports what else it cannot raise there."""
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: reported.append(found.exc_type))
    done = []

    class Interrupted:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    class Faulty:
        def __del__(self) -> None:
            raise ValueError("a fault of the code")

    def load() -> None:
        Faulty()
        Interrupted()
        done.append("loaded")

    until_stopped(partial(_long_and_then, load, lambda: done.append("after")))
    assert done == ["loaded"]
    assert reported == [ValueError]


def test_a_fault_while_nobody_asked_for_the_end_is_reported() -> None:
    def stumble() -> None:
        raise ValueError("a fault of the code")

    with pytest.raises(ValueError, match="a fault"):
        until_stopped(lambda stopping: stopping.interruptible(stumble))


def _minds_signals(process: ForkedCommand) -> bool:
    """Whether a process has taken SIGTERM into its own hands by now."""
    assert process.poll() is None
    status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    caught = next(line for line in status if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & (1 << (signal.SIGTERM - 1)))
