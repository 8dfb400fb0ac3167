"""How much is known of a pair: in words, from what the profiles say and how old they are."""

from datetime import date
from typing import Any

import pytest

from matching.confidence import EXPECTED_FIELDS, FIELD_NAMES, rate_confidence
from tests.matching.records import KAOLACK, association, authority

TODAY = date(2026, 6, 1)
FULL: dict[str, Any] = {"description": "Un puits", "sectors": ["14031"], "priorities": ["rights"]}


@pytest.mark.parametrize(
    ("subject", "candidate", "partnerships", "level"),
    [
        ({}, {}, 4, "high"),
        ({}, {}, 0, "medium"),
        ({"sectors": []}, {}, 4, "medium"),
        ({}, {"confirmed": "2025-01-01"}, 4, "medium"),
        ({"sectors": []}, {"description": None}, 0, "low"),
        ({"confirmed": "2024-01-01", "sectors": []}, {"priorities": []}, 4, "low"),
    ],
)
def test_each_doubt_lowers_it(
    subject: dict[str, Any], candidate: dict[str, Any], partnerships: int, level: str
) -> None:
    one = association(**(FULL | subject))
    other = authority("kaolack", KAOLACK, **(FULL | candidate))
    assert rate_confidence(one, other, partnerships, TODAY).level == level


def test_what_is_missing_is_named() -> None:
    found = rate_confidence(association(**FULL), authority("kaolack", KAOLACK), 1, TODAY)
    [missing, known] = found.because
    assert [str(item) for item in missing.values["missing"]] == ["a description", "sectors", "priorities"]
    assert str(known) == "Known partnerships of the candidate: 1."


def test_every_field_that_matters_has_words() -> None:
    assert {field for fields in EXPECTED_FIELDS.values() for field in fields} == set(FIELD_NAMES)
