"""A preview of a draft: what would change in the lists of some or all subjects, before anybody is affected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from matching.experiments.baseline import Baseline, top_ten
from matching.experiments.left_out import LeftOut, left_out
from matching.experiments.list_changes import (
    Breakdown,
    ExposureFigures,
    ListChanges,
    RankChange,
    compare_lists,
)
from matching.rules.ruleset import RulesetSettings

if TYPE_CHECKING:
    from matching.model import PartnershipModel

MAX_RANK_CHANGES = 20
MAX_EXPLAINED = 100
"""Subjects without suggestions for which the cause is found."""
OnProgress = Callable[[int, int], None]
"""Gets the number of lists that are done, and of all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would change.

    Attributes
    ----------
    of
        The number of all profiles.
    effect
        The changes of the lists of the subjects that were compared.
    groups
        The same by what subjects are.
    left_out
        Subjects that would have no suggestion any more.
    seen_before, seen_after
        How candidates are seen on these lists.
    biggest
        The largest changes, largest first.
    """

    of: int
    effect: ListChanges
    groups: Mapping[Breakdown, Mapping[str, ListChanges]]
    left_out: Sequence[LeftOut]
    seen_before: ExposureFigures
    seen_after: ExposureFigures
    biggest: Sequence[RankChange]


def preview(
    baseline: Baseline,
    rules: RulesetSettings,
    most: int | None = None,
    on: date | None = None,
    progress: OnProgress = lambda _done, _total: None,
) -> "tuple[PartnershipModel, Preview]":
    """The model under a draft, and what would change in the first ten suggestions of each subject.

    Parameters
    ----------
    baseline
        The model under its own ruleset, with the lists that were computed for former drafts.
    rules
        The draft.
    most
        How many subjects are compared, in a stratified sample; by default all.
    on
        The day on which dates count; ``None`` leaves dates out.
    progress
        Called with how many lists are done and how many there are to do.
    """
    former, subjects = baseline.former, baseline.subjects(most)
    records = [subject.record for subject in subjects]
    count = len(records)
    before = baseline.lists(most, on, lambda done: progress(done, 2 * count))
    # Only now, so that the draft shares what was computed for the lists before.
    draft = baseline.draft(rules)
    after = top_ten(draft, records, on, lambda done: progress(count + done, 2 * count))
    newcomers = {key for key in before if not former.partners_of(key)}
    found = compare_lists(before, after, subjects, newcomers)
    emptied = [record for record in records if before[record["key"]] and not after[record["key"]]]
    return draft, Preview(
        baseline.total,
        found.changes,
        found.groups,
        left_out(draft, emptied[:MAX_EXPLAINED], on),
        ExposureFigures.on(before.values(), baseline.total),
        ExposureFigures.on(after.values(), baseline.total),
        found.rank_changes[:MAX_RANK_CHANGES],
    )
