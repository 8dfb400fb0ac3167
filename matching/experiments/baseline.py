"""The baseline of previews: a model under the active ruleset as it was at one moment, with its lists."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.experiments.backtest import BACKTEST_DEPTH, Backtest
from matching.experiments.evaluation import CUTOFF
from matching.experiments.list_changes import Lists
from matching.features.encoding import EncodedProfile
from matching.rules.ruleset import RulesetSettings
from matching.track_record.partnerships import PartnershipPair
from schemas.kinds import Kind
from schemas.records import Record

if TYPE_CHECKING:
    from matching.model import PartnershipModel

LISTS_PER_STEP = 1_000
"""Lists between two reports of progress."""
MAX_QUERIES = 300
"""Subjects of a back-test."""
OnListsDone = Callable[[int], None]


class Baseline:
    """A model under the active ruleset, its lists, and back-tests; everything is computed once, when it is needed.

    Parameters
    ----------
    former
        The model.
    pairs
        All partnerships; the latest are used for the back-test.
    """

    def __init__(self, former: "PartnershipModel", pairs: Sequence[PartnershipPair] = ()) -> None:
        self.former, self._pairs = former, pairs
        self._lists: dict[tuple[int | None, date | None], Lists] = {}
        self._draft: PartnershipModel | None = None
        self._decided: tuple[Sequence[tuple[str, str]], Backtest] | None = None
        self._lock = threading.Lock()

    @cached_property
    def _keys(self) -> Mapping[Kind, Sequence[str]]:
        profiles = self.former.state_.profiles
        return {kind: keys for kind in Kind if (keys := profiles.of(kind).keys)}

    @property
    def total(self) -> int:
        """The number of all profiles."""
        return sum(map(len, self._keys.values()))

    def subjects(self, most: int | None) -> list[EncodedProfile]:
        """A stratified sample of at most ``most`` profiles; all of them for ``None``."""
        chosen = stratified_sample(self._keys, self.total if most is None else most)
        get = self.former.state_.profiles.get
        return [profile for key in chosen if (profile := get(key))]

    def lists(self, most: int | None, on: date | None, progress: OnListsDone = lambda _done: None) -> Lists:
        """The lists of these subjects under the active ruleset."""
        with self._lock:
            if (most, on) not in self._lists:
                records = [subject.record for subject in self.subjects(most)]
                self._lists[most, on] = top_ten(self.former.warm_up(), records, on, progress)
            return self._lists[most, on]

    def draft(self, rules: RulesetSettings) -> "PartnershipModel":
        """The model under a draft, warmed up; it shares what the former model has computed.

        The last draft is kept, for the next request about it and for drafts that only weigh differently.
        """
        with self._lock:
            if self._draft is None or self._draft.settings_ != rules:
                self._draft = self.former.with_ruleset(rules).warm_up()
            return self._draft

    def warm_up(self, rules: RulesetSettings, most: int, on: date | None) -> None:
        """Compute what the preview of a draft and its back-test need."""
        self.lists(most, on)
        self.backtest.ranks_of_past(BACKTEST_DEPTH, on)
        self.draft(rules)

    @cached_property
    def backtest(self) -> Backtest:
        """The back-test on the latest partnerships."""
        return Backtest.on_track_record(self.former, self._pairs).sample(MAX_QUERIES)

    def decided(self, interested: Iterable[tuple[str, str]]) -> Backtest:
        """The back-test on decisions: subjects (first key) that were interested in a candidate (second key)."""
        decisions = sorted(interested)
        with self._lock:
            if self._decided is None or self._decided[0] != decisions:
                found = Backtest.on_decisions(self.former, decisions).sample(MAX_QUERIES)
                self._decided = decisions, found
            return self._decided[1]


def top_ten(
    model: "PartnershipModel",
    subjects: Sequence[Record],
    on: date | None,
    progress: OnListsDone = lambda _done: None,
) -> Lists:
    """The first ten candidates of each subject; ``progress`` gets the number of lists that are done."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(subjects), LISTS_PER_STEP):
        some = subjects[start : start + LISTS_PER_STEP]
        found.update(zip((str(one["key"]) for one in some), model.rank(some, CUTOFF, on=on), strict=True))
        progress(start + len(some))
    return found


def stratified_sample(keys: Mapping[Kind, Sequence[str]], most: int) -> list[str]:
    """At most ``most`` of these keys, of each kind in proportion but at least one; the same ones each time."""
    total = sum(map(len, keys.values()))
    chosen: list[str] = []
    for kind in sorted(keys):
        of_kind = keys[kind]
        count = min(len(of_kind), max(1, round(most * len(of_kind) / total)))
        positions = np.linspace(0, len(of_kind) - 1, count).round()
        chosen += [of_kind[int(position)] for position in positions]
    return chosen
