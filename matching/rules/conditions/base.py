"""What every condition has: of whom it is asked, what it says of many at once, its sentence, and what would meet it.

A condition is met, not met, or not known, because a profile does not say enough.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from matching.rules.conditions.claims import Claim
from matching.rules.counterfactual import Change, Counterfactual
from matching.rules.verdict import ConditionContext, Verdict
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import Record
from schemas.translation import Message, message

if TYPE_CHECKING:
    from matching.rules.fact_table import FactTable
    from matching.rules.groups import CandidateRelations

GapKind = Literal[
    "number",
    "share",
    "day",
    "money",
    "choice",
    "choices",
    "texts",
    "territories",
    "sectors",
    "priorities",
]
"""Of which kind the answer is that fills a gap of a condition."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in a condition's sentence for a steward to fill.

    Attributes
    ----------
    label : Message
        What is asked for.
    kind : GapKind
        Of which kind the answer is.
    choices : mapping of str to Message, optional
        What there is to choose from.
    """

    label: Message
    kind: GapKind
    choices: Mapping[str, Message] | None = None


class Predicate(BaseModel, ABC):
    """A condition that is not combined of others. ``label`` is what a form calls it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    label: ClassVar[Message]

    @abstractmethod
    def kinds(self) -> tuple[Kind, ...]:
        """Of which kind of profile it is asked; none: of the pair."""

    @abstractmethod
    def claims(self, territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """What it claims, for finding out what contradicts or follows from what."""

    @abstractmethod
    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for; ``negated``, the contrary."""

    def counterfactual(
        self, _record: Record, _other: Record, _context: ConditionContext
    ) -> Counterfactual | None:
        """The least that would meet it, changing the first of two records; ``None`` where nothing can."""
        return None


class ProfilePredicate(Predicate):
    """A condition on one of the two."""

    of_whom: ClassVar[Kind]

    def kinds(self) -> tuple[Kind, ...]:
        """Of which kind of profile it is asked."""
        return (self.of_whom,)

    @abstractmethod
    def verdict(self, facts: "FactTable", context: ConditionContext) -> Verdict:
        """Whether it is met by each of some profiles of that kind."""

    def cached_verdict(self, facts: "FactTable", context: ConditionContext) -> Verdict:
        """:meth:`verdict`, remembered by the facts, with the day and where the territories lie that it names."""
        named = tuple(context.path(code) for code in getattr(self, "places", ()))
        return facts.cached((self, context.on, named), lambda: self.verdict(facts, context))


class PairPredicate(Predicate):
    """A condition on the pair."""

    def kinds(self) -> tuple[Kind, ...]:
        """Of no kind of its own."""
        return ()

    @abstractmethod
    def verdict(self, relations: "CandidateRelations") -> Verdict:
        """Whether it is met by a subject with each of some candidates."""


class YesNoPredicate(ProfilePredicate):
    """A condition on a field that says yes or no."""

    field: ClassVar[str]
    affirmed: ClassVar[Message]
    denied: ClassVar[Message]
    would_do: ClassVar[Message]

    def verdict(self, facts: "FactTable", _context: ConditionContext) -> Verdict:
        """Whether each says yes."""
        said = facts.number(self.field)
        return Verdict(said == 1, said == 0)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Yes of the two answers."""
        return (Claim.one_of(self.field, ["yes"], all_there_are=["yes", "no"]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        return self.denied if negated else self.affirmed

    def counterfactual(
        self, _record: Record, _other: Record, _context: ConditionContext
    ) -> Counterfactual | None:
        """Say yes, once it is so."""
        return Counterfactual((Change(self.field, True, self.would_do),))


def of_whom(kind: Kind) -> Message:
    """``of the association``, to be put into a sentence."""
    return _OF_WHOM[kind]


_OF_WHOM = {
    Kind.ASSOCIATION: message("of the association"),
    Kind.AUTHORITY: message("of the local authority"),
    Kind.PROGRAMME: message("of the programme"),
    Kind.PROJECT: message("of the project"),
}
