"""What every condition has: of whom it is asked, what it says of many at once, its sentence, and what would meet it.

A condition is met, not met, or not known, because a profile does not say enough.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from schemas.conditions.claims import Claim
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import Record
from schemas.translation import Message, message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """For whom something is so and for whom it is not, place by place; where neither holds, it is not known."""

    yes: "Mask"
    no: "Mask"

    def __and__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Verdict":
        return Verdict(self.no, self.yes)


class Facts(Protocol):
    """What some profiles of one kind say, column by column; numbers that are not known are NaN."""

    def number(self, field: str) -> "Floats":
        """A number, or 1 and 0 for yes and no."""

    def share(self, field: str, whole: str) -> "Floats":
        """One amount of money as a share of another in the same currency."""

    def money(self, field: str, currency: str) -> "Floats":
        """An amount, where it is in this currency."""

    def days(self, field: str, *, latest: bool = False) -> "Floats":
        """The earliest or the latest day that a date can mean, as a proleptic ordinal."""

    def among(self, field: str, values: Sequence[str]) -> Verdict:
        """Whether a text is one of these, in whatever spelling."""

    def within(self, side: str | None, paths: Sequence[TerritoryPath]) -> Verdict:
        """Whether a place on a side, or on either, lies within one of these territories."""

    def of_sectors(self, codes: Sequence[str]) -> Verdict:
        """Whether a sector is one of these or belongs to one."""

    def of_priorities(self, priorities: Sequence[str]) -> Verdict:
        """Whether a priority is one of these."""

    def everybody(self, *, met: bool | None) -> Verdict:
        """The same verdict for all."""


class Meeting(Protocol):
    """What one subject has with each of some candidates."""

    def shared_language(self) -> Verdict:
        """Whether both speak a language."""

    def partners(self) -> Verdict:
        """Whether they are known to work or have worked together."""

    def asking(self) -> Verdict:
        """Whether one of the two waits for the other's answer."""

    def kilometres(self) -> "Floats":
        """How far apart the nearest of their places lie, as the crow flies."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When a condition is asked, and where the territories lie that it names (their paths by code)."""

    on: date | None
    territories: Mapping[str, TerritoryPath]

    def path(self, code: str) -> TerritoryPath:
        """A territory from its country down to itself, as far as is known."""
        return self.territories.get(code) or ((code,) if len(code) == 2 else (code[:2], code))


@dataclass(frozen=True, slots=True)
class Change:
    """What would meet a condition: the ``field`` of a record, its new ``value``, and a sentence; ``rule`` names the condition."""

    field: str
    value: Any
    sentence: Message
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Cure:
    """The changes of a record that would meet a condition, and the day from which it does (``None``: at once).

    ``waits`` says what has to pass until then.
    """

    changes: tuple[Change, ...] = ()
    eligible_from: date | None = None
    waits: tuple[Message, ...] = ()

    def applied(self, record: Record) -> dict[str, Any]:
        """The record with all changes made."""
        return {**record, **{change.field: change.value for change in self.changes}}

    def then(self, other: "Cure") -> "Cure":
        """Both, the later day and, of a field, the later value."""
        days = [day for day in (self.eligible_from, other.eligible_from) if day]
        changes = {change.field: change for change in (*self.changes, *other.changes)}
        return Cure(tuple(changes.values()), max(days, default=None), (*self.waits, *other.waits))

    def under(self, rule: str) -> "Cure":
        """The same, as what a condition (its key) asks for."""
        return replace(self, changes=tuple(replace(change, rule=rule) for change in self.changes))


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in a condition's sentence for a steward to fill: what it asks for, and of what kind it is."""

    label: Message
    kind: str
    choices: Mapping[str, Message] | None = None


class Leaf(BaseModel, ABC):
    """A condition that has no others in it. ``label`` is what a form calls it."""

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

    def cure(self, _record: Record, _other: Record, _asked: Asked) -> Cure | None:
        """The least that would meet it, changing the first of two records; ``None`` where nothing can."""
        return None


class OfOne(Leaf):
    """A condition on one of the two."""

    of_whom: ClassVar[Kind]

    def kinds(self) -> tuple[Kind, ...]:
        """Of which kind of profile it is asked."""
        return (self.of_whom,)

    @abstractmethod
    def verdict(self, facts: Facts, asked: Asked) -> Verdict:
        """Whether it is met by each of some profiles of that kind."""


class OfTwo(Leaf):
    """A condition on the pair."""

    def kinds(self) -> tuple[Kind, ...]:
        """Of no kind of its own."""
        return ()

    @abstractmethod
    def verdict(self, meeting: Meeting) -> Verdict:
        """Whether it is met by a subject with each of some candidates."""


class YesOrNo(OfOne):
    """A condition on a field that says yes or no."""

    field: ClassVar[str]
    affirmed: ClassVar[Message]
    denied: ClassVar[Message]
    would_do: ClassVar[Message]

    def verdict(self, facts: Facts, _asked: Asked) -> Verdict:
        """Whether each says yes."""
        said = facts.number(self.field)
        return Verdict(said == 1, said == 0)

    def claims(self, _territories: Mapping[str, TerritoryPath]) -> tuple[Claim, ...]:
        """Yes of the two answers."""
        return (Claim.one_of(self.field, ["yes"], all_there_are=["yes", "no"]),)

    def sentence(self, *, negated: bool = False) -> Message:
        """What it asks for."""
        return self.denied if negated else self.affirmed

    def cure(self, _record: Record, _other: Record, _asked: Asked) -> Cure | None:
        """Say yes, once it is so."""
        return Cure((Change(self.field, True, self.would_do),))


def of_whom(kind: Kind) -> Message:
    """``of the association``, to be put into a sentence."""
    return _OF_WHOM[kind]


_OF_WHOM = {
    Kind.ASSOCIATION: message("of the association"),
    Kind.AUTHORITY: message("of the authority"),
    Kind.PROGRAMME: message("of the programme"),
    Kind.PROJECT: message("of the project"),
}
