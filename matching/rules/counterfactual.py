"""What would meet a condition that is not met."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schemas.inputs import JsonObject
from schemas.records import Record
from schemas.translation import Message


@dataclass(frozen=True, slots=True)
class Change:
    """What would meet a condition: the ``field`` of a record, its new ``value``, and a sentence; ``rule`` names the condition."""

    field: str
    value: Any
    sentence: Message
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The changes of a record that would meet a condition, and the day from which it does (``None``: at once).

    ``waits`` says what has to pass until then.
    """

    changes: tuple[Change, ...] = ()
    eligible_from: date | None = None
    waits: tuple[Message, ...] = ()

    def applied(self, record: Record) -> JsonObject:
        """The record with all changes made."""
        return {**record, **{change.field: change.value for change in self.changes}}

    def then(self, other: "Counterfactual") -> "Counterfactual":
        """Both, the later day and, of a field, the later value."""
        days = [day for day in (self.eligible_from, other.eligible_from) if day]
        changes = {change.field: change for change in (*self.changes, *other.changes)}
        return Counterfactual(tuple(changes.values()), max(days, default=None), (*self.waits, *other.waits))

    def under(self, rule: str) -> "Counterfactual":
        """The same, as what a condition (its key) asks for."""
        return replace(self, changes=tuple(replace(change, rule=rule) for change in self.changes))
