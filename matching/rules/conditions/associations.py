"""Conditions on associations: how well they stand for their members, one by one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from matching.rules.conditions.base import Gap, ProfilePredicate, YesNoPredicate
from matching.rules.conditions.claims import Claim
from matching.rules.counterfactual import Change, Counterfactual
from matching.rules.verdict import ConditionContext, Verdict
from schemas.dates import Day, latest_day, years_after, years_before, years_between
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import LEGAL_FORMS, LegalForm, Record
from schemas.translation import Message, Phrases, message

if TYPE_CHECKING:
    from matching.rules.fact_table import FactTable


class Registered(YesNoPredicate):
    """The association is registered."""

    type: Literal["registered"] = "registered"
    label: ClassVar[Message] = message("Legally registered")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION
    field: ClassVar[str] = "registered"
    affirmed: ClassVar[Message] = message("The association is legally registered.")
    denied: ClassVar[Message] = message("The association is not legally registered.")
    would_do: ClassVar[Message] = message(
        "You would be eligible once your association is legally registered."
    )


class ElectedBoard(YesNoPredicate):
    """The association's members elect its board."""

    type: Literal["elected_board"] = "elected_board"
    label: ClassVar[Message] = message("Elected board")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION
    field: ClassVar[str] = "elected_board"
    affirmed: ClassVar[Message] = message("The members of the association elect its board.")
    denied: ClassVar[Message] = message("The members of the association do not elect its board.")
    would_do: ClassVar[Message] = message("You would be eligible once your members elect the board.")


class PublishedAccounts(YesNoPredicate):
    """The association publishes its accounts."""

    type: Literal["published_accounts"] = "published_accounts"
    label: ClassVar[Message] = message("Published annual accounts")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION
    field: ClassVar[str] = "published_accounts"
    affirmed: ClassVar[Message] = message("The association publishes its annual accounts.")
    denied: ClassVar[Message] = message("The association does not publish its annual accounts.")
    would_do: ClassVar[Message] = message("You would be eligible once you publish your annual accounts.")


class Federated(YesNoPredicate):
    """The association belongs to a federation or a network."""

    type: Literal["federated"] = "federated"
    label: ClassVar[Message] = message("Member of a federation")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION
    field: ClassVar[str] = "federated"
    affirmed: ClassVar[Message] = message("The association belongs to a federation or a network.")
    denied: ClassVar[Message] = message("The association belongs to no federation or network.")
    would_do: ClassVar[Message] = message(
        "You would be eligible once you belong to a federation or a network."
    )


class RegisteredFor(ProfilePredicate):
    """The association has been registered for so many years."""

    type: Literal["registered_for"] = "registered_for"
    years: Annotated[int, Field(ge=1, le=100), Gap(message("Years, at least"), "number")]
    label: ClassVar[Message] = message("Years of legal registration")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION

    def verdict(self, facts: "FactTable", context: ConditionContext) -> Verdict:
        """Whether each has been registered for so long; not known where the day of registration is not."""
        unregistered = facts.number("registered") == 0
        if context.on is None:
            return Verdict(facts.everybody(met=False).yes, unregistered)
        since = years_before(context.on, self.years).toordinal()
        long_ago = facts.days("registered_since", latest=True) <= since
        lately = facts.days("registered_since") > since
        return Verdict(long_ago & ~unregistered, lately | unregistered)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Registered, and for so many years."""
        registered = Claim.one_of("registered", ["yes"], all_there_are=["yes", "no"])
        return registered, Claim.between("years registered", low=self.years)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        if negated:
            return message(
                "Years since the association was legally registered, fewer than: {years}.", years=self.years
            )
        return message(
            "Years since the association was legally registered, at least: {years}.", years=self.years
        )

    def counterfactual(
        self, record: Record, _other: Record, context: ConditionContext
    ) -> Counterfactual | None:
        """Wait until it has been registered for long enough; register first where it is not."""
        if context.on is None:
            return None
        if record.get("registered") is False:
            said = message(
                "You would be eligible after this many years of legal registration: {years}.",
                years=self.years,
            )
            begun = (
                Change("registered", True, said),
                Change("registered_since", context.on.isoformat(), said),
            )
            return Counterfactual(begun, years_after(context.on, self.years))
        since = record.get("registered_since")
        if not since:
            return None
        day = latest_day(str(since))
        said = message(
            "Years of legal registration: {so_far} of {years}. Eligible from: {day}.",
            so_far=years_between(day, context.on),
            years=self.years,
            day=years_after(day, self.years),
        )
        return Counterfactual((), years_after(day, self.years), (said,))


class MembersAtLeast(ProfilePredicate):
    """The association has so many members."""

    type: Literal["members_at_least"] = "members_at_least"
    least: Annotated[int, Field(ge=1, le=10_000_000), Gap(message("Members, at least"), "number")]
    label: ClassVar[Message] = message("Number of members")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each has so many."""
        members = facts.number("members")
        return Verdict(members >= self.least, members < self.least)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """So many members."""
        return (Claim.between("members", low=self.least),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        if negated:
            return message("Members of the association, fewer than: {least}.", least=self.least)
        return message("Members of the association, at least: {least}.", least=self.least)


class FoundedBefore(ProfilePredicate):
    """The association was founded before a day."""

    type: Literal["founded_before"] = "founded_before"
    day: Annotated[Day, Gap(message("Founded before"), "day")]
    label: ClassVar[Message] = message("Founded before a date")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each was; not known where only the year is, and it is that of the day."""
        day = self.day.toordinal()
        return Verdict(facts.days("founded", latest=True) < day, facts.days("founded") >= day)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Founded before the day."""
        return (Claim.between("founded", high=self.day.toordinal()),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        if negated:
            return message("The association was founded on this date or later: {day}.", day=self.day)
        return message("The association was founded before this date: {day}.", day=self.day)


class LegalFormIn(ProfilePredicate):
    """The association has one of these legal forms."""

    type: Literal["legal_form_in"] = "legal_form_in"
    forms: Annotated[
        tuple[LegalForm, ...],
        Field(strict=False, min_length=1, max_length=len(LEGAL_FORMS)),
        Gap(message("Legal forms"), "choices", LEGAL_FORMS),
    ]
    label: ClassVar[Message] = message("Legal form")
    of_whom: ClassVar[Kind] = Kind.ASSOCIATION

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each has one of them."""
        return facts.among("legal_form", self.forms)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """One of these forms."""
        return (Claim.one_of("legal form", self.forms, all_there_are=LEGAL_FORMS),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        forms = Phrases(LEGAL_FORMS[form] for form in self.forms)
        if negated:
            return message("Legal form of the association, except: {forms}.", forms=forms)
        return message("Legal form of the association: {forms}.", forms=forms)

    def counterfactual(
        self, _record: Record, _other: Record, _context: ConditionContext
    ) -> Counterfactual | None:
        """Take the first of these forms."""
        form = self.forms[0]
        said = message("You would be eligible with this legal form: {form}.", form=LEGAL_FORMS[form])
        return Counterfactual((Change("legal_form", form, said),))
