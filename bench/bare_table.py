"""The baseline of imports and exports: :mod:`csv` and one ``executemany``, nothing checked, nothing found, one table."""

import csv
import sqlite3
import sys
from itertools import islice
from pathlib import Path

ROWS_PER_COMMIT = 500


def load(file: Path, database: Path) -> None:
    """Put every row of a table into a database as it stands."""
    connection = sqlite3.connect(database)
    with file.open(newline="", encoding="utf-8-sig") as opened:
        rows = csv.reader(opened)
        header = next(rows)
        columns = ", ".join(f"c{number}" for number in range(len(header)))
        connection.execute(f"CREATE TABLE record (key TEXT PRIMARY KEY, {columns})")
        places = ", ".join("?" * (len(header) + 1))
        while piece := [[row[1], *row] for row in islice(rows, ROWS_PER_COMMIT)]:
            connection.executemany(f"INSERT INTO record VALUES ({places})", piece)  # noqa: S608 - only question marks
            connection.commit()
    connection.close()


def dump(database: Path) -> None:
    """Write every row as a table to standard output."""
    connection = sqlite3.connect(database)
    csv.writer(sys.stdout).writerows(connection.execute("SELECT * FROM record"))
    connection.close()


if __name__ == "__main__":
    action, *paths = sys.argv[1:]
    if action == "load":
        load(Path(paths[0]), Path(paths[1]))
    else:
        dump(Path(paths[0]))
