"""How much is known of two who are proposed to each other: beside the score, never inside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from matching.features.records import confirmed_on
from matching.rules.built_in.freshness import STALE_AFTER
from schemas.kinds import Kind
from schemas.records import Record
from schemas.translation import Message, message

ConfidenceLevel = Literal["high", "medium", "low"]
MAX_DOUBTS_FOR_MEDIUM = 2
"""Up to so many doubts, something is known; with more, little."""
SENTENCES_BY_LEVEL: Mapping[ConfidenceLevel, Message] = {
    "high": message("A lot is known about both sides."),
    "medium": message("Some things are not known yet: ask about them."),
    "low": message("Little is known about the two sides: take this as a first hint."),
}
FIELD_NAMES: Mapping[str, Message] = {
    "description": message("a description"),
    "sectors": message("sectors"),
    "priorities": message("priorities"),
    "origin": message("territories of origin"),
    "residence": message("territories of residence"),
    "territory": message("the territory"),
}
EXPECTED_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ASSOCIATION: ("description", "sectors", "priorities", "origin", "residence"),
    Kind.AUTHORITY: ("description", "sectors", "priorities", "territory"),
    Kind.PROGRAMME: ("description", "sectors", "priorities", "origin"),
    Kind.PROJECT: ("description", "sectors", "priorities", "origin"),
}
"""What a profile of each kind should say, for a score to rest on."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How much is known, in one word and one sentence, and what that rests on.

    Values of the sentences may be messages themselves (what a profile does not say).
    """

    level: ConfidenceLevel
    sentence: Message
    because: tuple[Message, ...]


def rate_confidence(subject: Record, candidate: Record, partnerships: int, on: date) -> Confidence:
    """How much is known of a subject and a candidate.

    Parameters
    ----------
    subject, candidate
        Import records.
    partnerships
        How many earlier partnerships of the candidate are known.
    on
        The day on which the age of the records counts.
    """
    doubts = [*_doubts(subject, _MINE, on), *_doubts(candidate, _THEIRS, on)]
    if partnerships:
        known = message("Known partnerships of the candidate: {count}.", count=partnerships)
    else:
        known = message("No partnership of the candidate is known.")
        doubts.append(known)
    level: ConfidenceLevel = "low" if len(doubts) > MAX_DOUBTS_FOR_MEDIUM else "medium" if doubts else "high"
    return Confidence(
        level, SENTENCES_BY_LEVEL[level], tuple(doubts) if known in doubts else (*doubts, known)
    )


_MINE = (
    message("Your profile does not say yet: {missing}."),
    message("Your profile was last confirmed on {day}. Confirm it, or change what is no longer true."),
)
_THEIRS = (
    message("The candidate’s profile does not say yet: {missing}."),
    message("The candidate’s profile was last confirmed on {day}."),
)


def _doubts(record: Record, sentences: tuple[Message, Message], on: date) -> Iterator[Message]:
    missing = tuple(
        FIELD_NAMES[field] for field in EXPECTED_FIELDS[Kind(record["kind"])] if not record.get(field)
    )
    if missing:
        yield Message(sentences[0].text, {"missing": missing})
    day = confirmed_on(record)
    if day is not None and on - day > STALE_AFTER:
        yield Message(sentences[1].text, {"day": day})
