"""The order of the candidates for subjects of one kind, exact, though only those that may matter are looked at closely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.admission import Mask
from matching.conditions import Party, eligibility, excluded
from matching.knowledge import Knowledge
from matching.order import LEAST_SCORE, TOLERANCE, best_first, in_turn
from matching.profiles import KindProfiles
from matching.rows import Floats
from matching.similarity import Similarities
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

MARGIN = 16
"""How many more candidates are looked at than are wanted: conditions may exclude some."""
WIDER = 8
"""So many times more are looked at of those who stand first by what is no dot product: that is known of everybody."""
DEEPER = 4
"""How many times more are looked at when that was too few."""
Place = tuple[Similarities, int, int]
"""Where a pair is found: in which similarities, in which row and in which column."""


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
        cls, everybody: Similarities, settings: RulesetSettings, on: date | None, depth: int
    ) -> "Field | None":
        """For each subject the ``depth`` best that it may be shown, by the parts that are dot products, and more by all others; ``None`` if there is nobody.

        Whoever is among neither has at most what the last of each list has (Fagin's threshold).
        """
        subjects, candidates = everybody.subjects, everybody.candidates
        allowed = _allowed(subjects, candidates, on)
        if candidates.are_few or depth >= len(candidates.keys):
            scores = everybody.weighted(settings) * np.stack(allowed)
            return cls(everybody, scores, np.zeros(len(subjects.keys)))
        of_whom, added, otherwise = everybody.beside(settings)
        largest, rest = _largest(added, [mask[of_whom] for mask in allowed], depth * WIDER)
        rest = np.maximum(rest, otherwise)
        wanted = np.zeros(everybody.shape, bool)
        wanted[:, of_whom] = largest
        lists = everybody.shortlists(settings, depth, least=LEAST_SCORE, allowed=allowed)
        rows, ranks = np.nonzero(lists.places >= 0)
        wanted[rows, lists.places[rows, ranks]] = True
        together = np.flatnonzero(wanted.any(axis=0))
        if not together.size:
            return None
        some = everybody.among(together, wanted[:, together])
        floors = np.where(rest > 0, np.maximum(lists.floors, LEAST_SCORE) + rest, lists.floors)
        return cls(some, some.weighted(settings), floors)


def _largest(values: Floats, allowed: Sequence[Mask], depth: int) -> tuple[Mask, Floats]:
    """Where the ``depth`` largest values above 0 of each row are; and what no other in the row exceeds."""
    chosen, rest = np.zeros(values.shape, bool), np.zeros(values.shape[0])
    for row, mask in enumerate(allowed):
        there = np.flatnonzero(mask & (values[row] > 0))
        if there.size > depth:
            order = np.argpartition(-values[row, there], depth)
            rest[row] = values[row, there[order[depth]]] + TOLERANCE
            there = there[order[:depth]]
        chosen[row, there] = True
    return chosen, rest


def _allowed(subjects: KindProfiles, candidates: KindProfiles, on: date | None) -> list[Mask]:
    """For each subject who may be shown to it; the masks of those to whom the same applies are one."""
    masks: dict[bytes, Mask] = {}
    found = []
    for record, traits in zip(subjects.records, subjects.traits, strict=True):
        mask = candidates.admission.mask(Party(record, traits), on)
        found.append(masks.setdefault(mask.tobytes(), mask))
    return found


class Ranking:
    """Candidates of some kinds in order, for subjects of one kind."""

    def __init__(
        self,
        subjects: KindProfiles,
        everybody: Sequence[Similarities],
        settings: RulesetSettings,
        on: date | None,
        depth: int,
    ) -> None:
        self._subjects, self._everybody = subjects, everybody
        self._settings, self._on, self._depth = settings, on, depth
        found = [Field.of(candidates, settings, on, depth) for candidates in everybody]
        self._fields = [field for field in found if field]

    @classmethod
    def of(
        cls,
        knowledge: Knowledge,
        settings: RulesetSettings,
        subjects: KindProfiles,
        wanted: Sequence[Kind],
        on: date | None,
        depth: int,
    ) -> "Ranking":
        """The ranking of all known candidates of the ``wanted`` kinds."""
        kinds = [candidates for kind in wanted if (candidates := knowledge.profiles.of(kind)).keys]
        everybody = [Similarities(knowledge, subjects, candidates) for candidates in kinds]
        return cls(subjects, everybody, settings, on, depth)

    def lists(self, k: int) -> list[list[Place]]:
        """For each subject the ``k`` best candidates that no condition excludes."""
        found = [self._best(row, k) for row in range(len(self._subjects.keys))]
        unsure = [row for row, places in enumerate(found) if places is None]
        if unsure:
            for row, places in zip(unsure, self._deeper(unsure).lists(k), strict=True):
                found[row] = places
        return [places or [] for places in found]

    def _best(self, row: int, k: int) -> list[Place] | None:
        """The list of one subject; ``None`` when others than are looked at here could be on it."""
        found: list[Place] = []
        subject = Party(self._subjects.records[row], self._subjects.traits[row])
        floor = max((field.floors[row] for field in self._fields), default=0.0)
        for field, position in self._in_order(row):
            if floor and field.scores[row, position] <= floor:
                break
            if self._may_be_shown(subject, field.similarities.candidates, position):
                found.append((field.similarities, row, position))
                if len(found) == k:
                    return found
        return None if floor else found

    def _deeper(self, rows: Sequence[int]) -> "Ranking":
        """A ranking of more candidates for some of the subjects."""
        everybody = [candidates.of(rows) for candidates in self._everybody]
        depth = self._depth * DEEPER
        return Ranking(self._subjects.rows(rows), everybody, self._settings, self._on, depth)

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
            return in_turn(subject, field.similarities.candidates.known[position].traits.key)

        scores = np.concatenate([field.scores[row] for field in self._fields])
        yield from map(find, best_first(scores, turn))

    def _may_be_shown(self, subject: Party, candidates: KindProfiles, position: int) -> bool:
        """Whether no condition excludes somebody who is allowed as far as that can be said of many at once."""
        known = candidates.known[position]
        if known.traits.key == subject.traits.key:
            return False
        return not excluded(eligibility(subject, Party(known.record, known.traits), self._on))
