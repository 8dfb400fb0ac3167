"""Why a draft leaves subjects without any suggestion, found by ablation of its conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from matching.rules.ruleset import HardCondition
from schemas.records import Record

if TYPE_CHECKING:
    from matching.model import PartnershipModel


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A subject without suggestions, and why.

    Attributes
    ----------
    subject : str
        Its key.
    conditions : tuple of str
        The keys of the conditions that cause it; none where the weights do.
    alone : bool
        Whether each of them causes it by itself, and not only all together.
    """

    subject: str
    conditions: tuple[str, ...]
    alone: bool


def left_out(draft: "PartnershipModel", subjects: Sequence[Record], on: date | None = None) -> list[LeftOut]:
    """Why a draft suggests nobody to these subjects: its conditions are left out one by one, then all."""
    conditions = draft.settings_.conditions
    causes: dict[str, list[str]] = {str(subject["key"]): [] for subject in subjects}
    for condition in conditions:
        others = tuple(other for other in conditions if other.key != condition.key)
        for key in _served(draft, others, subjects, on):
            causes[key].append(condition.key)
    unexplained = [subject for subject in subjects if not causes[str(subject["key"])]]
    by_all = set(_served(draft, (), unexplained, on)) if conditions else set()
    everything = tuple(condition.key for condition in conditions)
    return [
        LeftOut(key, tuple(keys), alone=True)
        if keys
        else LeftOut(key, everything if key in by_all else (), alone=False)
        for key, keys in causes.items()
    ]


def _served(
    draft: "PartnershipModel",
    conditions: tuple[HardCondition, ...],
    subjects: Sequence[Record],
    on: date | None,
) -> Iterator[str]:
    """The keys of subjects that get a suggestion if only these conditions hold."""
    if subjects:
        model = draft.with_ruleset(draft.settings_.model_copy(update={"conditions": conditions}))
        lists = model.rank(subjects, 1, on=on)
        yield from (str(subject["key"]) for subject, found in zip(subjects, lists, strict=True) if found)
