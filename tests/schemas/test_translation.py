"""Every sentence that a person may read exists in all four languages, with the same values in it."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from schemas.language import Language
from schemas.translation import LOCALE, message, render

ROOT = Path(__file__).parents[2]
KEYWORDS = {"message": (1,), "note": (1,), "translate": (2,), "_": (1,)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
TRANSLATED = [language for language in Language if language is not Language.EN]


def sentences() -> set[str]:
    """Every sentence in the code and the templates."""
    found: set[str] = set()
    for room in ("schemas", "matching", "service"):
        options = {"**/templates/**.html": {"newstyle_gettext": "true"}}
        for _, _, text, _, _ in extract_from_dir(ROOT / room, METHODS, options, KEYWORDS):
            found.add(text if isinstance(text, str) else text[0])
    return found


def catalogue(language: Language) -> Catalog:
    """The catalogue of a language."""
    with (LOCALE / language / "LC_MESSAGES" / "passerelle.po").open("rb") as file:
        return read_po(file, locale=language.value)


def values_in(text: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_sentence_is_translated_with_its_values(language: Language) -> None:
    wanted = sentences()
    assert len(wanted) > 150
    known = {str(entry.id): entry for entry in catalogue(language) if entry.id}
    assert wanted - set(known) == set(), "run: make messages, then translate"
    assert set(known) - wanted == set(), "run: make messages"
    for text, entry in known.items():
        assert entry.string, text
        assert not entry.fuzzy, text
        assert values_in(str(entry.string)) == values_in(text), text


def test_a_sentence_is_said_in_each_language() -> None:
    said = message("There is nothing at this address.")
    assert len({render(language, said) for language in Language}) == 4
