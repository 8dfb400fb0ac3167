"""What a reason is: a sentence in favour of a candidate.

The candidate's name stands in the heading above, so that sentences leave it out. Names follow a colon, where no language
needs an article, a preposition or an ending for them.
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.translation import Message

LEAST_POINTS = 0.005
"""A part that adds less than this to the score is not worth a sentence."""


class Topic(StrEnum):
    """What a sentence is about."""

    TOGETHER = "together"
    TERRITORY = "territory"
    TRACK_RECORD = "track_record"
    OFFERS = "offers"
    SECTOR = "sector"
    PRIORITY = "priority"
    TEXT = "text"
    PREFERENCE = "preference"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence in favour of a candidate, or a notice about it.

    ``shorter`` says the same with fewer names. ``is_weak`` is what never comes first, such as no more than a country in
    common. ``partner`` is the key of the one whom the sentence names as a partner of the candidate, and ``again`` what is
    said where that partner has been named already.
    """

    topic: Topic
    sentence: Message
    shorter: Message | None = None
    is_weak: bool = False
    partner: str | None = None
    again: Message | None = None
