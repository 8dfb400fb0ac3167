"""An import that is killed again and again, in a process of its own, ends as if nothing had happened."""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.harness.databases import SqliteDatabases
from bench.harness.processes import environment, kill_once
from tests.forked_commands import ForkedCommand, run_forked

ROWS = 3_000
KILLS = 4
STEP = 300
"""How many rows further each attempt comes at least."""
PLACES = ["Kaolack", "Dakar", "Thiès", "Touba", "Nowhere"]


def _write_records(file: Path) -> None:
    draw = random.Random(1)  # noqa: S311 - not for secrets
    with file.open("w", encoding="utf-8") as opened:
        for number in range(ROWS):
            record = {
                "kind": "association",
                "key": f"k{draw.randrange(ROWS - 500)}",
                "name": f"Association {number}",
                "origin": [{"country": "SN", "place": draw.choice(PLACES)}],
                "members": "many" if number % 97 == 0 else number,
            }
            opened.write(json.dumps(record) + "\n")


@pytest.fixture
def folders(sqlite_databases: SqliteDatabases, tmp_path: Path) -> tuple[Path, Path]:
    """Two data folders with a gazetteer, and nothing else in them."""
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    for folder in (killed, undisturbed):
        folder.mkdir()
        sqlite_databases.copy_into(folder)
    return killed, undisturbed


def _rows_done(folder: Path) -> int:
    """How far the import has come, as it has written down itself."""
    with closing(sqlite3.connect(folder / "passerelle.sqlite3", timeout=30)) as connection:
        found: int = connection.execute("SELECT coalesce(max(done), 0) FROM job").fetchone()[0]
    return found


def _kill_beyond(process: ForkedCommand, folder: Path, rows: int) -> None:
    """Kill the import once it has come further than so many rows."""
    kill_once(process, lambda: _rows_done(folder) > rows)


def test_a_killed_import_goes_on_and_leaves_the_same_database(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    killed, undisturbed = folders
    file = tmp_path / "records.jsonl"
    _write_records(file)
    expected = json.loads(run_forked(undisturbed, "import", str(file), "--json").stdout)
    counts: list[int] = []
    for _ in range(KILLS):
        process = ForkedCommand(["import", str(file)], environment(killed), killed, tmp_path / "log")
        _kill_beyond(process, killed, counts[-1] + STEP if counts else STEP)
        counts.append(_rows_done(killed))
    assert counts == sorted(set(counts))
    assert counts[-1] < ROWS
    last = run_forked(killed, "import", str(file), "--json")
    assert last.returncode == 0, last.stderr
    assert "Going on after row" in last.stderr
    assert json.loads(last.stdout) == expected
    exports = [run_forked(folder, "export", "association").stdout for folder in folders]
    assert exports[0] == exports[1]
    again = json.loads(run_forked(killed, "import", str(file), "--json").stdout)
    assert again["created"] == 0
