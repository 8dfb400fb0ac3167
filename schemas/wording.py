"""Values of sentences in words: other sentences, sectors, priorities, dates and lists, in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from schemas.language import Language
from schemas.priorities import PRIORITIES
from schemas.sectors import sectors
from schemas.translation import Message, Phrases, PriorityKeys, SectorCodes, message, translate

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
        """Sectors by name, as they stand in a sentence."""
        return self.listed(sectors()[code].names[self.language] for code in codes)

    def priorities(self, keys: Sequence[str]) -> str:
        """Priorities by name."""
        return self.listed(item.names[self.language] for key, item in PRIORITIES.items() if key in keys)

    def listed(self, names: Iterable[str]) -> str:
        """Some names, each once and the first ones only."""
        chosen = list(dict.fromkeys(names))
        shown = chosen[:MOST_NAMED]
        if len(chosen) > MOST_NAMED:
            shown.append(translate(self.language, LEFT_OUT.text))
        return str(format_list(shown, locale=self.language.value))

    def _worded(self, value: Any) -> str:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, tuple):
            return self._several(value)
        if isinstance(value, date):
            return str(format_date(value, "long", locale=self.language.value))
        return str(value)

    def _phrase(self, said: Message) -> str:
        """A sentence in a list of sentences; one that is a list itself stands in brackets."""
        text = self.say(said).removesuffix(".")
        return f"({text})" if any(isinstance(value, Phrases) for value in said.values.values()) else text

    def _several(self, values: tuple[Any, ...]) -> str:
        if isinstance(values, Phrases):
            return "; ".join(map(self._phrase, values))
        if isinstance(values, SectorCodes):
            return self.sectors(values)
        if isinstance(values, PriorityKeys):
            return self.priorities(values)
        if all(isinstance(value, Message) for value in values):
            return self.listed(self.say(value) for value in values)
        return self.places(values)


def render(language: Language, said: Message) -> str:
    """The sentence in this language."""
    return Words(language).say(said)
