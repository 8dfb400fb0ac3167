"""Profiles of one kind as conditions read them, and the relations of one subject to some candidates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from matching.features.matrices import FeatureMatrices
from matching.features.offers_and_needs import index_terms, met_amounts
from matching.features.records import Traits
from matching.rules.fact_table import FactTable
from matching.rules.verdict import Verdict
from matching.sparse.matrices import Floats, Mask, Positions
from schemas.kinds import Kind
from schemas.records import Record

EARTH_RADIUS = 6371.0088
"""Kilometres, on average (IUGG)."""
Others = Mapping[str, Iterable[str]]
"""By key, the keys of others."""


@dataclass(frozen=True)
class Ties:
    """What ties profiles to each other, whatever they say: by key of either side, the keys of the others."""

    partners: Others = field(default_factory=dict)
    introductions: Others = field(default_factory=dict)


@dataclass(frozen=True)
class ProfileGroup:
    """Some profiles of one kind; there must be one at least."""

    records: Sequence[Record]
    traits: Sequence[Traits]

    @classmethod
    def of(cls, profiles: FeatureMatrices) -> "ProfileGroup":
        """All profiles of a matrix."""
        return cls(profiles.records, profiles.traits)

    @property
    def kind(self) -> Kind:
        """Their kind."""
        return self.traits[0].kind

    @cached_property
    def facts(self) -> FactTable:
        """Their facts, column by column."""
        return FactTable(self.records, self.traits)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each key."""
        return {traits.key: position for position, traits in enumerate(self.traits)}

    @cached_property
    def speakers(self) -> Mapping[str, list[int]]:
        """By language, the positions of profiles that speak it."""
        return _postings(languages_of(record) for record in self.records)

    @cached_property
    def mute(self) -> Mask:
        """The profiles that name no language."""
        return np.array([not languages_of(record) for record in self.records])

    @cached_property
    def offering(self) -> Mapping[str, list[int]]:
        """By concept and sector, the positions of profiles that offer it."""
        return _postings(index_terms(traits.offers) for traits in self.traits)

    @cached_property
    def needing(self) -> Mapping[str, list[int]]:
        """By concept and sector, the positions of profiles that need it."""
        return _postings(index_terms(traits.needs) for traits in self.traits)

    @cached_property
    def naming_amounts(self) -> list[int]:
        """The positions of profiles that offer or need an amount of money."""
        return [
            at for at, traits in enumerate(self.traits) if traits.amounts_offered or traits.amounts_needed
        ]

    @cached_property
    def offers_said(self) -> Mask:
        """The profiles that say what they offer."""
        return np.array([bool(traits.offers or traits.amounts_offered) for traits in self.traits])

    @cached_property
    def needs_said(self) -> Mask:
        """The profiles that say what they need."""
        return np.array([bool(traits.needs or traits.amounts_needed) for traits in self.traits])

    @cached_property
    def coordinates(self) -> tuple[Positions, Floats]:
        """By known place, the position of its profile, and its latitude and longitude in radians (places × 2)."""
        owners = [position for position, traits in enumerate(self.traits) for _ in traits.coordinates]
        coordinates = [spot for traits in self.traits for spot in traits.coordinates]
        return np.array(owners, np.int64), np.radians(np.array(coordinates, np.float64).reshape(-1, 2))

    def at(self, positions: Iterable[int]) -> Mask:
        """A mask of some positions."""
        mask = np.zeros(len(self.records), bool)
        mask[list(positions)] = True
        return mask


@dataclass(frozen=True)
class CandidateRelations:
    """The relations of one subject to each of some candidates."""

    record: Record
    traits: Traits
    candidates: ProfileGroup
    ties: Ties

    def shared_language(self) -> Verdict:
        """Whether both speak a language; not known where one of them names none."""
        own, speakers = languages_of(self.record), self.candidates.speakers
        yes = self.candidates.at(position for language in own for position in speakers.get(language, ()))
        return Verdict(yes, ~yes & ~self.candidates.mute & bool(own))

    def offers_meet_needs(self) -> Verdict:
        """Whether one offers what the other needs; not known unless one says what it offers and the other what it needs."""
        own, them = self.traits, self.candidates
        met = {at for term in index_terms(own.offers) for at in them.needing.get(term, ())}
        met |= {at for term in index_terms(own.needs) for at in them.offering.get(term, ())}
        if own.amounts_offered or own.amounts_needed:
            met |= {at for at in them.naming_amounts if self._amounts_meet(them.traits[at])}
        yes = them.at(met)
        offers, needs = bool(own.offers or own.amounts_offered), bool(own.needs or own.amounts_needed)
        known = (them.needs_said & offers) | (them.offers_said & needs)
        return Verdict(yes, ~yes & known)

    def _amounts_meet(self, candidate: Traits) -> bool:
        return bool(met_amounts(self.traits, candidate) or met_amounts(candidate, self.traits))

    def partners(self) -> Verdict:
        """Whether they are known to work or have worked together."""
        return self._among(self.ties.partners)

    def open_introduction(self) -> Verdict:
        """Whether one of the two waits for the other's answer."""
        return self._among(self.ties.introductions)

    def experienced(self, least: int) -> Verdict:
        """Whether so many others have worked with a candidate."""
        positions = self.candidates.positions
        found = (key for key, others in self.ties.partners.items() if len(set(others)) >= least)
        yes = self.candidates.at(positions[key] for key in found if key in positions)
        return Verdict(yes, ~yes)

    def kilometres(self) -> Floats:
        """How far apart the nearest of their places lie, as the crow flies; NaN where one of them names no town."""
        apart = np.full(len(self.candidates.records), np.inf)
        owners, coordinates = self.candidates.coordinates
        for latitude, longitude in np.radians(np.array(self.traits.coordinates, np.float64).reshape(-1, 2)):
            half = np.sin((coordinates - (latitude, longitude)) / 2) ** 2
            chord = half[:, 0] + np.cos(latitude) * np.cos(coordinates[:, 0]) * half[:, 1]
            np.minimum.at(apart, owners, 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))
        return np.where(np.isinf(apart), np.nan, apart)

    def _among(self, others: Others) -> Verdict:
        positions = self.candidates.positions
        yes = self.candidates.at(
            positions[key] for key in others.get(self.traits.key, ()) if key in positions
        )
        return Verdict(yes, ~yes)


def _postings(said: Iterable[Iterable[str]]) -> Mapping[str, list[int]]:
    """By term, the positions of those who say it."""
    found: dict[str, list[int]] = {}
    for position, terms in enumerate(said):
        for term in terms:
            found.setdefault(term, []).append(position)
    return found


def languages_of(record: Record) -> frozenset[str]:
    """The languages of a record without their regional varieties."""
    return frozenset(str(tag).partition("-")[0].lower() for tag in record.get("languages") or ())
