"""The order of the candidates for subjects of one kind, exact, though only those that may matter are looked at closely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.capacity import is_taken
from matching.conditions import Party, eligibility, excluded
from matching.freshness import is_withdrawn
from matching.order import LEAST_SCORE, best_first, in_turn
from matching.profiles import KindProfiles
from matching.rows import Floats
from matching.similarity import Knowledge, Similarities
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

MARGIN = 12
"""How many more candidates are looked at than are wanted: conditions may exclude some."""
DEEPER = 8
"""How many times more are looked at when that was too few."""


@dataclass(frozen=True)
class Field:
    """The candidates of one kind that come into question for some subjects.

    No other candidate of the kind scores more than ``floors`` (by subject).
    """

    similarities: Similarities
    scores: Floats
    floors: Floats

    @classmethod
    def of(
        cls,
        knowledge: Knowledge,
        settings: RulesetSettings,
        subjects: KindProfiles,
        candidates: KindProfiles,
        on: date | None,
        depth: int,
    ) -> "Field | None":
        """Those with a history, and by everything else the ``depth`` best for each subject that it may be shown; ``None`` if there is nobody."""
        everybody = Similarities(knowledge, subjects, candidates)
        if everybody.are_authorities or candidates.are_few or depth >= len(candidates.keys):
            return cls(everybody, everybody.weighted(settings), np.zeros(len(subjects.keys)))
        known = everybody.with_history(settings)
        lists = everybody.shortlists(
            settings, depth, least=LEAST_SCORE, allowed=_others(subjects, candidates, known, on)
        )
        together = np.union1d(np.array(known, np.int64), lists.chosen)
        if not together.size:
            return None
        some = everybody.among(together)
        return cls(some, some.weighted(settings), lists.floors)


def _others(
    subjects: KindProfiles, candidates: KindProfiles, known: Sequence[int], on: date | None
) -> list[NDArray[np.bool_]]:
    """For each subject who may be shown beside the ``known``; the masks of those to whom the same applies are one."""
    masks: dict[bytes, NDArray[np.bool_]] = {}
    found = []
    for record, traits in zip(subjects.records, subjects.traits, strict=True):
        mask = candidates.admission.mask(Party(record, traits), on)
        mask[known] = False
        found.append(masks.setdefault(mask.tobytes(), mask))
    return found


class Ranking:
    """Candidates of some kinds in order, for subjects of one kind."""

    def __init__(
        self,
        knowledge: Knowledge,
        settings: RulesetSettings,
        subjects: KindProfiles,
        wanted: Sequence[Kind],
        on: date | None,
        depth: int,
    ) -> None:
        self._knowledge, self._settings, self._on, self._depth = knowledge, settings, on, depth
        self._subjects, self._wanted = subjects, wanted
        self._fields = [
            field
            for kind in wanted
            if (candidates := knowledge.profiles.of(kind)).keys
            and (field := Field.of(knowledge, settings, subjects, candidates, on, depth))
        ]

    def best(self, row: int, k: int) -> list[tuple[Similarities, int, int]]:
        """For one subject the ``k`` best candidates that no condition excludes: where they are in which similarities."""
        found: list[tuple[Similarities, int, int]] = []
        floor = max((field.floors[row] for field in self._fields), default=0.0)
        for field, position in self._in_order(row):
            if floor and field.scores[row, position] <= floor:
                break
            if self._may_be_shown(row, field.similarities.candidates, position):
                found.append((field.similarities, row, position))
                if len(found) == k:
                    return found
        return self._deeper(row).best(0, k) if floor else found

    def _deeper(self, row: int) -> "Ranking":
        """For one subject alone a ranking of more candidates."""
        alone = self._subjects.some(np.array([row]), self._knowledge.profiles.rarities)
        return Ranking(self._knowledge, self._settings, alone, self._wanted, self._on, self._depth * DEEPER)

    def _in_order(self, row: int) -> Iterator[tuple[Field, int]]:
        if not self._fields:
            return
        starts = np.cumsum([0, *(field.scores.shape[1] for field in self._fields)])
        subject = self._subjects.keys[row]

        def find(place: int) -> tuple[Field, int]:
            which = int(np.searchsorted(starts, place, side="right")) - 1
            return self._fields[which], place - int(starts[which])

        def turn(place: int) -> int:
            field, position = find(place)
            return in_turn(subject, field.similarities.candidates.keys[position])

        scores = np.concatenate([field.scores[row] for field in self._fields])
        yield from map(find, best_first(scores, turn))

    def _may_be_shown(self, row: int, candidates: KindProfiles, position: int) -> bool:
        if candidates.keys[position] == self._subjects.keys[row]:
            return False
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        candidate = Party(candidates.records[position], candidates.traits[position])
        if is_withdrawn(candidate.record, self._on) or is_taken(candidate.record, subject.traits.key):
            return False
        return not excluded(eligibility(subject, candidate, self._on))
