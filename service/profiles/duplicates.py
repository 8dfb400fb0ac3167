"""Profiles that may be one and the same, found as they are written, and kept for a steward to look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import nlargest

from sqlmodel import Session

from matching import ComparableProfile, DuplicateMatch, blocking_keys, compare_profiles
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.translation import message
from service.db.base import new_id
from service.db.tables import Profile
from service.field_errors import Fault
from service.profiles import duplicate_repository as repository
from service.profiles.records import home_of
from service.profiles.repository import by_numbers
from service.profiles.views import PRIVATE

MOST_FOUND = 5
"""Profiles that are named as possibly the same as one."""
MOST_COMPARED = 8


@dataclass(frozen=True)
class Written:
    """A profile as it is written; ``number`` is 0 as long as it is not stored."""

    number: int
    kind: Kind
    document: JsonObject
    public: bool = False
    """Whether it is compared by nothing but what everybody may see."""

    @classmethod
    def of(cls, profile: Profile, *, public: bool = False) -> "Written":
        """A stored profile."""
        return cls(profile.number or 0, Kind(profile.kind), profile.document, public)

    @cached_property
    def comparable(self) -> ComparableProfile:
        """What distinguishes it from others."""
        hidden = PRIVATE if self.public else ()
        said = {name: value for name, value in self.document.items() if name not in hidden}
        return ComparableProfile({**said, "kind": self.kind})

    @cached_property
    def trace_labels(self) -> set[str]:
        """The labels by which profiles are found that may be the same."""
        return {f"like:{trace}" for trace in blocking_keys(self.comparable)}


@dataclass(frozen=True, slots=True)
class DuplicateFound:
    """A stored profile that may be the same as another, and how alike the two are."""

    profile: Profile
    match: DuplicateMatch


def warnings(found: Iterable[DuplicateFound]) -> list[Fault]:
    """What is said of a record that may be the same as these profiles, the most likely first."""
    public = [item.profile for item in found if item.profile.published]
    if not public:
        return []
    likeliest = public[0]
    places = [
        place.get("place") or place["country"] for place in home_of(Kind(likeliest.kind), likeliest.document)
    ]
    detail = message(
        "This may be {name} ({place}), which is registered already. A platform manager will look at it.",
        name=likeliest.name,
        place=", ".join(places[:1]) or likeliest.key,
    )
    return [Fault("/name", detail, tuple(map(_named, public)))]


def _named(profile: Profile) -> dict[str, str]:
    return {"kind": profile.kind, "id": str(profile.id), "key": profile.key, "name": profile.name}


def similar_profiles(session: Session, written: Sequence[Written]) -> list[list[DuplicateFound]]:
    """For each of these profiles the stored ones that may be the same, the most likely first."""
    sharing = repository.profiles_sharing(session, set().union(*(item.trace_labels for item in written)))
    near = [
        _nearest(item.number, [sharing.get((label, item.kind), ()) for label in item.trace_labels])
        for item in written
    ]
    known = by_numbers(session, set().union(*near))
    compared = {
        (number, public): Written.of(profile, public=public).comparable
        for number, profile in known.items()
        for public in {item.public for item in written}
    }
    return [
        _best(
            item.comparable,
            [(known[number], compared[number, item.public]) for number in numbers if number in known],
        )
        for item, numbers in zip(written, near, strict=True)
    ]


def similar_in_public(session: Session, profile: Profile) -> list[DuplicateFound]:
    """The stored profiles that may be the same as one, by what everybody may see: whoever guesses an address learns nothing."""
    [found] = similar_profiles(session, [Written.of(profile, public=True)])
    return found


def _nearest(number: int, sharing: Iterable[Collection[int]]) -> list[int]:
    """Those that share most with a profile, what few share counting most; they are worth a closer look."""
    weights: dict[int, float] = defaultdict(float)
    for others in sharing:
        for other in others:
            weights[other] += 1 / len(others)
    weights.pop(number, None)
    return nlargest(MOST_COMPARED, weights, key=lambda other: (weights[other], -other))


def _best(
    profile_: ComparableProfile, near: Iterable[tuple[Profile, ComparableProfile]]
) -> list[DuplicateFound]:
    found = [
        DuplicateFound(profile, alike)
        for profile, other in near
        if (alike := compare_profiles(profile_, other)) is not None
    ]
    return nlargest(MOST_FOUND, found, key=lambda one: (one.match.similarity, -(one.profile.number or 0)))


def note_duplicates(
    session: Session, written: Sequence[Written], now: datetime
) -> list[list[DuplicateFound]]:
    """Find what may be the same as these stored profiles, and keep each pair open until a steward has decided.

    A pair that was dismissed stays so; an open one that is not alike any more is forgotten.
    """
    found = similar_profiles(session, written)
    pairs = {
        _pair(item.number, other.profile.number or 0): other.match
        for item, others in zip(written, found, strict=True)
        for other in others
    }
    known = repository.known_pairs(session, [item.number for item in written])
    outdated = [row.number for pair, row in known.items() if pair not in pairs and row.state == "open"]
    repository.delete_pairs(session, outdated)
    for pair in pairs.keys() & known.keys():
        known[pair].degree, known[pair].because = pairs[pair].similarity, list(pairs[pair].fields)
    rows = [_row(pair, alike, now) for pair, alike in sorted(pairs.items()) if pair not in known]
    repository.add_pairs(session, rows)
    return found


def _row(pair: tuple[int, int], alike: DuplicateMatch, now: datetime) -> JsonObject:
    first, second = pair
    said = {"degree": alike.similarity, "because": list(alike.fields), "state": "open", "found_at": now}
    return {"id": new_id(), "first_number": first, "second_number": second, **said}


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)
