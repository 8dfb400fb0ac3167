"""The baseline that drafts of rules are compared with, kept for a while."""

import time
from typing import TYPE_CHECKING, NamedTuple

from schemas.inputs import JsonObject
from service.db.tables import Ruleset
from service.suggestions.replica import ChangeNumbers, ModelReplica

if TYPE_CHECKING:
    from matching import Baseline

KEPT_SECONDS = 600.0
MAX_CHANGED_SHARE = 0.002
"""Up to which share of the profiles may have changed meanwhile."""


class _Entry(NamedTuple):
    settings: JsonObject
    seen: ChangeNumbers
    stored_at: float
    baseline: "Baseline"


class BaselineCache:
    """One baseline: that of the ruleset which was asked for last.

    While a steward tries one draft after the other, next to nothing changes, and what was computed for one serves the
    next; and drafts differ by what they do, not by what has happened in the meantime.
    """

    def __init__(self, replica: ModelReplica) -> None:
        self._replica = replica
        self._entry: _Entry | None = None

    def find(self, ruleset: Ruleset) -> "Baseline | None":
        """The baseline of a ruleset, if one is kept that still serves."""
        entry = self._entry
        if entry is None or entry.settings != ruleset.settings:
            return None
        changes = self._replica.changes_since(entry.seen)
        if changes is None or changes > MAX_CHANGED_SHARE * len(self._replica.keys):
            return None
        return entry.baseline if time.monotonic() - entry.stored_at < KEPT_SECONDS else None

    def store(self, ruleset: Ruleset, baseline: "Baseline") -> None:
        """Keep the baseline of a ruleset, which was computed from the replica as it is."""
        self._entry = _Entry(ruleset.settings, dict(self._replica.seen or {}), time.monotonic(), baseline)
