"""What a subject and a candidate have in common, a sentence each.

The candidate's name stands in the heading above, so that sentences leave it out. Names follow a colon, where no language
needs an article, a preposition or an ending for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matching import Suggestion, Traits, met_amounts, met_needs
from schemas.translation import Message, PriorityKeys, SectorCodes, message
from schemas.weights import ScorePartName
from service.suggestions.explanations.territories import CommonTerritory, common_territories

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
    common. ``partner`` is the key of the one whom the sentence names as a partner of the candidate, and ``again`` what is said where
    that partner has been named already.
    """

    topic: Topic
    sentence: Message
    shorter: Message | None = None
    is_weak: bool = False
    partner: str | None = None
    again: Message | None = None


def common_ground(suggestion: Suggestion, subject: Traits, candidate: Traits) -> Iterator[Reason]:
    """What the two share: territories, fields of work, priorities or, if nothing else, words; places first."""
    because = {part.name: part.because for part in suggestion.parts if part.points >= LEAST_POINTS}
    territories = common_territories(suggestion, subject, candidate)
    found = list(_named(because, territories, _met_needs(subject, candidate)))
    if not found:
        found.append(Reason(Topic.TEXT, SAME_WORDS))
    yield from found


def _named(
    because: dict[ScorePartName, tuple[str, ...]],
    territories: Sequence[CommonTerritory],
    met: Iterable[Reason],
) -> Iterator[Reason]:
    for each in territories:
        yield Reason(Topic.TERRITORY, each.sentence, each.shorter, is_weak=each.only_country)
    yield from met
    if codes := because.get("sector"):
        yield _list(Topic.SECTOR, (ONE_FIELD, FIELDS), "sectors", SectorCodes(codes))
    elif codes := because.get("text"):
        yield _list(Topic.TEXT, (BOTH_MENTION, BOTH_MENTION), "sectors", SectorCodes(codes))
    if keys := because.get("priority"):
        yield _list(Topic.PRIORITY, (ONE_PRIORITY, PRIORITIES), "priorities", PriorityKeys(keys))


def _met_needs(subject: Traits, candidate: Traits) -> Iterator[Reason]:
    """What one of the two offers and the other needs, in sectors and in money."""
    for giver, taker, sentence in ((subject, candidate, YOU_OFFER), (candidate, subject, IT_OFFERS)):
        if codes := met_needs(giver, taker):
            yield _list(Topic.OFFERS, (sentence, sentence), "sectors", SectorCodes(codes))
        for amount in met_amounts(giver, taker)[:1]:
            yield Reason(Topic.OFFERS, Message(WITHIN_OFFER.text, {"money": amount}))


def _list(
    topic: Topic, sentences: tuple[Message, Message], name: str, codes: SectorCodes | PriorityKeys
) -> Reason:
    """A sentence for one and one for several; the first alone is the shorter way to say it."""
    one, several = sentences
    first = Message(one.text, {name: type(codes)(codes[:1])})
    return (
        Reason(topic, first)
        if len(codes) == 1
        else Reason(topic, Message(several.text, {name: codes}), first)
    )


YOU_OFFER = message("You offer what it needs: {sectors}.")
IT_OFFERS = message("It offers what you need: {sectors}.")
WITHIN_OFFER = message("The amount needed is within what is offered: {money}.")
ONE_FIELD = message("Field in common: {sectors}.")
FIELDS = message("Fields in common: {sectors}.")
BOTH_MENTION = message("Both descriptions mention: {sectors}.")
ONE_PRIORITY = message("Priority in common: {priorities}.")
PRIORITIES = message("Priorities in common: {priorities}.")
SAME_WORDS = message("Both descriptions use many of the same words.")
