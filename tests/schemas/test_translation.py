"""Every sentence that a person may read exists in all four languages, with the same values in it."""

from string import Formatter

import pytest

from schemas.language import Language
from schemas.translation import message
from schemas.wording import render
from tests.catalogues import TRANSLATED, read_catalogue, sentences


def values_in(text: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_sentence_is_translated_with_its_values(language: Language) -> None:
    wanted = set(sentences())
    assert len(wanted) > 150
    known = {str(entry.id): entry for entry in read_catalogue(language) if entry.id}
    assert wanted - set(known) == set(), "run: make messages, then translate"
    assert set(known) - wanted == set(), "run: make messages"
    for text, entry in known.items():
        assert entry.string, text
        assert not entry.fuzzy, text
        assert values_in(str(entry.string)) == values_in(text), text


def test_a_sentence_is_said_in_each_language() -> None:
    said = message("There is nothing at this address.")
    assert len({render(language, said) for language in Language}) == 4
