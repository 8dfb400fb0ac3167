"""Storage that fails: one line says what is wrong and what to do, and nothing ends in a traceback."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import Engine, event
from typer.testing import CliRunner

from bench.harness.databases import SqliteDatabases
from bench.harness.processes import environment
from console import environment as commands
from console.main import app
from service.db.engine import open_engine
from tests.forked_commands import ForkedCommand, run_forked

Damage = Callable[[Path], object]


def garbled(file: Path) -> None:
    """A file whose beginning is none of a database."""
    with file.open("r+b") as opened:
        opened.write(b"garbage " * 8)


def punctured(file: Path) -> None:
    """A file in which one page after another was overwritten."""
    with file.open("r+b") as opened:
        for place in range(4096, file.stat().st_size, 8192):
            opened.seek(place)
            opened.write(os.urandom(2000))


def cut(file: Path) -> None:
    """A file of which the second half is missing."""
    os.truncate(file, file.stat().st_size // 2)


def of_the_future(file: Path) -> None:
    """A database that a later version has changed."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


@pytest.fixture
def folder(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Path:
    """A data folder with a database in it."""
    place = tmp_path / "data"
    place.mkdir()
    with sqlite_databases.fresh() as url:
        shutil.copyfile(url.removeprefix("sqlite:///"), place / "passerelle.sqlite3")
    return place


def run_in(data_dir: str, tmp_path: Path, *arguments: str) -> CompletedProcess[str]:
    """Run a command that has a data folder in which no process can work."""
    given = environment(tmp_path) | {"PASSERELLE_DATA_DIR": data_dir}
    output, errors = tmp_path / "output", tmp_path / "errors"
    code = ForkedCommand(arguments, given, tmp_path, output, errors).wait(60)
    return CompletedProcess(arguments, code, output.read_text(), errors.read_text())


COMMANDS = (
    ["up", "--port", "0"],
    ["serve", "--port", "0"],
    ["seed"],
    ["db", "upgrade"],
    ["export", "association"],
)
SAID: dict[Damage, str] = {
    garbled: "is damaged",
    punctured: "is damaged",
    cut: "is damaged",
    of_the_future: "newer Passerelle",
}


@pytest.mark.parametrize("damage", SAID, ids=lambda damage: damage.__name__)
def test_a_database_that_cannot_be_used_is_named_on_one_line(folder: Path, damage: Damage) -> None:
    damage(folder / "passerelle.sqlite3")
    for command in COMMANDS:
        ended = run_forked(folder, *command)
        assert ended.returncode == 1
        assert SAID[damage] in ended.stderr
        assert "restore" in ended.stderr.lower()
        assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("place", ["/proc/passerelle", __file__], ids=["unwritable", "a file"])
def test_a_data_folder_that_cannot_be_is_named_on_one_line(place: str, tmp_path: Path) -> None:
    for command in (["up", "--port", "0"], ["seed"], ["doctor"]):
        ended = run_in(place, tmp_path, *command)
        assert ended.returncode == 1
        said = ended.stderr.splitlines()[-1]
        assert place in said
        assert "PASSERELLE_DATA_DIR" in said
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("damage", [garbled, punctured, cut], ids=lambda damage: damage.__name__)
def test_the_doctor_finds_damage_and_a_backup_mends_it(folder: Path, damage: Damage, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup.sqlite3")
    assert run_forked(folder, "backup", backup).returncode == 0
    damage(folder / "passerelle.sqlite3")
    found = run_forked(folder, "doctor", "--json", "storage")
    assert found.returncode == 1
    [check] = json.loads(found.stdout)["checks"]
    assert "restore a backup" in check["detail"]
    assert "\n" not in check["detail"]
    restored = run_forked(folder, "restore", backup)
    assert restored.returncode == 0, restored.stderr
    assert run_forked(folder, "doctor", "storage", "migrations").returncode == 0
    for kept in folder.glob("*.damaged-*"):
        assert kept.name in restored.stderr


def test_a_full_disk_stops_an_import_that_goes_on_once_there_is_room(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages_left: list[int] = []

    def limited(url: str) -> Engine:
        engine = open_engine(url)

        @event.listens_for(engine, "connect")
        def _limit(connection: sqlite3.Connection, _record: object) -> None:
            if pages_left:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {pages + pages_left[0]}")

        return engine

    monkeypatch.setattr(commands, "open_engine", limited)
    monkeypatch.setenv("PASSERELLE_DATA_DIR", str(folder))
    monkeypatch.delenv("PASSERELLE_DATABASE_URL", raising=False)
    records = tmp_path / "clubs.jsonl"
    said = {"kind": "association", "origin": ["SN"], "description": "Des puits et des écoles. " * 40}
    lines = [json.dumps(said | {"key": f"c{number}", "name": f"Club {number}"}) for number in range(2500)]
    records.write_text("\n".join(lines))
    command = ["import", str(records), "--language", "en"]
    pages_left.append(900)
    stopped = CliRunner().invoke(app, command)
    assert stopped.exit_code == 1
    assert "The disk is full" in stopped.stderr
    assert "Run it again to go on" in stopped.stderr
    pages_left.clear()
    finished = CliRunner().invoke(app, [*command, "--json"])
    assert finished.exit_code == 0, finished.stderr
    assert json.loads(finished.stdout)["created"] == 2500
