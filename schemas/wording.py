"""Values of sentences in words: other sentences, sectors, priorities, dates, numbers and lists, in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from schemas.formats import in_semicolons, in_words, listed_in_words
from schemas.language import Language
from schemas.priorities import PRIORITIES
from schemas.resources import RESOURCES
from schemas.sectors import sectors
from schemas.translation import (
    Message,
    Names,
    Phrases,
    PriorityKeys,
    SectorCodes,
    message,
    translate,
)

MOST_NAMED = 3
LEFT_OUT = message("others")


class Words:
    """Says sentences in one language; territories by their codes, unless somebody knows their names."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, said: Message) -> str:
        """A sentence, with the codes, texts and dates among its values put into words."""
        values = {name: self._worded(value) for name, value in said.values.items()}
        return translate(self.language, said.text, **values)

    def places(self, codes: Sequence[str]) -> str:
        """Territories: ``SN-KL and SN-DB``."""
        return self.listed(codes)

    def sectors(self, codes: Iterable[str]) -> str:
        """Sectors, and resources that have none, by name, as they stand in a sentence; names hold conjunctions of their own."""
        names = (
            self.say(RESOURCES[code]) if code in RESOURCES else sectors()[code].names[self.language]
            for code in codes
        )
        return in_semicolons(self.language, self._first(map(_within_a_sentence, names)))

    def priorities(self, keys: Sequence[str]) -> str:
        """Priorities by name, as they stand in a sentence."""
        names = (item.names[self.language] for key, item in PRIORITIES.items() if key in keys)
        return self.listed(map(_within_a_sentence, names))

    def listed(self, names: Iterable[str]) -> str:
        """Some names, each once and the first ones only."""
        return listed_in_words(self.language, self._first(names))

    def _first(self, names: Iterable[str]) -> list[str]:
        """Each name once, and no more than are read with ease."""
        chosen = list(dict.fromkeys(names))
        others = [translate(self.language, LEFT_OUT.text)] if len(chosen) > MOST_NAMED else []
        return chosen[:MOST_NAMED] + others

    def _worded(self, value: Any) -> str:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, tuple):
            return self._several(value)
        return in_words(self.language, value)

    def _phrase(self, said: Message) -> str:
        """A sentence in a list of sentences; one that holds such a list itself stands in brackets."""
        text = self.say(said).removesuffix(".")
        return f"({text})" if any(map(_has_semicolons, said.values.values())) else text

    def _several(self, values: tuple[Any, ...]) -> str:
        if isinstance(values, Phrases):
            return in_semicolons(self.language, map(self._phrase, values))
        if isinstance(values, Names):
            return in_semicolons(self.language, values)
        if isinstance(values, SectorCodes):
            return self.sectors(values)
        if isinstance(values, PriorityKeys):
            return self.priorities(values)
        if all(isinstance(value, Message) for value in values):
            return self.listed(self.say(value) for value in values)
        return self.places(values)


def _has_semicolons(value: object) -> bool:
    """Whether a value is written with semicolons."""
    return isinstance(value, Phrases) or (isinstance(value, Names | SectorCodes) and len(value) > 1)


def _within_a_sentence(name: str) -> str:
    """A name that is no proper noun, without the capital that it has where it stands alone; an abbreviation keeps it."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def render(language: Language, said: Message) -> str:
    """The sentence in this language."""
    return Words(language).say(said)
