"""Backups: whole, made and put back while others read and write, refused when they do not fit."""

import sqlite3
import threading
from pathlib import Path

import pytest

from service.db import migrate
from service.db.backup import BackupError, back_up, restore
from service.db.engine import open_engine
from tests.service.client import Installation
from tests.service.examples import register


@pytest.fixture
def database(embedded: Installation) -> Path:
    """The file of a running installation."""
    return Path(str(embedded.app.state.settings.database).removeprefix("sqlite:///"))


def test_what_was_stored_comes_back_and_matching_follows(
    embedded: Installation, database: Path, tmp_path: Path
) -> None:
    steward, copy = embedded.client("steward"), tmp_path / "copy.sqlite3"
    town = register(steward, "authorities", key="town")
    kept = register(steward, key="kept")
    back_up(database, copy)
    steward.delete(f"/associations/{kept['id']}")
    register(steward, key="later")

    def suggested() -> list[str]:
        found = steward.get(f"/authorities/{town['id']}/suggestions?of=associations").json()["items"]
        return [item["candidate"]["id"] for item in found]

    assert kept["id"] not in suggested()
    restore(database, copy)
    assert [item["key"] for item in steward.get("/associations").json()["items"]] == ["kept"]
    assert suggested() == [kept["id"]]
    assert register(steward, key="after")["key"] == "after"
    assert len(suggested()) == 2
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_a_backup_is_whole_while_others_write(embedded: Installation, database: Path, tmp_path: Path) -> None:
    steward = embedded.client("steward")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            register(steward)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            copy = tmp_path / f"{number}.sqlite3"
            back_up(database, copy)
            connection = sqlite3.connect(copy)
            counts = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names from here
                for table in ("profile", "profile_text")
            ]
            connection.close()
            assert counts[0] == counts[1]
    finally:
        stop.set()
        writer.join()


def test_a_file_of_another_version_or_kind_is_refused_and_says_the_mend(
    embedded: Installation, database: Path, tmp_path: Path
) -> None:
    register(embedded.client("steward"), key="kept")
    older, newer, other = (tmp_path / name for name in ("older", "newer", "other"))
    for file, version in ((older, "0001"), (newer, "9999")):
        back_up(database, file)
        connection = sqlite3.connect(file)
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
        connection.close()
    other.write_text("no database")
    empty = tmp_path / "empty"
    empty.touch()
    for file, mend in (
        (older, "db upgrade"),
        (newer, "newer Passerelle"),
        (other, "not a backup"),
        (empty, "not a backup"),
    ):
        with pytest.raises(BackupError, match=mend):
            restore(database, file)
    with pytest.raises(BackupError, match="no database"):
        back_up(tmp_path / "nowhere", tmp_path / "copy")
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(database, tmp_path / "no" / "such" / "folder")
    assert len(embedded.client().get("/associations").json()["items"]) == 1


def test_an_older_backup_fits_once_it_is_brought_up_to_date(database: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.sqlite3"
    engine = open_engine(f"sqlite:///{older}")
    migrate.upgrade(engine, "0001")
    engine.dispose()
    with pytest.raises(BackupError, match="0001"):
        restore(database, older)
    engine = open_engine(f"sqlite:///{older}")
    migrate.upgrade(engine)
    engine.dispose()
    restore(database, older)
