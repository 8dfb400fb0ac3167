"""How a stored list of suggestions is packed: profile numbers and scores, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from service.db.tables import SuggestionList

STORED = 30
"""How many candidates a stored list holds: more than are shown, so that some may fall away unseen."""


@dataclass(frozen=True, slots=True)
class RankedCandidates:
    """Candidates of one kind for one subject, best first, by profile number."""

    numbers: tuple[int, ...]
    scores: tuple[float, ...]

    @property
    def threshold(self) -> float:
        """The score that a newcomer must beat to enter the list."""
        return self.scores[-1] if len(self.scores) >= STORED else 0.0


def pack(
    subject_number: int,
    subject_change: int,
    candidate_kind: str,
    ruleset_version: int,
    ranked: RankedCandidates,
    computed_at: datetime,
) -> SuggestionList:
    """The row that stores ``ranked``."""
    return SuggestionList(
        subject_number=subject_number,
        candidate_kind=candidate_kind,
        ruleset_version=ruleset_version,
        subject_change=subject_change,
        threshold=ranked.threshold,
        candidates=np.asarray(ranked.numbers, dtype="<i8").tobytes(),
        scores=np.asarray(ranked.scores, dtype="<f8").tobytes(),
        computed_at=computed_at,
    )


def unpack(row: SuggestionList) -> RankedCandidates:
    """What a stored row holds."""
    return RankedCandidates(
        numbers=tuple(candidate_numbers(row.candidates)),
        scores=tuple(np.frombuffer(row.scores, dtype="<f8").tolist()),
    )


def candidate_numbers(packed: bytes) -> Sequence[int]:
    """The profile numbers in a packed column."""
    numbers: list[int] = np.frombuffer(packed, dtype="<i8").tolist()
    return numbers
