"""Codes as words: places, sectors, priorities and dates in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.lists import format_list
from sqlmodel import Session

from schemas.language import Language
from schemas.priorities import PRIORITIES
from schemas.rules import PartName
from schemas.sectors import sectors
from schemas.translation import Message, message, translate
from service.vocabularies.territories import territories_named

MOST_NAMED = 3
PART_NAMES: dict[PartName, Message] = {
    "region": message("Territory"),
    "sector": message("Sector"),
    "priority": message("Priority"),
    "text": message("Own words"),
    "track_record": message("Experience"),
}
"""The parts of a score, as readers know them."""


class Wording:
    """Puts codes into words for one reader. Territories are looked up once each."""

    def __init__(self, session: Session, language: Language) -> None:
        self._session, self.language = session, language
        self._names: dict[str, str] = {}

    def say(self, said: Message) -> str:
        """A sentence, with the codes, texts and dates among its values put into words."""
        values = {name: self._worded(value) for name, value in said.values.items()}
        return translate(self.language, said.text, **values)

    def places(self, codes: Sequence[str]) -> str:
        """Territories by name: ``Kaolack and Diourbel``."""
        self._learn(codes)
        return self._listed(self._names[code] for code in codes)

    def sectors(self, codes: Iterable[str]) -> str:
        """Sectors by name, as they stand in a sentence."""
        return self._listed(sectors()[code].names[self.language] for code in codes)

    def priorities(self, keys: Sequence[str]) -> str:
        """Priorities by name."""
        return self._listed(item.names[self.language] for key, item in PRIORITIES.items() if key in keys)

    def _worded(self, value: Any) -> str:
        if isinstance(value, tuple):
            if all(isinstance(item, Message) for item in value):
                return self._listed(self.say(item) for item in value)
            return self.places(value)
        if isinstance(value, date):
            return str(format_date(value, "long", locale=self.language.value))
        return str(value)

    def _learn(self, codes: Iterable[str]) -> None:
        missing = [code for code in codes if code not in self._names]
        if missing:
            found = territories_named(self._session, missing, self.language)
            self._names |= {
                code: found.get(code) or code.partition("/")[2].title() or code for code in missing
            }

    def _listed(self, names: Iterable[str]) -> str:
        chosen = list(dict.fromkeys(names))
        shown = chosen[:MOST_NAMED]
        if len(chosen) > MOST_NAMED:
            shown.append(translate(self.language, "others"))
        return str(format_list(shown, locale=self.language.value))
