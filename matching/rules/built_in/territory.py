"""No territory, no suggestion: what two profiles must have in common on the ground, by their kinds.

People and authorities share a region, programmes cover whom they are for, and authorities govern one ground, lie side by
side, or are tied by a corridor that people or partnerships travel. Whoever has worked together needs none of it.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from matching.features.common_territories import (
    in_one_region,
    nested,
    on_one_path,
    resolved,
    shared_territories,
)
from matching.features.proximity import are_neighbours
from matching.features.records import OTHER_SIDE, SIDES, Side, Traits
from matching.features.territory_postings import (
    naming_whole_country,
    neighbours_of,
    nested_with,
    within_or_around,
)
from matching.rules.built_in.base import BuiltInCondition, Circumstances
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.translation import Message, message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


TERRITORY_RULE = "territory"
NO_PLACE = message(
    "One of the two profiles names no territory, so it cannot be matched. Add the home area and the area of residence."
)
FITS = message(
    "The territory matches the home area or the area of residence, or lies in the same region: {places}."
)
DOES_NOT_FIT = message("The territory is neither the home area nor the area of residence: {places}.")
COUNTRY_ONLY = message(
    "The territory may match: only the country is known. Add the region or town of origin and of residence to your profile. To compare: {places}."
)
ONE_CORRIDOR = message("Same home area and same country of residence: {places}.")
ONE_END = message(
    "The corridor may be the same: one of the two profiles names only its home area or only its area of residence. In common: {places}."
)
NOT_ONE_CORRIDOR = message("The other association belongs to another migration corridor: {places}.")
NOT_COVERED = message("The programme is for other territories: {places}.")
NOT_TIED = message(
    "Not neighbours, and no migration or partnership is known between these territories: {places}."
)


class TerritoryCondition(BuiltInCondition):
    """What every pair is asked: a territory in common. Subclasses say what that is between their kinds."""

    def check(self, subject: Party, candidate: Party, circumstances: Circumstances) -> ConditionResult | None:
        """Nothing is asked of those who have worked together."""
        one, other = subject.traits, candidate.traits
        if other.key in circumstances.partners.get(one.key, ()):
            return None
        if not one.shown_sides() or not other.shown_sides():
            return ConditionResult(TERRITORY_RULE, False, NO_PLACE)
        return self.compare(one, other, circumstances)

    @abstractmethod
    def compare(self, one: Traits, other: Traits, circumstances: Circumstances) -> ConditionResult | None:
        """What there is to say of two profiles that both name places."""

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Candidates with which the subject has no territory in common."""
        mask = self.admit(subject.traits, candidates, circumstances)
        for key in circumstances.partners.get(subject.traits.key, ()):
            if (position := candidates.find(key)) is not None:
                mask[position] = True
        eligible &= mask

    @abstractmethod
    def admit(self, subject: Traits, candidates: "KindProfiles", circumstances: Circumstances) -> "Mask":
        """Exactly the candidates that :meth:`compare` does not exclude."""


class SharedRegionCondition(TerritoryCondition):
    """People and an authority share a region on the same side.

    A country is enough where one of the two names no more than that, or a place that is not known.
    """

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between an authority and people."""
        kinds = {subject, candidate}
        return Kind.AUTHORITY in kinds and len(kinds) == 2 and Kind.PROGRAMME not in kinds

    def compare(self, one: Traits, other: Traits, _circumstances: Circumstances) -> ConditionResult:
        """Not known where the people name a whole country, and the authority is not of all of it."""
        authority, people = (one, other) if one.kind is Kind.AUTHORITY else (other, one)
        pairs = list(_on_one_side(authority, people))
        codes = tuple(path[-1] for path in authority.paths())
        if any(
            len(mine) == 1 or in_one_region(mine, theirs) for mine, theirs in pairs if mine[0] == theirs[0]
        ):
            return _result(True, FITS, codes)
        if any(on_one_path(resolved(mine), resolved(theirs)) for mine, theirs in pairs):
            return _result(None, COUNTRY_ONLY, codes)
        return _result(False, DOES_NOT_FIT, codes)

    def admit(self, subject: Traits, candidates: "KindProfiles", _circumstances: Circumstances) -> "Mask":
        """Whoever has a place in one of the subject's regions, or in a country that either of the two names as a whole."""
        mask = candidates.nobody()
        for side, path in subject.located():
            region = path[1] if len(resolved(path)) > 1 else path[0]
            mask[candidates.located_within(side, region)] = True
            mask[naming_whole_country(candidates, side, path[0])] = True
        return mask


