"""Codes as words: places, sectors, priorities and dates in the reader's language."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from schemas.kinds import KINDS_IN_PLURAL
from schemas.language import Language
from schemas.translation import Message, Phrases, message
from schemas.weights import ScorePartName
from schemas.wording import Words
from service.vocabularies.territories import territories_named

PART_NAMES: dict[ScorePartName, Message] = {
    "region": message("Territory"),
    "sector": message("Sector"),
    "priority": message("Priority"),
    "text": message("Own words"),
    "track_record": message("Experience"),
    "offers": message("Offers and needs"),
    "preferences": message("Preferences"),
}
"""The parts of a score, as readers know them."""


class Wording(Words):
    """Puts codes into words for one reader. Territories are looked up once each."""

    def __init__(self, session: Session, language: Language) -> None:
        super().__init__(language)
        self._session = session
        self._names: dict[str, str] = {}

    def places(self, codes: Sequence[str]) -> str:
        """Territories by name: ``Kaolack and Diourbel``."""
        self._learn(codes)
        return self.listed(self._names[code] for code in codes)

    def _learn(self, codes: Iterable[str]) -> None:
        missing = [code for code in codes if code not in self._names]
        if missing:
            found = territories_named(self._session, missing, self.language)
            self._names |= {
                code: found.get(code) or code.partition("/")[2].title() or code for code in missing
            }


PAIR = message("{one} and {other}")


def kinds_between(pairings: Sequence[str]) -> Phrases:
    """``associations and local authorities``, for each pairing; one kind alone where it is paired with itself."""
    return Phrases(_kinds(*pairing.split(":")) for pairing in pairings)


def _kinds(one: str, other: str) -> Message:
    if one == other:
        return KINDS_IN_PLURAL[one]
    return Message(PAIR.text, {"one": KINDS_IN_PLURAL[one], "other": KINDS_IN_PLURAL[other]})
