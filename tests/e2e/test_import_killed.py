"""An import that is killed again and again, in a process of its own, ends as if nothing had happened."""

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.databases import SqliteDatabases
from tests.e2e.processes import COMMAND, environment, run

ROWS = 20_000
KILLS = 4
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
    with sqlite_databases.fresh() as url:
        for folder in (killed, undisturbed):
            folder.mkdir()
            shutil.copyfile(url.removeprefix("sqlite:///"), folder / "passerelle.sqlite3")
    return killed, undisturbed


def _done(folder: Path) -> int:
    """How many profiles are stored by now."""
    printed = run(folder, "export", "association", "--format", "jsonl").stdout
    return printed.count("\n")


def test_a_killed_import_goes_on_and_leaves_the_same_database(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    killed, undisturbed = folders
    file = tmp_path / "records.jsonl"
    _write_records(file)
    expected = json.loads(run(undisturbed, "import", str(file), "--json").stdout)
    counts = []
    for _ in range(KILLS):
        process = subprocess.Popen(
            [COMMAND, "import", str(file)],
            env=environment(killed),
            cwd=killed,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(2.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        counts.append(_done(killed))
    assert counts[0] > 0
    assert counts == sorted(counts)
    last = run(killed, "import", str(file), "--json")
    assert last.returncode == 0, last.stderr
    assert "Going on after row" in last.stderr
    assert json.loads(last.stdout) == expected
    exports = [run(folder, "export", "association").stdout for folder in folders]
    assert exports[0] == exports[1]
    again = json.loads(run(killed, "import", str(file), "--json").stdout)
    assert again["created"] == 0
