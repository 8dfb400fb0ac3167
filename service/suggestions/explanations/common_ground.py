"""What a subject and a candidate have in common, a sentence each."""

from collections.abc import Iterator
from typing import TypeVar

from matching import Suggestion, Traits, met_amounts, met_needs
from schemas.translation import Message, PriorityKeys, SectorCodes, message
from service.suggestions.explanations.reasons import LEAST_POINTS, Reason, Topic
from service.suggestions.explanations.territories import common_territories

Codes = TypeVar("Codes", SectorCodes, PriorityKeys)


def common_ground(suggestion: Suggestion, subject: Traits, candidate: Traits) -> list[Reason]:
    """What the two share: territories, fields of work, priorities or, if nothing else, words; places first."""
    found = [
        *common_territories(suggestion, subject, candidate),
        *_met_needs(subject, candidate),
        *_named_by_parts(suggestion),
    ]
    return found or [Reason(Topic.TEXT, SAME_WORDS)]


def _met_needs(subject: Traits, candidate: Traits) -> Iterator[Reason]:
    """What one of the two offers and the other needs, in sectors and in money."""
    for giver, taker, sentence in ((subject, candidate, YOU_OFFER), (candidate, subject, IT_OFFERS)):
        if codes := met_needs(giver, taker):
            yield _listed(Topic.OFFERS, (sentence, sentence), "sectors", SectorCodes(codes))
        for amount in met_amounts(giver, taker)[:1]:
            yield Reason(Topic.OFFERS, Message(WITHIN_OFFER.text, {"money": amount}))


def _named_by_parts(suggestion: Suggestion) -> Iterator[Reason]:
    because = {part.name: part.because for part in suggestion.parts if part.points >= LEAST_POINTS}
    if codes := because.get("sector"):
        yield _listed(Topic.SECTOR, (ONE_FIELD, FIELDS), "sectors", SectorCodes(codes))
    elif codes := because.get("text"):
        yield _listed(Topic.TEXT, (BOTH_MENTION, BOTH_MENTION), "sectors", SectorCodes(codes))
    if keys := because.get("priority"):
        yield _listed(Topic.PRIORITY, (ONE_PRIORITY, PRIORITIES), "priorities", PriorityKeys(keys))


def _listed(topic: Topic, sentences: tuple[Message, Message], name: str, codes: Codes) -> Reason:
    """A sentence for one and one for several; the first alone is the shorter way to say it."""
    one, several = sentences
    first = Message(one.text, {name: type(codes)(codes[:1])})
    if len(codes) == 1:
        return Reason(topic, first)
    return Reason(topic, Message(several.text, {name: codes}), first)


YOU_OFFER = message("You offer what it needs: {sectors}.")
IT_OFFERS = message("It offers what you need: {sectors}.")
WITHIN_OFFER = message("The amount needed is within what is offered: {money}.")
ONE_FIELD = message("Field in common: {sectors}.")
FIELDS = message("Fields in common: {sectors}.")
BOTH_MENTION = message("Both descriptions mention: {sectors}.")
ONE_PRIORITY = message("Priority in common: {priorities}.")
PRIORITIES = message("Priorities in common: {priorities}.")
SAME_WORDS = message("Both descriptions use many of the same words.")
