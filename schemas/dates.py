"""Dates as far as they are known: a year, or a day (ISO 8601)."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from schemas.translation import note

WANTED = note("Give a year such as 1998, or a date such as 1998-05-31.")


def _partial_date(value: object) -> str:
    """A year (``1998`` or ``"1998"``) or a day (``"1998-05-31"``) as an ISO 8601 string."""
    if isinstance(value, bool):
        raise ValueError(WANTED)
    if isinstance(value, int):
        value = f"{value:04d}"
    if isinstance(value, date):
        value = value.isoformat()
    if not isinstance(value, str):
        raise ValueError(WANTED)
    if len(value) == 4 and value.isascii() and value.isdigit() and value >= "1000":
        return value
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(WANTED) from None


PartialDate = Annotated[
    str,
    BeforeValidator(_partial_date),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[1-9][0-9]{3}$"},
                {"type": "string", "format": "date"},
                {"type": "integer", "minimum": 1000, "maximum": 9999},
            ]
        }
    ),
]
"""A year or a day; kept as the ISO 8601 string that says no more than is known."""


def earliest_day(partial: str) -> date:
    """The first day that a partial date can mean."""
    return date.fromisoformat(partial if len(partial) > 4 else f"{partial}-01-01")
