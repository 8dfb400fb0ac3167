"""Dates, numbers, amounts and lists follow the habits of each language."""

from datetime import date
from decimal import Decimal

import pytest

from schemas.formats import in_words, listed_in_words
from schemas.language import Language
from schemas.money import Money
from schemas.translation import Names, SectorCodes, Share, message
from schemas.wording import render

FR, EN, ES, IT = Language
NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 3, 8), ("8 mars 2026", "8 March 2026", "8 de marzo de 2026", "8 marzo 2026")),
        (date(2026, 3, 1), ("1er mars 2026", "1 March 2026", "1 de marzo de 2026", "1 marzo 2026")),
        (
            date(2026, 11, 11),
            ("11 novembre 2026", "11 November 2026", "11 de noviembre de 2026", "11 novembre 2026"),
        ),
        (Share(0.125), (f"12,5{WIDE}%", "12.5%", f"12,5{WIDE}%", "12,5%")),
        (Share(1), (f"100{WIDE}%", "100%", f"100{WIDE}%", "100%")),
        (20_000, (f"20{NARROW}000", "20,000", "20.000", "20.000")),
        (12.5, ("12,5", "12.5", "12,5", "12,5")),
        (money("1500.50"), (f"1{NARROW}500,50{WIDE}€", "€1,500.50", f"1.500,50{WIDE}€", f"1.500,50{WIDE}€")),
        (money("100000"), (f"100{NARROW}000{WIDE}€", "€100,000", f"100.000{WIDE}€", f"100.000{WIDE}€")),
        ("2019", ("2019",) * 4),
    ],
)
def test_a_value_is_written_as_each_language_does(value: object, expected: tuple[str, ...]) -> None:
    assert tuple(in_words(language, value) for language in Language) == expected


def test_a_currency_without_a_sign_keeps_its_distance() -> None:
    assert in_words(EN, money("250000", "XOF")) == f"F{NARROW}CFA{WIDE}250,000"
    assert in_words(FR, money("250000", "XOF")) == f"250{NARROW}000{WIDE}F{NARROW}CFA"


@pytest.mark.parametrize(
    ("language", "names", "expected"),
    [
        (EN, ["Kaolack", "Louga", "Diourbel"], "Kaolack, Louga and Diourbel"),
        (FR, ["Kaolack", "Louga", "Diourbel"], "Kaolack, Louga et Diourbel"),
        (ES, ["Senegal", "Italia"], "Senegal e Italia"),
        (ES, ["Francia", "Senegal", "Irán"], "Francia, Senegal e Irán"),
        (ES, ["Lombardía", "Hidalgo"], "Lombardía e Hidalgo"),
        (ES, ["cobre", "hierro"], "cobre y hierro"),
        (ES, ["Italia", "Senegal"], "Italia y Senegal"),
        (ES, ["Perú", "Yemen"], "Perú y Yemen"),
        (IT, ["Italia", "Ecuador"], "Italia ed Ecuador"),
        (IT, ["Ecuador", "Italia"], "Ecuador e Italia"),
        (IT, ["Mali"], "Mali"),
        (ES, [], ""),
    ],
)
def test_a_list_sounds_right(language: Language, names: list[str], expected: str) -> None:
    assert listed_in_words(language, names) == expected


@pytest.mark.parametrize(
    ("language", "names", "expected"),
    [
        (ES, ["siete", "ocho"], "siete u ocho"),
        (ES, ["uno", "dos"], "uno o dos"),
        (EN, ["one", "two"], "one or two"),
    ],
)
def test_alternatives_sound_right(language: Language, names: list[str], expected: str) -> None:
    assert listed_in_words(language, names, "or") == expected


def test_names_with_conjunctions_of_their_own_are_kept_apart_by_semicolons() -> None:
    said = message("Fields in common: {sectors}.", sectors=SectorCodes(["24040", "31120"]))
    french, italian = render(FR, said), render(IT, said)
    assert f"{NARROW}; " in french
    assert "; " in italian
    assert french.count(" et ") <= 2
    assert french.partition(f"{WIDE}: ")[2][0].islower(), "within a sentence"


def test_given_names_are_all_said() -> None:
    names = Names(["clubs, registered", "towns", "regions", "federations"])
    said = message("May apply: {applicants}.", applicants=names)
    assert render(EN, said) == "May apply: clubs, registered; towns; regions; federations."
