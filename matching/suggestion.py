"""What the model answers: candidates with their score, and the parts that add up to it."""

from dataclasses import dataclass

from schemas.kinds import Kind
from schemas.weights import ScorePartName


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: ``points`` is ``weight`` times ``similarity``, all between 0 and 1.

    ``because`` names what is shared, by code: territories for ``region`` (``MX-ZAC``), sectors for
    ``sector`` and ``text`` (``24040``), priorities for ``priority``, keys of earlier partners for
    ``track_record``, keys of the ruleset's preferences for ``preferences``.
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
    """A candidate for one subject. ``candidate`` is its key; the points of ``parts`` add up to ``score``."""

    candidate: str
    kind: Kind
    score: float
    parts: tuple[Part, ...]
