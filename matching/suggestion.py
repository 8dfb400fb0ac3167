"""What the model answers: candidates with their score and the parts that add up to it; or why there are none."""

from dataclasses import dataclass
from typing import Literal

from schemas.empty_lists import EmptyListCause
from schemas.kinds import Kind
from schemas.programme_states import ProgrammeState
from schemas.weights import ScorePartName


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score.

    Attributes
    ----------
    name : ScorePartName
    weight, similarity, points : float
        Between 0 and 1; ``points`` is the product of the two others.
    because : tuple of str
        What is shared, by code: territories for ``region`` (``MX-ZAC``), sectors for ``sector`` and ``text`` (``24040``),
        priorities, keys of earlier partners for ``track_record``, keys of the ruleset's preferences for ``preferences``.
    """

    name: ScorePartName
    weight: float
    similarity: float
    because: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What this part adds to the score."""
        return self.weight * self.similarity


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate for one subject.

    Attributes
    ----------
    candidate : str
        Its key.
    kind : Kind
    score : float
        Between 0 and 1; the points of ``parts`` add up to it.
    parts : tuple of Part
    side : "origin" or "residence" or None
        The side of corridors on which the candidate stands, where it is an authority of one side.
    together_with : tuple of str
        The keys of other authorities that govern the same territory on the same level: one line with the candidate.
    state : ProgrammeState or None
        Of a programme, on the day that counts.
    """

    candidate: str
    kind: Kind
    score: float
    parts: tuple[Part, ...]
    side: Literal["origin", "residence"] | None = None
    together_with: tuple[str, ...] = ()
    state: ProgrammeState | None = None


@dataclass(frozen=True, slots=True)
class EmptyList:
    """Why a list is empty.

    Attributes
    ----------
    cause : EmptyListCause
    sharing : int
        How many candidates share a territory with the subject.
    nearest : str or None
        Of these, the key of the one with the best score that a condition keeps out.
    """

    cause: EmptyListCause
    sharing: int = 0
    nearest: str | None = None
