"""Sectors are found by codes of the DAC list: also by its headings, and by those it has given up."""

import pytest

from schemas.language import Language
from schemas.sectors import resolve_sector, search_sectors, sectors
from schemas.yaml_files import read_yaml

FORMER = read_yaml("schemas", "vocabularies", "sectors-former.yaml")


@pytest.mark.parametrize("code", sorted(sectors()))
def test_every_sector_is_found_by_its_code(code: str) -> None:
    assert resolve_sector(code) == code


@pytest.mark.parametrize(("former", "now"), sorted(FORMER.items()))
def test_former_codes_stand_for_what_they_are_counted_as(former: str, now: str) -> None:
    assert former not in sectors()
    assert resolve_sector(former) == now
    assert now in sectors()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("23099", "231"),
        ("12000", "121"),
        ("92010", "920"),
        (" 42010 ", "15170"),
        ("13099", "130"),
        ("999", None),
    ],
)
def test_a_purpose_that_is_not_among_ours_is_counted_in_its_category(given: str, found: str | None) -> None:
    assert resolve_sector(given) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("droits des migrants", "15160"),
        ("derechos de los inmigrantes", "15160"),
        ("cours de français", "11230"),
        ("corsi di italiano", "11230"),
        ("English classes", "11230"),
        ("aide humanitaire", "720"),
        ("aiuti umanitari", "720"),
        ("solidarité internationale", "99820"),
        ("cooperación y solidaridad internacional", "99820"),
        ("lutte contre le racisme", "15160"),
        ("lotta al razzismo", "15160"),
        ("banquetas", "21020"),
        ("forest", "312"),
        ("puits et écoles", None),
        ("asilo", None),
        ("asilo nido", "11240"),
        ("cimetière", None),
        ("xyzzy", None),
    ],
)
def test_expressions_stand_for_the_sector_that_they_speak_of(given: str, found: str | None) -> None:
    """For none where they speak of several, or of what is no sector."""
    assert resolve_sector(given) == found


@pytest.mark.parametrize(
    ("query", "language", "found"),
    [
        ("asilo", Language.IT, ["11240", "930"]),
        ("customs", Language.EN, ["33120", "16066"]),
        ("puits et écoles", Language.FR, ["14031", "111"]),
        ("agriclture", Language.FR, ["311"]),
        ("santee", Language.FR, ["121"]),
        ("escuella", Language.ES, ["111"]),
        ("cimetière", Language.FR, []),
        ("banquets", Language.ES, []),
        ("motels", Language.EN, []),
    ],
)
def test_a_search_asks_between_meanings_and_mends_only_small_slips(
    query: str, language: Language, found: list[str]
) -> None:
    assert [sector.code for sector in search_sectors(query, language, 2)] == found
