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


class Phrases(tuple[Message, ...]):
    """Several sentences in the place of one value, listed one after the other."""

    __slots__ = ()


class SectorCodes(tuple[str, ...]):
    """Sectors in the place of a value, by their codes; resources that have no sector by their keys."""

    __slots__ = ()


class PriorityKeys(tuple[str, ...]):
    """Priorities in the place of a value, by their keys."""

    __slots__ = ()


class Names(tuple[str, ...]):
    """Names in the place of one value, as somebody gave them, listed one after the other."""

    __slots__ = ()


class Share(float):
    """A part of a whole in the place of a value, between 0 and 1; said in per cent."""


def message(text: str, **values: Any) -> Message:
    """A sentence to be translated later; ``{name}`` stands for the value of that name."""
    return Message(text, values)


def note(text: str) -> str:
    """Mark a sentence for the catalogues where it is raised; it is translated where it is answered."""
    return text


def translate(language: Language, text: str, **values: Any) -> str:
    """``text`` in this language, with its values put in."""
    said = catalogue(language).gettext(text)
    return said.format(**values) if values else said


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
