"""What localities and subdivisions lie in: as the shipped table says, and never a guess."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pycountry
from hypothesis import given
from hypothesis import strategies as st

from schemas.csv_files import read_csv
from schemas.yaml_files import read_yaml
from seed.territories.hierarchy import fill_coordinates, set_parents
from seed.territories.locality_table import TABLE, read_locality_table, write_locality_table
from seed.territories.sources import GazetteerPlace, subdivisions


def locality(code: str, group: str = "", latitude: float = 0.0) -> GazetteerPlace:
    """A town."""
    return GazetteerPlace(code, code[:2], "locality", code, group=group, latitude=latitude, longitude=0.0)


def subdivision(code: str, parent: str | None = None) -> GazetteerPlace:
    """A subdivision without coordinates."""
    return GazetteerPlace(code, code[:2], "subdivision", code, parent)


def test_a_town_lies_in_its_own_department_though_another_center_is_nearer() -> None:
    table = read_locality_table()
    le_havre, versailles, forli = table["FR:3003796"], table["FR:2969679"], table["IT:3176746"]
    assert (le_havre, versailles, forli) == ("FR-76", "FR-78", "IT-FC")


def test_the_table_names_only_territories_that_exist() -> None:
    known = {entry.code for entry in pycountry.subdivisions}
    cities = read_yaml("seed.territories", "cities.yaml")["cities_of_subdivisions"]
    assert set(read_locality_table().values()) <= known | cities.keys()


def test_the_table_holds_what_we_know_better() -> None:
    corrected = read_csv("seed.territories.tabulation", "locality_corrections.csv")
    assert read_locality_table().items() >= {row["locality"]: row["territory"] for row in corrected}.items()


def test_provinces_lie_in_the_regions_of_today() -> None:
    parents = {place.code: place.parent for place in subdivisions()}
    assert parents["MA-NOU"] == "MA-06"
    assert parents["PH-LAN"] == "PH-10"
    given = read_csv("seed.territories", "parents.csv")
    assert all(parents[row["code"]] == row["parent"] for row in given)
    assert {row["parent"] for row in given} <= parents.keys()


def test_cities_are_localities_of_the_subdivision_that_they_are() -> None:
    table = read_locality_table()
    cities = read_yaml("seed.territories", "cities.yaml")["city_subdivisions"]
    elsewhere = {code: city for code, city in cities.items() if table.get(city) != code}
    assert elsewhere == {}


def test_a_town_that_the_table_lacks_claims_what_all_its_neighbours_share() -> None:
    towns = [locality("FR:2969679", "11"), locality("FR:99999991", "11"), locality("FR:99999992", "99")]
    set_parents(towns, [subdivision("FR-IDF"), subdivision("FR-78", "FR-IDF")])
    assert [town.parent for town in towns] == ["FR-78", "FR-IDF", None]


def test_parts_of_a_city_lie_in_it() -> None:
    brussels, schaerbeek = locality("BE:2800866"), locality("BE:2787149")
    london, hackney = locality("GB:2643743"), subdivision("GB-HCK", "GB-ENG")
    areas = [subdivision("BE-BRU"), subdivision("GB-ENG"), hackney]
    set_parents([brussels, schaerbeek, london], areas)
    assert (brussels.parent, schaerbeek.parent) == ("BE-BRU", "BE:2800866")
    assert (london.parent, hackney.parent) == ("GB-ENG", "GB:2643743")


def test_a_subdivision_without_coordinates_lies_in_the_middle_of_its_towns() -> None:
    area = subdivision("FR-78")
    towns = [locality("FR:1", latitude=48.0), locality("FR:2", latitude=49.0)]
    for town in towns:
        town.parent = "FR-78"
    fill_coordinates(towns, [area])
    assert (area.latitude, area.longitude) == (48.5, 0.0)


CODES = st.sampled_from(["FR-78", "FR-IDF", "IT-MI", "GB:2643743"])


@given(st.dictionaries(st.integers(1, 10**9), CODES))
def test_the_table_reads_back_as_it_was_written(parents: dict[int, str]) -> None:
    written = {f"{territory[:2]}:{identifier}": territory for identifier, territory in parents.items()}
    with TemporaryDirectory() as folder:
        path = Path(folder) / TABLE
        write_locality_table(path, written)
        assert read_locality_table(path) == written
