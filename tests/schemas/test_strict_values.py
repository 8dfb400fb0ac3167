"""Values are read by their documented form, and by no other that a library would forgive."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.dates import Day, PartialDate
from schemas.money import Amount
from service.http.parameters import Flag, WholeNumber
from service.interchange.cells import money, share, whole_number
from tests.service.client import Installation
from tests.service.examples import PROGRAMME

LENIENT: dict[Any, list[object]] = {
    Day: [0, 1.5, True, "0", "1780272000", "2026-05-31T00:00:00", "20260531", "2026-W22-7", "٢٠٢٦-٠٥-٣١", "2026-5-31", " 2026-05-31", datetime(2026, 5, 31)],  # noqa: DTZ001
    PartialDate: ["2025-W01", "20250101", "٢٠٢٥", "999", "0001-01-01x", 999, 10_000, True, 2025.0, "2025-1"],
    Amount: ["٣", "1_000", "0E+30", "1e3", "+5", " 5", "5 ", "1,5", ".5", "5.", "-1", "NaN", "Infinity", 1e300, True, None],
    WholeNumber: ["1_000", "+5", " 5 ", "5.0", "٣", "1e3", "-1", ""],
    Flag: ["1", "yes", "on", "t", "True", "TRUE", ""],
}  # fmt: skip


@pytest.mark.parametrize("form", LENIENT, ids=["day", "partial date", "amount", "whole number", "flag"])
def test_other_forms_are_refused(form: Any) -> None:
    assert [value for value in LENIENT[form] if _accepts(form, value)] == []


@pytest.mark.parametrize(
    ("form", "value", "read"),
    [
        (Day, "2026-05-31", date(2026, 5, 31)),
        (Day, date(2026, 5, 31), date(2026, 5, 31)),
        (PartialDate, 1998, "1998"),
        (PartialDate, "1998-05-31", "1998-05-31"),
        (Amount, "123.45", Decimal("123.45")),
        (Amount, 250000, Decimal(250000)),
        (Amount, 0.5, Decimal("0.5")),
        (WholeNumber, "100", 100),
        (Flag, "true", True),
        (Flag, "false", False),
    ],
)
def test_the_documented_form_is_read(form: Any, value: object, read: object) -> None:
    assert TypeAdapter(form).validate_python(value) == read


@pytest.mark.parametrize("cell", ["٣", "1_000", "९"])
def test_cells_hold_numbers_in_european_digits_only(cell: str) -> None:
    assert whole_number(cell) == cell
    assert share(cell) == cell
    assert money(cell) in (cell, {"amount": cell})


@pytest.mark.parametrize(
    "change",
    [
        {"opens": 0},
        {"closes": "2030-W01-1"},
        {"budget": {"amount": "0E+30", "currency": "EUR"}},
        {"budget": {"amount": "1_000", "currency": "EUR"}},
    ],
)
def test_a_programme_says_nothing_by_accident(embedded: Installation, change: dict[str, Any]) -> None:
    answer = embedded.client("steward").post("/programmes", json=PROGRAMME | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")


@pytest.mark.parametrize("path", ["/associations?limit=1_0", "/sectors?limit=+5", "/jobs?limit=5.0"])
def test_a_limit_is_a_whole_number(embedded: Installation, path: str) -> None:
    answer = embedded.client("steward").get(path)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/query/limit", "detail": "Give a whole number."}]


def _accepts(form: Any, value: object) -> bool:
    try:
        TypeAdapter(form).validate_python(value)
    except ValidationError:
        return False
    return True
