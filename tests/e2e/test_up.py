"""`passerelle up` in a process of its own, and the README's first example, word for word."""

import re
import signal
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from bench.harness.databases import SqliteDatabases
from bench.harness.processes import Running, run, until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data_dir(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of what runs for several tests."""
    return sqlite_databases.copy_into(tmp_path_factory.mktemp("up"))


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Running]:
    """An installation that runs for several tests; none of them ends it."""
    started = Running.start(data_dir)
    yield started
    started.close()


@pytest.fixture
def ending(documented_sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Running]:
    """An installation that a test ends; the documented initiatives are there already."""
    started = Running.start(documented_sqlite_databases.copy_into(tmp_path))
    yield started
    started.close()


def test_it_answers_takes_its_token_and_ends_at_ctrl_c(ending: Running) -> None:
    with httpx2.Client(base_url=ending.address, timeout=30) as client:
        assert "<meter" in client.get("/").text
        said = {"name": "Club", "origin": ["MX-ZAC"], "residence": ["US"]}
        headers = {"Authorization": f"Bearer {ending.token}"}
        registered = client.post("/api/v1/associations", json=said, headers=headers)
        assert registered.status_code == 201
        listed = client.get(f"/api/v1/associations/{registered.json()['id']}/suggestions").json()["items"]
        assert "Tres por Uno (3x1)" in [item["candidate"]["name"] for item in listed]
    assert ending.interrupt() < 5
    assert ending.process.returncode == 0
    assert ending.left_behind() == []


def test_sigterm_ends_it_as_ctrl_c_does(ending: Running) -> None:
    assert ending.interrupt(signal.SIGTERM) < 5
    assert ending.process.returncode == 0
    assert ending.left_behind() == []


def test_a_second_start_on_the_same_port_says_so_and_ends(running: Running, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    second = run(elsewhere, "up", "--port", running.address.rpartition(":")[2])
    assert second.returncode == 1
    assert "--port" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_second_start_on_the_same_data_folder_says_so_and_ends(running: Running, data_dir: Path) -> None:
    second = run(data_dir, "up", "--port", "0")
    assert second.returncode == 1
    assert str(data_dir) in second.stderr
    assert str(running.process.pid) in second.stderr
    assert "Traceback" not in second.stderr


def test_what_was_registered_is_matched_in_both_directions_soon_after(
    running: Running, data_dir: Path
) -> None:
    said = {"name": "Club Jalpa", "origin": ["MX-ZAC"], "residence": ["US-IL"]}
    headers = {"Authorization": f"Bearer {running.token}"}
    registered = httpx2.post(f"{running.address}/api/v1/associations", json=said, headers=headers, timeout=30)
    both = (
        "WITH club AS (SELECT number FROM profile WHERE id = ?) "
        "SELECT EXISTS (SELECT 1 FROM suggestion JOIN club ON subject_number = number) "
        "AND EXISTS (SELECT 1 FROM suggestion JOIN club ON candidate_number = number)"
    )
    identifier = registered.json()["id"].replace("-", "")
    with closing(sqlite3.connect(data_dir / "passerelle.sqlite3")) as database:
        assert until(lambda: database.execute(both, (identifier,)).fetchone()[0])


def test_what_it_stores_is_for_its_owner_only(ending: Running, tmp_path: Path) -> None:
    """Whatever the umask; the folder was there before, for everybody to look into."""
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, *tmp_path.rglob("*"))}
    assert tmp_path / "passerelle.sqlite3" in found
    assert (tmp_path / "admin-token").read_text().strip() == ending.token
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o600}


def follow(page: str, saying: str, running: Running, data_dir: Path) -> list[str]:
    """Do what an example in the documentation says, in a terminal; the lines that it prints."""
    examples = re.findall(r"```bash\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    (example,) = (each for each in examples if saying in each)
    script = example.replace("http://127.0.0.1:8000", running.address)
    script = script.replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    done = run(data_dir, "-euo", "pipefail", "-c", script, program="bash")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_readmes_first_example_does_what_it_says(running: Running, data_dir: Path) -> None:
    lines = follow("README.md", "TOKEN=", running, data_dir)
    assert [line[0] for line in lines[:6:2]] == ["1", "2", "3"]
    for name in ("Kaolack", "Mec-Confesen", "Regione del Veneto"):
        assert any(name in line for line in lines[:6:2])
    assert all(line.startswith("   ") and line.endswith(".") for line in lines[1:6:2])
    assert lines[6].startswith("Next step with ")


def test_who_is_new_changes_a_weight_sees_what_that_does_and_takes_it_back(
    running: Running, data_dir: Path
) -> None:
    before, draft, seen, after, back = follow("docs/stewards.md", "STEWARD_TOKEN=", running, data_dir)
    assert before.startswith("In force: 1 ")
    assert draft.startswith("Draft: 2 Fields first ")
    assert "'sector': 0.3333" in draft
    assert re.match(r"Preview: Of \d+ lists, [1-9]\d* would change: ", seen)
    assert after == "In force: 2 Fields first"
    assert before.startswith(back.replace(" again", ""))


def test_the_readmes_list_is_read_as_it_says(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    data_dir = sqlite_databases.copy_into(tmp_path)
    readme = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"\.venv/bin/passerelle (import .+)", readme)
    assert command is not None
    arguments = command[1].replace("docs/", f"{ROOT}/docs/").split()
    done = run(data_dir, *arguments)
    assert done.returncode == 0, done.stderr
    assert re.search(r"created +3\n", done.stdout)
    assert "line 5  rejected  members  Give a whole number." in done.stdout
    assert "line 4  stored  residence" in done.stderr
    assert done.stderr.count("(Springfield, ") == 8
    assert "(Springfield, Illinois, United States)" in done.stderr
    assert run(data_dir, "export", "association").stdout == ""
