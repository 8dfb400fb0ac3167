"""Why a pair is proposed: for each part, the codes of what the two have in common."""

from collections.abc import Mapping

from matching.features.priority import shared_priorities
from matching.features.proximity import are_neighbours
from matching.features.region import authority_paths, nested, shared_territories
from matching.features.sector import shared_sectors
from matching.features.text import shared_concepts
from matching.parts.similarities import Similarities
from matching.features.records import SIDES, TerritoryPath, Traits
from schemas.kinds import Kind
from schemas.rules import PartName

MOST_CODES = 5


def reasons(
    subject: Traits, candidate: Traits, similarities: Similarities, row: int, position: int
) -> Mapping[PartName, tuple[str, ...]]:
    """What stands behind each part, at most five codes; nothing where nothing is shared."""
    partner = similarities.nearest_partner(row, position)
    found: dict[PartName, tuple[str, ...]] = {
        "region": _territories(subject, candidate, similarities, row, position),
        "sector": shared_sectors(subject, candidate),
        "priority": shared_priorities(subject, candidate),
        "text": shared_concepts(*similarities.concepts(row, position)),
        "track_record": (partner,) if partner else (),
    }
    return {
        name: codes[:MOST_CODES] if similarities.part(name)[row, position] > 0 else ()
        for name, codes in found.items()
    }


def _territories(
    subject: Traits, candidate: Traits, similarities: Similarities, row: int, position: int
) -> tuple[str, ...]:
    if subject.kind is not Kind.AUTHORITY or candidate.kind is not Kind.AUTHORITY:
        return shared_territories(subject, candidate)
    if within := nested(subject, candidate):
        return within
    if are_neighbours(subject, candidate):
        return tuple(
            dict.fromkeys(path[-1] for party in (subject, candidate) for path in authority_paths(party))
        )
    tie = similarities.tie(row, position)
    ends = [_nearest_end(tie, authority) for authority in (subject, candidate)] if tie else []
    return tuple(dict.fromkeys(end for end in ends if end))


def _common(one: TerritoryPath, other: TerritoryPath) -> int:
    steps = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        steps += 1
    return steps


def _nearest_end(corridor: Traits, authority: Traits) -> str | None:
    best: tuple[int, str] | None = None
    for side in SIDES:
        for place in corridor.places[side]:
            for own in authority.places[side]:
                steps = _common(place, own)
                if steps and (best is None or steps > best[0]):
                    best = (steps, place[steps - 1])
    return best[1] if best else None
