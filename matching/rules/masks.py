"""Who of many candidates a subject may be shown at all, as far as that can be said of all of them at once.

A sieve before the conditions themselves (:mod:`matching.rules.eligibility`): whoever it holds back is excluded by one of them,
but not everybody whom they exclude is held back here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.features.matrices import FeatureMatrices
from matching.features.records import SIDES, Side, Traits
from matching.rules.eligibility import Party, applicant_checks, closing_day, excluded
from matching.rules.freshness import WITHDRAWN_AFTER
from matching.sparse.matrices import Mask
from schemas.kinds import Kind

Name = TypeVar("Name", str, bool | None)


def mask_is_exact(one: Kind, other: Kind) -> bool:
    """Whether between two kinds all whom a condition excludes are held back: but for those of programmes, all is said of
    many at once."""
    return Kind.PROGRAMME not in (one, other)


class EligibilityMasks:
    """The candidates of one kind, by what conditions ask of them."""

    def __init__(self, candidates: FeatureMatrices) -> None:
        self._candidates = candidates
        self._records, self._kind, self._size = candidates.records, candidates.kind, len(candidates.encoded)
        self._applicants: dict[tuple[Kind, bool | None], Mask] = {}

    def mask(self, subject: Party, on: date | None) -> Mask:
        """False for candidates that a condition is known to exclude; dates count on day ``on``."""
        kinds = {self._kind, subject.traits.kind}
        if Kind.PROGRAMME in kinds:
            admitted = self._by_places(subject) & self._open(subject, on) & self._applying(subject)
        elif Kind.AUTHORITY in kinds and len(kinds) == 2:
            admitted = self._in_one_country(subject.traits)
        else:
            admitted = self._all(True)
        return admitted if on is None else admitted & self._not_withdrawn(on)

    def _all(self, value: bool) -> Mask:
        return np.full(self._size, value)

    def _by_places(self, subject: Party) -> Mask:
        admitted = self._all(True)
        if subject.traits.kind is Kind.AUTHORITY and len(subject.traits.shown_sides()) == 2:
            return admitted
        for side in SIDES:
            if subject.traits.places[side]:
                admitted &= self._candidates.lacks_side[side] | self._on_one_path(side, subject.traits)
        return admitted | self._two_sided if self._kind is Kind.AUTHORITY else admitted

    def _in_one_country(self, subject: Traits) -> Mask:
        if not subject.shown_sides():
            return self._all(True)
        admitted = self._candidates.lacks_side["origin"] & self._candidates.lacks_side["residence"]
        for side in SIDES:
            for path in subject.places[side]:
                admitted[self._candidates.located_within(side, path[0])] = True
        return admitted

    def _on_one_path(self, side: Side, subject: Traits) -> Mask:
        """Who has a place on a side that lies within one of the subject's, or within which one of them lies."""
        admitted = self._all(False)
        for path in subject.places[side]:
            admitted[self._candidates.located_within(side, path[-1])] = True
            for code in path[:-1]:
                admitted[self._candidates.naming(side, code)] = True
        return admitted

    def _open(self, subject: Party, on: date | None) -> Mask:
        if on is None:
            return self._all(True)
        if self._kind is Kind.PROGRAMME:
            return self._closing >= on.toordinal()
        closes = closing_day(subject.record)
        return self._all(closes is None or closes >= on)

    def _applying(self, subject: Party) -> Mask:
        if self._kind is Kind.PROGRAMME:
            asking = (subject.traits.kind, subject.record.get("registered"))
            if asking not in self._applicants:
                excluding = (excluded(applicant_checks(record, subject)) for record in self._records)
                self._applicants[asking] = ~np.fromiter(excluding, bool, self._size)
            return self._applicants[asking]
        admitted = self._all(True)
        for alike in self._by_registration.values():
            first = Party(self._records[alike[0]], self._candidates.traits[alike[0]])
            admitted[alike] = not excluded(applicant_checks(subject.record, first))
        return admitted

    def _not_withdrawn(self, on: date) -> Mask:
        return self._candidates.array("confirmed") >= (on - WITHDRAWN_AFTER).toordinal()

    @cached_property
    def _closing(self) -> NDArray[np.int64]:
        """The last day of each programme as an ordinal; the last of all days if it has none."""
        days = (closing_day(record) or date.max for record in self._records)
        return np.fromiter((day.toordinal() for day in days), np.int64, self._size)

    @cached_property
    def _by_registration(self) -> Mapping[bool | None, NDArray[np.int64]]:
        return _positions_by((record.get("registered"), at) for at, record in enumerate(self._records))

    @cached_property
    def _two_sided(self) -> Mask:
        return ~self._candidates.lacks_side["origin"] & ~self._candidates.lacks_side["residence"]


def _positions_by(pairs: Iterable[tuple[Name, int]]) -> Mapping[Name, NDArray[np.int64]]:
    """The positions that are paired with each name."""
    found: defaultdict[Name, list[int]] = defaultdict(list)
    for name, position in pairs:
        found[name].append(position)
    return {name: np.array(positions) for name, positions in found.items()}
