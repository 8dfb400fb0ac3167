"""The differences between two sets of lists: how many, by group of subjects, and in exposure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matching.experiments.evaluation import exposure, gain, gini
from matching.features.encoding import EncodedProfile
from matching.features.size import SIZE_THRESHOLDS
from schemas.kinds import Kind
from schemas.records import Record

Lists = Mapping[str, Sequence[str]]
"""By the subject's key, the keys of its candidates, best first."""
Breakdown = Literal["kind", "territory", "sector", "size", "newcomer"]
SIZE_FIELDS: Mapping[Kind, tuple[str, Sequence[int]]] = {
    Kind.ASSOCIATION: ("members", (20, 100, 500)),
    Kind.AUTHORITY: ("population", SIZE_THRESHOLDS),
}
"""The field by which a profile has a size, and the numbers from which it is of the next size."""


@dataclass(slots=True)
class ListChanges:
    """How much lists change.

    Attributes
    ----------
    lists, changed : int
        How many lists there are, and how many of them change.
    appeared, vanished, moved : int
        How many suggestions appear, vanish, or have another rank.
    emptied, filled : int
        Lists that lose their last suggestion, and lists that get their first.
    """

    lists: int = 0
    changed: int = 0
    appeared: int = 0
    vanished: int = 0
    moved: int = 0
    emptied: int = 0
    filled: int = 0

    def add(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Count one list."""
        appeared, vanished = set(after) - set(before), set(before) - set(after)
        moved = sum(key not in appeared and before.index(key) != place for place, key in enumerate(after))
        self.lists += 1
        self.changed += before != after
        self.appeared += len(appeared)
        self.vanished += len(vanished)
        self.moved += moved
        self.emptied += bool(before) and not after
        self.filled += bool(after) and not before


@dataclass(frozen=True, slots=True)
class ExposureFigures:
    """How candidates are seen: how many at all, how unevenly (Gini, 0 to 1), and the share of the most seen one."""

    candidates: int
    gini: float
    most: float

    @classmethod
    def on(cls, lists: Iterable[Sequence[str]], candidates: int) -> "ExposureFigures":
        """The exposure of so many candidates on these lists."""
        found = list(exposure(lists).values())
        total = sum(found)
        unseen = [0.0] * (candidates - len(found))
        return cls(len(found), gini(found + unseen), max(found) / total if total else 0.0)


@dataclass(frozen=True, slots=True)
class RankChange:
    """A candidate whose rank on a subject's list changes.

    Attributes
    ----------
    subject, candidate : str
        Their keys.
    before, after : int or None
        The rank, counted from 1; ``None`` is off the list.
    """

    subject: str
    candidate: str
    before: int | None
    after: int | None

    @property
    def size(self) -> float:
        """How much exposure the candidate gains or loses, 0 to 1."""
        seen = [gain(rank - 1) if rank else 0.0 for rank in (self.before, self.after)]
        return abs(seen[1] - seen[0])


@dataclass(frozen=True, slots=True)
class ListComparison:
    """The changes of all lists, the same by what subjects are, and the largest change of each list, largest first."""

    changes: ListChanges
    groups: Mapping[Breakdown, Mapping[str, ListChanges]]
    rank_changes: Sequence[RankChange]


def compare_lists(
    before: Lists, after: Lists, subjects: Sequence[EncodedProfile], newcomers: set[str]
) -> ListComparison:
    """Compare two lists of each subject; ``newcomers`` are the keys of subjects without a partnership."""
    total, groups = ListChanges(), defaultdict[Breakdown, dict[str, ListChanges]](dict)
    rank_changes: list[RankChange] = []
    for subject in subjects:
        key = subject.traits.key
        old, new = before[key], after[key]
        total.add(old, new)
        for group, value in groups_of(subject, newcomer=key in newcomers):
            groups[group].setdefault(value, ListChanges()).add(old, new)
        rank_changes.extend(_largest_change(key, old, new))
    rank_changes.sort(key=lambda change: (-change.size, change.subject))
    return ListComparison(total, groups, rank_changes)


def groups_of(subject: EncodedProfile, *, newcomer: bool) -> Iterator[tuple[Breakdown, str]]:
    """The groups of a subject: its kind, regions and sectors, its size, and whether it is a newcomer."""
    traits = subject.traits
    yield "kind", traits.kind.value
    regions = {path[:2][-1] for paths in traits.places.values() for path in paths}
    yield from (("territory", region) for region in sorted(regions))
    yield from (("sector", sector) for sector in sorted({sector[:3] for sector in traits.sectors}))
    if traits.kind in SIZE_FIELDS:
        yield "size", _size(traits.kind, subject.record)
    yield "newcomer", "yes" if newcomer else "no"


def _size(kind: Kind, subject: Record) -> str:
    """The field and the threshold that a profile reaches: ``members:20``."""
    field, thresholds = SIZE_FIELDS[kind]
    count = subject.get(field)
    if count is None:
        return f"{field}:unknown"
    return f"{field}:{max((least for least in thresholds if least <= count), default=0)}"


def _largest_change(subject: str, before: Sequence[str], after: Sequence[str]) -> Iterator[RankChange]:
    if before == after:
        return
    ranks = [{key: rank for rank, key in enumerate(found, 1)} for found in (before, after)]
    changes = (RankChange(subject, key, ranks[0].get(key), ranks[1].get(key)) for key in {*before, *after})
    yield max(changes, key=lambda change: (change.size, change.after is not None, change.candidate))