class SharedCorridorCondition(TerritoryCondition):
    """Two associations come from one region and live in one country.

    A country of origin is enough where one of the two names no more than that, or a place that is not known. Where either
    names places on one side only, they must share a region there.
    """

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between two associations."""
        return subject is candidate is Kind.ASSOCIATION

    def compare(self, one: Traits, other: Traits, _circumstances: Circumstances) -> ConditionResult:
        """Not known where one of the two names one side of its corridor only."""
        both_ends = all(one.places[side] and other.places[side] for side in SIDES)
        if both_ends:
            origins = product(one.places["origin"], other.places["origin"])
            met = any(
                in_one_region(mine, theirs) or on_one_path(resolved(mine), resolved(theirs))
                for mine, theirs in origins
            ) and bool(_countries(one, "residence") & _countries(other, "residence"))
        else:
            met = any(in_one_region(mine, theirs) for mine, theirs in _on_one_side(one, other))
        if not met:
            return _result(False, NOT_ONE_CORRIDOR, tuple(path[-1] for path in other.paths()))
        shared = shared_territories(one, other)
        return _result(True, ONE_CORRIDOR, shared) if both_ends else _result(None, ONE_END, shared)

    def admit(self, subject: Traits, candidates: "KindProfiles", _circumstances: Circumstances) -> "Mask":
        """Whoever shares a region of origin, or a country that either names as a whole, and a country of residence; or a region
        on the only side that either names."""
        origin, residence = candidates.nobody(), candidates.nobody()
        one_end = candidates.nobody()
        for side, path in subject.located():
            if len(path) > 1:
                far = OTHER_SIDE[side]
                only_this = candidates.lacks_side[far] if subject.places[far] else candidates.everybody()
                there = candidates.located_within(side, path[1])
                one_end[there] |= only_this[there]
        for path in subject.places["origin"]:
            region = path[1] if len(resolved(path)) > 1 else path[0]
            origin[candidates.located_within("origin", region)] = True
            origin[naming_whole_country(candidates, "origin", path[0])] = True
        for country in _countries(subject, "residence"):
            residence[candidates.located_within("residence", country)] = True
        return origin & residence | one_end


class CoverageCondition(TerritoryCondition):
    """A programme names a territory in which the other has a place, or that lies around one, on the same side."""

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between a programme and anybody."""
        return Kind.PROGRAMME in (subject, candidate)

    def compare(self, one: Traits, other: Traits, _circumstances: Circumstances) -> ConditionResult | None:
        """Only what is missing is said: what fits is said side by side by the conditions for these."""
        if any(on_one_path(mine, theirs) for mine, theirs in _on_one_side(one, other)):
            return None
        programme = one if one.kind is Kind.PROGRAMME else other
        return _result(False, NOT_COVERED, tuple(path[-1] for path in programme.paths()))

    def admit(self, subject: Traits, candidates: "KindProfiles", _circumstances: Circumstances) -> "Mask":
        """Whoever has a place within one of the subject's, or around one."""
        mask = candidates.nobody()
        for side in SIDES:
            mask |= within_or_around(candidates, side, subject.places[side])
        return mask


class TiedAuthoritiesCondition(TerritoryCondition):
    """Two authorities govern one ground, are neighbours, or lie at the two ends of a corridor."""

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between two authorities."""
        return subject is candidate is Kind.AUTHORITY

    def compare(self, one: Traits, other: Traits, circumstances: Circumstances) -> ConditionResult | None:
        """Only what is missing is said: what ties two authorities is a reason of the suggestion."""
        if nested(one, other) or are_neighbours(one, other):
            return None
        for side, country in _counterparts(one, circumstances):
            if any(path[0] == country for path in other.places[side]):
                return None
        codes = tuple(path[-1] for authority in (one, other) for path in authority.paths())
        return _result(False, NOT_TIED, codes)

    def admit(self, subject: Traits, candidates: "KindProfiles", circumstances: Circumstances) -> "Mask":
        """Whoever governs part of the subject's territory or around it, its neighbours, and those beyond its corridors."""
        mask = nested_with(candidates, subject.paths()) | neighbours_of(candidates, subject)
        for side, country in _counterparts(subject, circumstances):
            mask[candidates.located_within(side, country)] = True
        return mask


def _countries(traits: Traits, side: Side) -> set[str]:
    return {path[0] for path in traits.places[side]}


def _on_one_side(one: Traits, other: Traits) -> Iterator[tuple[TerritoryPath, TerritoryPath]]:
    """Each place of one profile with each of the other's on the same side."""
    for side in SIDES:
        yield from product(one.places[side], other.places[side])


def _counterparts(authority: Traits, circumstances: Circumstances) -> Iterator[tuple[Side, str]]:
    """The countries at the other ends of an authority's corridors, each with its side."""
    for side, path in authority.located():
        for country in circumstances.counterpart_countries(side, path[0]):
            yield OTHER_SIDE[side], country


def _result(met: bool | None, sentence: Message, codes: Sequence[str]) -> ConditionResult:
    return ConditionResult(
        TERRITORY_RULE, met, Message(sentence.text, {"places": tuple(dict.fromkeys(codes))})
    )
