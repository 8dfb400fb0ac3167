"""What drafts are held against: a model under the rules that hold, as it stood at one moment, and what it proposes."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.experiments.backtest import Backtest
from matching.experiments.evaluation import CUTOFF
from matching.features.encoding import EncodedProfile
from matching.track_record.partnerships import PartnershipPair
from schemas.kinds import Kind
from schemas.records import Record
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.model import PartnershipModel

LISTS_PER_STEP = 1_000
"""After how many lists it is told how far one is."""
MAX_QUERIES = 300
"""From how many subjects of the latest partnerships, or of decisions, it is told how well rules find what came to be."""
BACKTEST_DEPTH = CUTOFF + 10
"""How many are looked at so that ten are left without earlier partners."""
Lists = Mapping[str, Sequence[str]]
"""By the subject's key, the keys of those who are proposed to it, best first."""
OnListsDone = Callable[[int], None]


class Baseline:
    """A model under the rules that hold, its lists of some subjects, and what it foresees of the latest of ``pairs``.

    All is worked out when it is first asked for, once; the next draft finds it there.
    """

    def __init__(self, former: "PartnershipModel", pairs: Sequence[PartnershipPair] = ()) -> None:
        self.former, self._pairs = former, pairs
        self._lists: dict[tuple[int | None, date | None], Lists] = {}
        self._draft: PartnershipModel | None = None
        self._decided: tuple[Sequence[tuple[str, str]], Backtest] | None = None
        self._lock = threading.Lock()

    @cached_property
    def everybody(self) -> Mapping[Kind, Sequence[str]]:
        """The keys of all profiles by kind, in order."""
        profiles = self.former.state_.profiles
        return {kind: keys for kind in Kind if (keys := profiles.of(kind).keys)}

    @property
    def total(self) -> int:
        """How many profiles there are."""
        return sum(map(len, self.everybody.values()))

    def subjects(self, most: int | None) -> list[EncodedProfile]:
        """At most so many of them, of each kind its share; all of them for ``None``."""
        chosen = stratified(self.everybody, self.total if most is None else most)
        get = self.former.state_.profiles.get
        return [one for key in chosen if (one := get(key))]

    def lists(self, most: int | None, on: date | None, progress: OnListsDone = lambda _done: None) -> Lists:
        """The lists of these subjects under the rules that hold."""
        with self._lock:
            if (most, on) not in self._lists:
                self._lists[most, on] = top_ten(
                    self.former.warm_up(), [one.record for one in self.subjects(most)], on, progress
                )
            return self._lists[most, on]

    def draft(self, rules: RulesetSettings) -> "PartnershipModel":
        """The model under a draft, ready to make lists; it shares what the former one has worked out by now. The last one is
        kept, for whoever changes no more than how profiles are weighed, or asks again."""
        with self._lock:
            if self._draft is None or self._draft.settings_ != rules:
                self._draft = self.former.with_ruleset(rules).warm_up()
            return self._draft

    def warm_up(self, rules: RulesetSettings, most: int, on: date | None) -> None:
        """Work out what a preview of a draft and its back-test need, before they are asked for."""
        self.lists(most, on)
        self.backtest.ranks_of_past(BACKTEST_DEPTH, on)
        self.draft(rules)

    @cached_property
    def backtest(self) -> Backtest:
        """The latest of the partnerships, foreseen from those before them."""
        return Backtest.on_track_record(self.former, self._pairs).sample(MAX_QUERIES)

    def decided(self, interested: Iterable[tuple[str, str]]) -> Backtest:
        """What is proposed to subjects (first key) who said in whom they were interested (second key)."""
        told = sorted(interested)
        with self._lock:
            if self._decided is None or self._decided[0] != told:
                self._decided = told, Backtest.on_decisions(self.former, told).sample(MAX_QUERIES)
            return self._decided[1]


def top_ten(
    model: "PartnershipModel",
    subjects: Sequence[Record],
    on: date | None,
    progress: OnListsDone = lambda _done: None,
) -> Lists:
    """Whom a model proposes to subjects first. It is told now and then how many of these are done."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(subjects), LISTS_PER_STEP):
        some = subjects[start : start + LISTS_PER_STEP]
        found.update(zip((str(one["key"]) for one in some), model.rank(some, CUTOFF, on=on), strict=True))
        progress(start + len(some))
    return found


def stratified(keys: Mapping[Kind, Sequence[str]], most: int) -> list[str]:
    """At most ``most`` of these keys, of each kind as many as its share, at least one; the same ones each time."""
    total = sum(map(len, keys.values()))
    chosen: list[str] = []
    for kind in sorted(keys):
        found = keys[kind]
        share = min(len(found), max(1, round(most * len(found) / total)))
        chosen += [found[int(place)] for place in np.linspace(0, len(found) - 1, share).round()]
    return chosen
