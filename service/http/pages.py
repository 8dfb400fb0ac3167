"""Pages of lists: a limit, and a cursor that stays true while others insert."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from schemas.profiles import Page, Shown
from schemas.translation import message
from service.db.base import LARGEST_NUMBER
from service.errors import Invalid
from service.http.parameters import WholeNumber

Limit = Annotated[WholeNumber, Query(ge=1, le=100, description="How many items a page holds.")]
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=200, description="`next_cursor` of the page before.")
]
Item = TypeVar("Item")


def encode_cursor(value: int | str) -> str:
    """An opaque cursor that remembers the last item of a page."""
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """What :func:`encode_cursor` was given, as text; raises ``Invalid`` for anything else."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    if not text or "\x00" in text:
        raise unknown_cursor()
    return text


def unknown_cursor() -> Invalid:
    """The error for a cursor that a list has never answered with."""
    return Invalid.at("/query/cursor", message("Give a next_cursor that this list has answered with."))


def position(cursor: str | None) -> int | None:
    """The number a cursor stands for, or ``None`` at the beginning."""
    if cursor is None:
        return None
    text = decode_cursor(cursor)
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_NUMBER:
        raise unknown_cursor()
    return int(text)


def identifier(cursor: str | None) -> UUID | None:
    """The identifier a cursor stands for, or ``None`` at the beginning."""
    try:
        return UUID(decode_cursor(cursor)) if cursor is not None else None
    except ValueError:
        raise unknown_cursor() from None


def page(
    shape: type[Page[Shown]],
    rows: Sequence[Item],
    limit: int,
    place: Callable[[Item], int | str | None],
    view: Callable[[Item], Shown],
) -> Page[Shown]:
    """``limit`` rows as a page, when one row more than that was asked for to see whether there is more."""
    more = len(rows) > limit
    shown = rows[:limit]
    return shape(
        items=[view(row) for row in shown],
        next_cursor=encode_cursor(place(shown[-1]) or 0) if more else None,
    )


def whole_list(shape: type[Page[Shown]], items: Sequence[Shown]) -> Page[Shown]:
    """All there is on one page."""
    return shape(items=list(items), next_cursor=None)
