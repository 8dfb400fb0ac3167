"""Conditions on authorities, programmes and projects: level, mechanism, open calls, budgets."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from matching.rules.conditions.base import Gap, ProfilePredicate
from matching.rules.conditions.claims import Claim
from matching.rules.counterfactual import Change, Counterfactual
from matching.rules.verdict import ConditionContext, Verdict
from schemas.dates import Day
from schemas.kinds import Kind
from schemas.money import Money
from schemas.places import TerritoryPath
from schemas.records import LEVELS, Level, Record
from schemas.text_folding import fold
from schemas.texts import ONE_LINE, SEEN
from schemas.translation import Message, Names, Phrases, Share, message, note

if TYPE_CHECKING:
    from matching.rules.fact_table import FactTable

CENT = Decimal("0.01")


class LevelIn(ProfilePredicate):
    """The authority is of one of these levels."""

    type: Literal["level_in"] = "level_in"
    levels: Annotated[
        tuple[Level, ...],
        Field(strict=False, min_length=1, max_length=len(LEVELS)),
        Gap(message("Levels"), "choices", LEVELS),
    ]
    label: ClassVar[Message] = message("Level of the local authority")
    of_whom: ClassVar[Kind] = Kind.AUTHORITY

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each is of one of them."""
        return facts.among("level", self.levels)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """One of these levels."""
        return (Claim.one_of("level", self.levels, all_there_are=LEVELS),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        levels = Phrases(LEVELS[level] for level in self.levels)
        if negated:
            return message("Level of the local authority, except: {levels}.", levels=levels)
        return message("Level of the local authority: {levels}.", levels=levels)


class MechanismIn(ProfilePredicate):
    """The programme works by one of these mechanisms, in its own words (``3x1``)."""

    type: Literal["mechanism_in"] = "mechanism_in"
    mechanisms: Annotated[
        tuple[
            Annotated[
                str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), SEEN, ONE_LINE
            ],
            ...,
        ],
        Field(strict=False, min_length=1, max_length=20),
        Gap(message("Funding arrangements"), "texts"),
    ]
    label: ClassVar[Message] = message("Funding arrangement of the programme")
    of_whom: ClassVar[Kind] = Kind.PROGRAMME

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each works by one of them."""
        return facts.among("mechanism", self.mechanisms)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """One of these mechanisms."""
        return (Claim.one_of("mechanism", map(fold, self.mechanisms)),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        mechanisms = Names(self.mechanisms)
        if negated:
            return message(
                "Funding arrangement of the programme, except: {mechanisms}.", mechanisms=mechanisms
            )
        return message("Funding arrangement of the programme: {mechanisms}.", mechanisms=mechanisms)


class CallOpen(ProfilePredicate):
    """The programme takes applications, on a day or on the day of asking."""

    type: Literal["call_open"] = "call_open"
    day: Annotated[Day | None, Gap(message("On which day; left out: on the day of asking"), "day")] = None
    label: ClassVar[Message] = message("Open call for proposals")
    of_whom: ClassVar[Kind] = Kind.PROGRAMME

    def verdict(self, facts: "FactTable", context: ConditionContext) -> Verdict:
        """Whether each does; not known where neither its dates nor its operator's word say so."""
        day = self.day or context.on
        if day is None:
            return facts.everybody(met=None)
        opens, closes = facts.days("opens"), facts.days("closes")
        stopped = facts.among("status", ["ended", "paused"]).yes
        shut = (opens > day.toordinal()) | (closes < day.toordinal()) | stopped
        dated = (opens == opens) | (closes == closes)  # noqa: PLR0124 - NaN is what is not known
        waiting = facts.among("status", ["planned", "between_rounds"]).yes & ~dated
        said_open = facts.among("status", ["open"]).yes
        return Verdict(~shut & ~waiting & (dated | said_open), shut | waiting)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Open on that day."""
        return (Claim.one_of(f"open on {self.day}", ["yes"], all_there_are=["yes", "no"]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        if self.day is None:
            return (
                message("The programme takes no applications at present.")
                if negated
                else message("The programme takes applications at present.")
            )
        if negated:
            return message("The programme takes no applications on this date: {day}.", day=self.day)
        return message("The programme takes applications on this date: {day}.", day=self.day)


class BudgetWithin(ProfilePredicate):
    """The project's budget lies within two limits, of which one may be left out; both in one currency."""

    type: Literal["budget_within"] = "budget_within"
    least: Annotated[Money | None, Gap(message("Budget, at least"), "money")] = None
    most: Annotated[Money | None, Gap(message("Budget, at most"), "money")] = None
    label: ClassVar[Message] = message("Budget of the project")
    of_whom: ClassVar[Kind] = Kind.PROJECT

    @model_validator(mode="after")
    def _limits(self) -> Self:
        limits = [limit for limit in (self.least, self.most) if limit]
        if not limits:
            raise ValueError(note("Give a minimum or a maximum for the budget, or both."))
        if len({limit.currency for limit in limits}) > 1:
            raise ValueError(note("Give both limits of the budget in one currency."))
        if limits[-1].amount < limits[0].amount:
            raise ValueError(note("The maximum budget is less than the minimum."))
        return self

    @property
    def currency(self) -> str:
        """The currency of the limits."""
        return next(limit.currency for limit in (self.least, self.most) if limit)

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each does; not known where its budget is in another currency."""
        budget = facts.money("budget", self.currency)
        too_little = budget < (float(self.least.amount) if self.least else float("-inf"))
        too_much = budget > (float(self.most.amount) if self.most else float("inf"))
        return Verdict((budget >= 0) & ~too_little & ~too_much, too_little | too_much)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """A budget between the two, to the cent."""
        low = float(self.least.amount) if self.least else float("-inf")
        high = float(self.most.amount + CENT) if self.most else float("inf")
        return (Claim.between(f"budget in {self.currency}", low, high),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        limits = {name: limit for name, limit in (("least", self.least), ("most", self.most)) if limit}
        return Message(_BUDGET_SENTENCES["".join(limits), negated].text, limits)

    def counterfactual(
        self, record: Record, _other: Record, _context: ConditionContext
    ) -> Counterfactual | None:
        """The nearer of the two limits."""
        budget = record.get("budget")
        if not budget or budget["currency"] != self.currency:
            return None
        above = self.most is not None and Decimal(str(budget["amount"])) > self.most.amount
        limit = self.most if above else self.least
        if limit is None:
            return None
        said = message("The project would be eligible with this budget: {money}.", money=limit)
        return Counterfactual((Change("budget", limit.model_dump(mode="json"), said),))


_BUDGET_SENTENCES: Mapping[tuple[str, bool], Message] = {
    ("leastmost", False): message("Budget of the project: from {least} to {most}."),
    ("leastmost", True): message("Budget of the project: less than {least}, or more than {most}."),
    ("least", False): message("Budget of the project, at least: {least}."),
    ("least", True): message("Budget of the project, less than: {least}."),
    ("most", False): message("Budget of the project, at most: {most}."),
    ("most", True): message("Budget of the project, more than: {most}."),
}


class OwnContributionAtLeast(ProfilePredicate):
    """Those who bring the project pay such a share of its budget themselves."""

    type: Literal["own_contribution_at_least"] = "own_contribution_at_least"
    share: Annotated[
        float,
        Field(gt=0, le=1, allow_inf_nan=False),
        Gap(message("Share of the budget, from 0 to 1"), "share"),
    ]
    label: ClassVar[Message] = message("Own contribution")
    of_whom: ClassVar[Kind] = Kind.PROJECT

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each does; not known where either amount is not, or they are in two currencies."""
        share = facts.share("own_contribution", "budget")
        return Verdict(share >= self.share, share < self.share)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Such a share."""
        return (Claim.between("own contribution", low=self.share),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        share = Share(self.share)
        if negated:
            return message("Own contribution, less than this share of the budget: {share}.", share=share)
        return message("Own contribution, at least this share of the budget: {share}.", share=share)

    def counterfactual(
        self, record: Record, _other: Record, _context: ConditionContext
    ) -> Counterfactual | None:
        """Pay as much, to the next cent."""
        budget = record.get("budget")
        if not budget:
            return None
        paid = (Decimal(str(budget["amount"])) * Decimal(str(self.share))).quantize(CENT, ROUND_CEILING)
        money = Money(amount=paid, currency=budget["currency"])
        said = message("The project would be eligible with this own contribution: {money}.", money=money)
        return Counterfactual((Change("own_contribution", money.model_dump(mode="json"), said),))
