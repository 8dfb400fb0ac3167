"""Programmes that fit a profile but for a condition, with what would have to change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from matching.conditions import Party
from matching.freshness import is_withdrawn
from matching.knowledge import Knowledge
from matching.order import best_first, in_turn
from matching.profiles import KindProfiles
from matching.remedies import remedy
from matching.rulebook import Rulebook
from matching.similarity import Similarities
from schemas.conditions.basis import Cure
from schemas.kinds import PAIRINGS, Kind
from schemas.rules import RulesetSettings


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A programme (its key), the score it would have if its conditions were met, and what would meet them."""

    candidate: str
    score: float
    remedy: Cure


def near_misses(
    known: Knowledge, settings: RulesetSettings, subject: KindProfiles, most: int, on: date | None
) -> list[NearMiss]:
    """The best programmes that one subject misses and could meet, best first; dates count on day ``on``."""
    programmes = known.profiles.of(Kind.PROGRAMME)
    if not programmes.keys or Kind.PROGRAMME not in PAIRINGS[subject.kind]:
        return []
    rulebook = Rulebook(settings, known.ties)
    scores = Similarities(known, subject, programmes, on=on).weighted(settings)[0]

    def missed() -> Iterator[NearMiss]:
        applicant = Party(subject.records[0], subject.traits[0])
        for position in best_first(scores, lambda at: in_turn(subject.keys[0], programmes.keys[at])):
            programme = Party(programmes.records[position], programmes.traits[position])
            if not is_withdrawn(programme.record, on) and (
                found := remedy(programme, applicant, on, rulebook)
            ):
                yield NearMiss(programmes.keys[position], float(scores[position]), found)

    return list(islice(missed(), most))
