"""An authority works with those whose people come from its country or live there."""

from typing import TYPE_CHECKING

from matching.features.records import SIDES
from matching.rules.built_in.base import BuiltInCondition, Circumstances
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.translation import message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


TERRITORY_RULE = "territory"


class TerritoryCondition(BuiltInCondition):
    """An authority and people share a country on the same side."""

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between an authority and another kind, but for programmes: these have conditions of their own."""
        kinds = {subject, candidate}
        return Kind.AUTHORITY in kinds and len(kinds) == 2 and Kind.PROGRAMME not in kinds

    def check(
        self, subject: Party, candidate: Party, _circumstances: Circumstances
    ) -> ConditionResult | None:
        """Nothing is asked where one of the two names no place."""
        is_subject = subject.traits.kind is Kind.AUTHORITY
        authority, other = (subject, candidate) if is_subject else (candidate, subject)
        own = [path for side in SIDES for path in authority.traits.places[side]]
        if not own or not other.traits.shown_sides():
            return None
        met = any(
            mine[0] == theirs[0]
            for side in SIDES
            for mine in authority.traits.places[side]
            for theirs in other.traits.places[side]
        )
        places = {"places": tuple(dict.fromkeys(path[-1] for path in own))}
        if met:
            sentence = message(
                "The territory fits: {places} is where the people concerned come from or live, or lies in the same country.",
                **places,
            )
        else:
            sentence = message(
                "The territory does not fit: the people concerned neither come from {places} nor live there.",
                **places,
            )
        return ConditionResult(TERRITORY_RULE, met, sentence)

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", _circumstances: Circumstances
    ) -> None:
        """Candidates with places, but none in a country of the subject on the same side."""
        if not subject.traits.shown_sides():
            return
        mask = candidates.derived(_without_places).copy()
        for side in SIDES:
            for path in subject.traits.places[side]:
                mask[candidates.located_within(side, path[0])] = True
        eligible &= mask


def _without_places(candidates: "KindProfiles") -> "Mask":
    return candidates.lacks_side["origin"] & candidates.lacks_side["residence"]
