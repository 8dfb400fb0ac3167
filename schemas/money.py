"""Amounts of money: a decimal and a currency (ISO 4217), never converted."""

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


@cache
def currencies() -> frozenset[str]:
    """All currency codes that are or were in use (ISO 4217, from the Unicode CLDR)."""
    return frozenset(get_global("all_currencies"))


def _known_currency(code: str) -> str:
    if code not in currencies():
        raise ValueError("give a currency code of ISO 4217, such as EUR")
    return code


def _not_a_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError('give an amount such as "123.45"')
    return str(value) if isinstance(value, float) else value


Amount = Annotated[
    Decimal,
    Field(strict=False, ge=0, max_digits=18, decimal_places=2, allow_inf_nan=False),
    BeforeValidator(_not_a_boolean),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,2})?$", "examples": ["123.45"]}),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]


class Money(BaseModel):
    """An amount in its own currency: ``{"amount": "123.45", "currency": "EUR"}``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    amount: Amount
    currency: Currency
