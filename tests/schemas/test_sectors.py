"""Sectors are found by codes of the DAC list: also by its headings, and by those it has given up."""

import pytest

from schemas.sectors import resolve_sector, sectors
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
