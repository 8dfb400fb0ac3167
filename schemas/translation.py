"""Sentences for people, in their language. English is the source; catalogues lie in ``schemas/locale``."""

from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from schemas.language import Language

LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Message:
    """A sentence that will be said in a language not yet known, with its values."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


def message(text: str, **values: Any) -> Message:
    """A sentence to be translated later; ``{name}`` stands for the value of that name."""
    return Message(text, values)


def render(language: Language, said: Message | str) -> str:
    """The sentence in this language."""
    return said if isinstance(said, str) else translate(language, said.text, **said.values)


def translate(language: Language, text: str, **values: Any) -> str:
    """``text`` in this language, with its values put in."""
    return catalogue(language).gettext(text).format(**values)


def translate_plural(language: Language, one: str, many: str, count: int, **values: Any) -> str:
    """The form of a sentence that this language uses for ``count``, which is also the value ``{count}``."""
    return catalogue(language).ngettext(one, many, count).format(count=count, **values)


@cache
def catalogue(language: Language) -> NullTranslations:
    """The translations into one language, compiled once in memory; English is its own translation."""
    source = LOCALE / language / "LC_MESSAGES" / "passerelle.po"
    if language is Language.EN or not source.exists():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=str(language)))
    compiled.seek(0)
    return GNUTranslations(compiled)
