"""Tables that ship with the code."""

import csv
from importlib.resources import files


def read_csv(package: str, *path: str) -> list[dict[str, str]]:
    """The rows of a CSV file inside a package, by the names in its header."""
    text = files(package).joinpath(*path).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
