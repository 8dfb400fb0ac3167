"""Dates as far as they are known: a year, or a day (ISO 8601)."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from schemas.translation import note

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
WANTED_DAY = note("Give a date such as 2026-05-31.")
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
    return _iso_day(value, WANTED).isoformat()


def _day(value: object) -> date:
    """A day (``"1998-05-31"``), or one that YAML has read already; no other form of ISO 8601, and no number."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _iso_day(value, WANTED_DAY)


def _iso_day(value: object, wanted: str) -> date:
    """A day in the extended form of ISO 8601; raises ``ValueError`` that says what is ``wanted``."""
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError(wanted)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(wanted) from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day."""


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


def as_precise_as_known(partial: str) -> str | date:
    """A year, or a day, as the value of a sentence: a year is no number and has no separator."""
    return date.fromisoformat(partial) if len(partial) > 4 else partial


def earliest_day(partial: str) -> date:
    """The first day that a partial date can mean."""
    return date.fromisoformat(partial if len(partial) > 4 else f"{partial}-01-01")


def latest_day(partial: str) -> date:
    """The last day that a partial date can mean."""
    return date.fromisoformat(partial if len(partial) > 4 else f"{partial}-12-31")


def years_after(day: date, years: int) -> date:
    """The same day so many years later; the first of March where there is no 29 February. Raises ``ValueError``
    beyond the year 9999."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_before(day: date, years: int) -> date:
    """The last day from which so many years have passed on a day."""
    if day.year <= years:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def years_between(first: date, last: date) -> int:
    """How many whole years have passed; 0 where the first day lies ahead."""
    return max(0, last.year - first.year - (years_after(first, last.year - first.year) > last))
