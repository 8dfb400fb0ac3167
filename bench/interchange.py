"""``make bench``: rows a second and peak memory of generator, import and export, beside a bare loop in the same run.

The bare loop only moves cells between a file and a table. Import also reads numbers, dates and places as people
write them, checks every field, finds places and sectors, indexes words and labels, and can be killed at any moment.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import ProcessUsage, measure, module, passerelle

ROWS = 20_000
MEASURED_KINDS = ("association", "authority", "programme", "project")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows: int = parser.parse_args().rows
    with TemporaryDirectory(prefix="passerelle-bench-") as folder:
        _run(Path(folder), rows)


def _run(folder: Path, rows: int) -> None:
    first, second = folder / "first", folder / "second"
    measure(passerelle("seed"), first)
    shutil.copytree(first, second)
    lines, database = folder / "records.jsonl", first / "passerelle.sqlite3"
    print(f"{'':<26}{'rows/s':>10}{'MB':>8}{'× the bare loop':>18}")
    _show("generate", rows, measure(module("generate", str(database), str(rows)), first, lines))
    imported = measure(passerelle("import", str(lines)), first)
    again = measure(passerelle("import", str(lines)), first)
    tables = [folder / f"{kind}.csv" for kind in MEASURED_KINDS]
    written = _sum(
        [
            measure(passerelle("export", kind, "--format", "csv"), first, table)
            for kind, table in zip(MEASURED_KINDS, tables, strict=True)
        ]
    )
    exported = _sum(
        [measure(passerelle("export", kind), first, folder / "out.jsonl") for kind in MEASURED_KINDS]
    )
    read = _sum([measure(passerelle("import", str(table)), second) for table in tables])
    bare = [folder / f"{kind}.bare" for kind in MEASURED_KINDS]
    loaded, dumped = (
        _sum([measure(module("bare_table", *arguments), first) for arguments in commands])
        for commands in (
            [("load", str(table), str(file)) for table, file in zip(tables, bare, strict=True)],
            [("dump", str(file)) for file in bare],
        )
    )
    _show("bare loop in", rows, loaded)
    _show("import JSON lines", rows, imported, loaded)
    _show("import CSV", rows, read, loaded)
    _show("import, nothing new", rows, again, loaded)
    _show("bare loop out", rows, dumped)
    _show("export JSON lines", rows, exported, dumped)
    _show("export CSV", rows, written, dumped)


def _sum(measurements: list[ProcessUsage]) -> ProcessUsage:
    return ProcessUsage(
        sum(item.seconds for item in measurements), max(item.megabytes for item in measurements)
    )


def _show(name: str, rows: int, measured: ProcessUsage, baseline: ProcessUsage | None = None) -> None:
    ratio = f"{measured.seconds / baseline.seconds:>15.1f} ×" if baseline else ""
    print(f"{name:<26}{rows / measured.seconds:>10,.0f}{measured.megabytes:>8.0f}{ratio:>18}")


if __name__ == "__main__":
    main()
