"""A programme may be only for people from some territories, or for people who live in some."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from matching.features.common_territories import contains
from matching.features.records import Side, Traits
from matching.features.territory_postings import within_or_around
from matching.rules.built_in.base import Circumstances, ProgrammeCondition
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.translation import Message, message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


_SIDE_SENTENCES: Mapping[tuple[Side, bool | None], Message] = {
    ("origin", True): message("The home area matches. The programme is for people from: {places}."),
    ("origin", False): message("The programme is only for these home areas: {places}."),
    ("origin", None): message(
        "The programme is for these home areas: {places}. Give a more precise home area in your profile."
    ),
    ("residence", True): message(
        "The area of residence matches. The programme is for people living in: {places}."
    ),
    ("residence", False): message("The programme is only for these areas of residence: {places}."),
    ("residence", None): message(
        "The programme is for these areas of residence: {places}. Give a more precise area of residence in your profile."
    ),
}


class SideCondition(ProgrammeCondition):
    """The applicant's places on one side lie in a territory that the programme names there.

    An authority of both sides meets it by either of them.
    """

    def __init__(self, side: Side) -> None:
        self._side = side

    def check_applicant(self, programme: Party, applicant: Party, _on: date | None) -> ConditionResult | None:
        """Not known where a place of the applicant only contains an allowed one."""
        allowed, places = programme.traits.places[self._side], applicant.traits.places[self._side]
        is_authority = applicant.traits.kind is Kind.AUTHORITY
        if not allowed or (is_authority and not places):
            return None
        met = _lies_within(places, allowed)
        if is_authority and met is False and _has_both_sides(applicant.traits):
            return None
        shown = _containing(places, allowed) if met else allowed
        codes = tuple(path[-1] for path in shown)
        return ConditionResult(
            self._side, met, Message(_SIDE_SENTENCES[self._side, met].text, {"places": codes})
        )

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", _circumstances: Circumstances
    ) -> None:
        """Candidates with places on this side, but none on a path with one of the subject's."""
        paths = subject.traits.places[self._side]
        if not paths or (subject.traits.kind is Kind.AUTHORITY and _has_both_sides(subject.traits)):
            return
        mask = candidates.lacks_side[self._side] | within_or_around(candidates, self._side, paths)
        if candidates.kind is Kind.AUTHORITY:
            mask |= candidates.derived(_with_both_sides)
        eligible &= mask


def _with_both_sides(candidates: "KindProfiles") -> "Mask":
    return ~candidates.lacks_side["origin"] & ~candidates.lacks_side["residence"]


def _has_both_sides(traits: Traits) -> bool:
    return len(traits.shown_sides()) == 2


def _lies_within(places: Sequence[TerritoryPath], allowed: Sequence[TerritoryPath]) -> bool | None:
    """Whether one of the places lies in an allowed one; not known when a place only might."""
    if _containing(places, allowed):
        return True
    if not places or any(contains(place, limit) for place in places for limit in allowed):
        return None
    return False


def _containing(places: Sequence[TerritoryPath], allowed: Sequence[TerritoryPath]) -> list[TerritoryPath]:
    """The allowed territories in which one of the places lies."""
    return [limit for limit in allowed if any(contains(limit, place) for place in places)]
