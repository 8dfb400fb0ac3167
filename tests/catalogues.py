"""``make messages``: brings the catalogues up to the sentences in the code; what is new is left empty to translate."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from schemas.language import Language
from schemas.translation import LOCALE

ROOT = Path(__file__).parents[1]
ROOMS = ("schemas", "matching", "service", "workers")
KEYWORDS = {"message": (1,), "note": (1,), "translate": (2,), "_": (1,)}
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
OPTIONS = {"**/templates/**.*": {"newstyle_gettext": "true"}}
TRANSLATED = [language for language in Language if language is not Language.EN]
LINE_LENGTH = 110


def sentences() -> list[str]:
    """Every sentence in the code and the templates, in their order, each once."""
    found: dict[str, None] = {}
    for room in ROOMS:
        for _, _, text, _, _ in extract_from_dir(ROOT / room, METHODS, OPTIONS, KEYWORDS):
            found[text if isinstance(text, str) else text[0]] = None
    return list(found)


def catalogue_file(language: Language) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "passerelle.po"


def read_catalogue(language: Language) -> Catalog:
    """The catalogue of a language."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language.value)


def bring_up_to_date(language: Language) -> None:
    """Put new sentences into a catalogue, take out those that are gone, keep the header."""
    known = {str(entry.id): entry.string for entry in read_catalogue(language)}
    fresh = Catalog(locale=language.value)
    for text in sentences():
        fresh.add(text, known.get(text, ""))
    header = catalogue_file(language).read_text("utf-8").partition("\n\n")[0]
    with catalogue_file(language).open("wb") as file:
        file.write(header.encode() + b"\n\n")
        write_po(file, fresh, width=LINE_LENGTH, omit_header=True)


if __name__ == "__main__":
    for translated in TRANSLATED:
        bring_up_to_date(translated)
