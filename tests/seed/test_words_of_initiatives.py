"""All documented initiatives are found by the words that people of four languages would try."""

import csv
from collections.abc import Iterator
from pathlib import Path

from schemas.language import Language
from seed.documented import reading as data
from service.db.session import reading
from service.precedents.searching import search_precedents
from tests.service.client import Installation

FIRST_OF = 20
"""A reader looks no further down the list."""


def words() -> Iterator[tuple[str, str, str]]:
    """Initiative, language and what a reader of that language might type."""
    with (Path(__file__).parent / "words_of_initiatives.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for language in Language:
                for query in row[language].split("|"):
                    yield row["initiative"], language, query


def test_there_are_words_for_every_initiative_in_every_language() -> None:
    assert {(key, language) for key, language, _ in words()} == {
        (key, language) for key in data.initiatives() for language in Language
    }


def test_every_initiative_is_found_by_its_words(documented: Installation) -> None:
    with reading(documented.app.state.engine) as session:
        missed = [
            (key, language, query)
            for key, language, query in words()
            if key not in search_precedents(session, query)[:FIRST_OF]
        ]
    assert missed == []
