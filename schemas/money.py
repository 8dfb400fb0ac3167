"""Amounts of money: a decimal and a currency (ISO 4217), never converted."""

import re
from decimal import Decimal
from functools import cache
from typing import Annotated

from babel.core import get_global
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from schemas.translation import note


@cache
def currencies() -> frozenset[str]:
    """All currency codes that are or were in use (ISO 4217, from the Unicode CLDR)."""
    return frozenset(get_global("all_currencies"))


def _known_currency(code: str) -> str:
    if code not in currencies():
        raise ValueError(note("Give a currency code of ISO 4217, such as EUR."))
    return code


AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
WANTED = note("Give an amount such as “123.45”.")


def _plain_amount(value: object) -> object:
    """An amount in digits, also as a number of JSON; nothing else that Python reads as one (``1_000``, ``0E+30``, ``٣``)."""
    if isinstance(value, Decimal):
        return value
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or not AMOUNT.fullmatch(str(value))
    ):
        raise ValueError(WANTED)
    return str(value)


Amount = Annotated[
    Decimal,
    Field(strict=False, ge=0, max_digits=18, decimal_places=2, allow_inf_nan=False),
    BeforeValidator(_plain_amount),
    WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT.pattern}$", "examples": ["123.45"]}),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]


class Money(BaseModel):
    """An amount in its own currency: ``{"amount": "123.45", "currency": "EUR"}``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    amount: Amount
    currency: Currency


CURRENCY_WORDS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP",
    "fcfa": "XOF", "f cfa": "XOF", "franc cfa": "XOF", "francs cfa": "XOF", "francos cfa": "XOF", "franchi cfa": "XOF",
}  # fmt: skip
"""How currencies are written where people do not give their code; signs that several share (``$``) are left out."""
_NUMBER = r"[0-9]{1,3}(?:[ .,’'\u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,15}(?:[.,][0-9]{1,2})?"
_CURRENCY = r"€|£|(?<![A-Za-z])(?:[A-Z]{3}|[Ee]uros?|F\.? ?CFA|(?:francs?|francos|franchi) CFA)\b"
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?<![0-9.,])(?P<number>{_NUMBER})(?![0-9])\s?(?P<after>{_CURRENCY})?"
)


_DIGIT = re.compile("[0-9]")


def amounts_in(text: str) -> tuple[Money, ...]:
    """The amounts of money that a text names with their currency, each once: ``5 000 €``, ``EUR 5,000.50``."""
    if not _DIGIT.search(text):
        return ()
    found = (_amount(match) for match in _AMOUNT.finditer(text))
    return tuple(dict.fromkeys(money for money in found if money is not None))


def _amount(match: re.Match[str]) -> Money | None:
    for written in (match["after"], match["before"]):
        code = CURRENCY_WORDS.get((written or "").casefold().replace(".", ""), written)
        if code in currencies():
            return Money(amount=_decimal(match["number"]), currency=code)
    return None


def _decimal(written: str) -> Decimal:
    """A number without what parts its thousands: one or two digits behind the last point or comma are decimals."""
    whole, separator, rest = written, "", ""
    if decimals := re.search(r"[.,]([0-9]{1,2})$", written):
        whole, separator, rest = written[: decimals.start()], ".", decimals[1]
    return Decimal(re.sub(r"[^0-9]", "", whole) + separator + rest)
