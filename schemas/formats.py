"""How dates, numbers, shares, amounts of money and lists are written in each language (Unicode CLDR)."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from schemas.language import Language
from schemas.money import Money
from schemas.translation import Share

LOCALE_IDENTIFIERS: dict[Language, str] = {
    Language.FR: "fr_FR",
    Language.EN: "en_GB",
    Language.ES: "es_ES",
    Language.IT: "it_IT",
}
"""Whose habits each language follows."""
SEMICOLONS: dict[Language, str] = {Language.FR: "\N{NARROW NO-BREAK SPACE}; "}
"""Between things that hold commas or conjunctions of their own, where it is not ``; ``."""
ListStyle = Literal["standard", "or"]


@cache
def locale_of(language: Language) -> Locale:
    """The locale of a language: British dates and commas in English, French spaces in French."""
    return Locale.parse(LOCALE_IDENTIFIERS[language])


def day_in_words(language: Language, day: date) -> str:
    """``1 March 2026``, ``1er mars 2026``."""
    text = str(format_date(day, "long", locale=locale_of(language)))
    return f"1er{text[1:]}" if language is Language.FR and day.day == 1 else text


def number_in_words(language: Language, number: float | Decimal) -> str:
    """``12.5`` and ``20,000``, ``12,5`` and ``20 000``."""
    return str(format_decimal(number, locale=locale_of(language)))


def share_in_words(language: Language, share: float) -> str:
    """A share of 1 as per cent, to a tenth: ``12.5%``, ``12,5 %``."""
    pattern = locale_of(language).percent_formats[None].pattern
    return str(format_percent(share, pattern.replace("0", "0.#", 1), locale=locale_of(language)))


def money_in_words(language: Language, money: Money) -> str:
    """An amount in its currency, without cents where it has none: ``€1,500.50``, ``100 000 €``."""
    locale = locale_of(language)
    pattern = locale.currency_formats["standard"].pattern
    if money.amount == money.amount.to_integral_value():
        pattern = pattern.replace(".00", "")
    if get_currency_symbol(money.currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return str(format_currency(money.amount, money.currency, pattern, locale=locale, currency_digits=False))


def in_words(language: Language, value: object) -> str:
    """One value of a sentence by its type; text stays as it is."""
    if isinstance(value, date):
        return day_in_words(language, value)
    if isinstance(value, Money):
        return money_in_words(language, value)
    if isinstance(value, Share):
        return share_in_words(language, value)
    return number_in_words(language, value) if isinstance(value, int | float | Decimal) else str(value)


def listed_in_words(language: Language, names: Iterable[str], style: ListStyle = "standard") -> str:
    """Names one after the other: ``Kaolack, Diourbel and Louga``; Spanish *y* and Italian *e* give way to their own sound."""
    shown = list(names)
    text = str(format_list(shown, style, locale=locale_of(language)))
    if len(shown) < 2 or not (other := _before_own_sound(language, style, shown[-1])):
        return text
    word, euphonic = other
    head = text.removesuffix(shown[-1])
    return f"{head.removesuffix(f'{word} ')}{euphonic} {shown[-1]}"


def _before_own_sound(language: Language, style: ListStyle, name: str) -> tuple[str, str] | None:
    """The conjunction, and what it becomes before a name that begins with its own sound."""
    begin = name.casefold()
    if language is Language.ES and style == "standard":
        return ("y", "e") if begin.startswith(("i", "í", "hi")) and not begin.startswith(_GLIDES) else None
    if language is Language.ES:
        return ("o", "u") if begin.startswith(("o", "ó", "ho", "hó")) else None
    if language is Language.IT and style == "standard":
        return ("e", "ed") if begin.startswith(("e", "è", "é")) else None
    return None


_GLIDES = ("hia", "hie", "hio", "ia", "ie", "io")
"""Beginnings that sound like *y* and a vowel, before which *y* stays."""


def in_semicolons(language: Language, texts: Iterable[str]) -> str:
    """Longer things one after the other."""
    return SEMICOLONS.get(language, "; ").join(texts)


NEEDLESS_SPACE = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")
