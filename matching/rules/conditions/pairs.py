"""Conditions on the pair: what the two have with each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from matching.rules.conditions.base import Gap, PairPredicate
from matching.rules.conditions.claims import Claim
from matching.rules.verdict import Verdict
from schemas.places import TerritoryPath
from schemas.translation import Message, message

if TYPE_CHECKING:
    from matching.rules.groups import CandidateRelations


class _YesNoPairPredicate(PairPredicate):
    """A condition on a pair that holds or does not."""

    affirmed: ClassVar[Message]
    denied: ClassVar[Message]

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """It holds."""
        return (Claim.one_of(type(self).__name__, ["yes"], all_there_are=["yes", "no"]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        return self.denied if negated else self.affirmed


class LanguageShared(_YesNoPairPredicate):
    """Both speak a language."""

    type: Literal["language_shared"] = "language_shared"
    label: ClassVar[Message] = message("Shared language")
    affirmed: ClassVar[Message] = message("The two share a language.")
    denied: ClassVar[Message] = message("The two share no language.")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether they do; not known where one of them names none."""
        return relations.shared_language()


class OffersMeetNeeds(_YesNoPairPredicate):
    """One offers what the other needs."""

    type: Literal["offers_meet_needs"] = "offers_meet_needs"
    label: ClassVar[Message] = message("Offers that meet needs")
    affirmed: ClassVar[Message] = message("One of the two offers what the other needs.")
    denied: ClassVar[Message] = message("Neither of the two offers what the other needs.")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether one does; not known where they do not say."""
        return relations.offers_meet_needs()


class NotPartnersYet(_YesNoPairPredicate):
    """They are not known to work or have worked together."""

    type: Literal["not_partners_yet"] = "not_partners_yet"
    label: ClassVar[Message] = message("Not partners yet")
    affirmed: ClassVar[Message] = message("The two do not work together yet.")
    denied: ClassVar[Message] = message("The two work or have worked together.")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether they are not."""
        return ~relations.partners()


class Experienced(PairPredicate):
    """Whoever is proposed has worked with some before."""

    type: Literal["experienced"] = "experienced"
    partners: Annotated[int, Field(ge=1, le=1000), Gap(message("Partners, at least"), "number")] = 1
    label: ClassVar[Message] = message("Experience of the candidate")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether it has, as far as is known."""
        return relations.experienced(self.partners)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """So many partners or more."""
        return (Claim.between("partners of whoever is proposed", low=self.partners),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        if negated:
            return message("Known partners of the candidate, fewer than: {number}.", number=self.partners)
        return message("Known partners of the candidate, at least: {number}.", number=self.partners)


class NoOpenIntroduction(_YesNoPairPredicate):
    """Neither waits for the other's answer."""

    type: Literal["no_open_introduction"] = "no_open_introduction"
    label: ClassVar[Message] = message("No pending introduction")
    affirmed: ClassVar[Message] = message("Neither of the two is waiting for an answer from the other.")
    denied: ClassVar[Message] = message("One of the two is waiting for an answer from the other.")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether neither does."""
        return ~relations.open_introduction()


class DistanceAtMost(PairPredicate):
    """The nearest of their places lie so near each other, as the crow flies."""

    type: Literal["distance_at_most"] = "distance_at_most"
    kilometres: Annotated[
        float, Field(gt=0, le=20_100, allow_inf_nan=False), Gap(message("Kilometres, at most"), "number")
    ]
    label: ClassVar[Message] = message("Distance")

    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether they do; not known where one of them names no town."""
        apart = relations.kilometres()
        return Verdict(apart <= self.kilometres, apart > self.kilometres)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """So far apart at most."""
        return (Claim.between("distance", high=self.kilometres),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        most = self.kilometres
        if negated:
            return message("Distance between the two, more than: {kilometres} km.", kilometres=most)
        return message("Distance between the two, at most: {kilometres} km.", kilometres=most)
