"""Comparison of two profiles: how similar they are, and in what.

What speaks against a duplicate (another phase, another registration number, places apart) is weighed as well: a false alarm
costs a steward's time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from matching.duplicates.profile import KINDS_WITH_ADDRESS, ComparableProfile
from schemas.kinds import Kind
from schemas.places import TerritoryPath

REVIEW_THRESHOLD = 0.8
"""The similarity from which a person should look at two profiles."""
SAME_NAME_SIMILARITY = 0.88
MIN_NAME_SIMILARITY = 0.6
SAME_TEXT_OVERLAP = 0.8
PHONETIC_WEIGHT = 0.95
"""The weight of names that sound alike, against names that are written alike."""
DOUBT_PENALTY = 0.15
COMPARED_FIELDS = ("registration_number", "name", "place", "website", "contact_email")


class DuplicateMatch(NamedTuple):
    """How alike two profiles are, and by what.

    Attributes
    ----------
    similarity : float
        Between 0 and 1.
    fields : tuple of str
        The fields that they have in common.
    """

    similarity: float
    fields: tuple[str, ...]


def compare_profiles(one: ComparableProfile, other: ComparableProfile) -> DuplicateMatch | None:
    """How similar two profiles of a kind are, from 0 to 1; ``None`` unless a person should look at them."""
    if one.kind != other.kind or _contradict(one, other):
        return None
    shared = _shared_fields(one, other)
    similarity = _similarity(one, other, shared)
    if "registration_number" not in shared:
        similarity -= DOUBT_PENALTY * _doubts(one, other)
    if similarity < REVIEW_THRESHOLD:
        return None
    said = [name for name in COMPARED_FIELDS if name in shared]
    return DuplicateMatch(round(similarity, 3), (*said, *_equal_besides(one, other)))


def _equal_besides(one: ComparableProfile, other: ComparableProfile) -> Iterator[str]:
    if _same_text(one, other):
        yield "description"
    for field in ("association", "operator", "budget", "starts"):
        if one.record.get(field) and one.record.get(field) == other.record.get(field):
            yield field


def _shared_fields(one: ComparableProfile, other: ComparableProfile) -> dict[str, float]:
    """The compared fields that they share, and how similar each is."""
    shared = {field: 1.0 for field, address in one.addresses.items() if other.addresses.get(field) == address}
    if (
        one.registration_number
        and one.registration_number == other.registration_number
        and _countries_meet(one, other)
    ):
        shared["registration_number"] = 1.0
    if (names := _name_similarity(one, other)) >= MIN_NAME_SIMILARITY:
        shared["name"] = names
    if _in_one_place(one.paths, other.paths):
        shared["place"] = 1.0
    return shared


def _similarity(one: ComparableProfile, other: ComparableProfile, shared: Mapping[str, float]) -> float:
    """From the surest sign to the weakest: a number, a name, a text, an address, a territory."""
    if "registration_number" in shared:
        return 0.98
    if _apart(one.paths, other.paths):
        return 0.0
    names, in_one_place = shared.get("name", 0.0), "place" in shared
    if names >= SAME_NAME_SIMILARITY:
        return names * (1.0 if in_one_place else 0.9)
    if one.kind not in KINDS_WITH_ADDRESS:
        return (0.9 if in_one_place else 0.8) * _same_text(one, other)
    if names and shared.keys() & {"website", "contact_email"}:
        return 0.9
    return 0.85 if names and in_one_place and one.kind is Kind.AUTHORITY else 0.0


def _contradict(one: ComparableProfile, other: ComparableProfile) -> bool:
    """Whether something says outright that the two are not the same."""
    levels = {level for side in (one, other) if (level := side.record.get("level"))}
    if len(levels) > 1:
        return True
    if one.registration_number and other.registration_number:
        return one.registration_number != other.registration_number
    return one.numerals != other.numerals


def _doubts(one: ComparableProfile, other: ComparableProfile) -> int:
    """How much speaks against it: origins that lie apart, budgets of another size, years between the beginnings."""
    doubts = int(one.kind is Kind.ASSOCIATION and _apart(one.origins, other.origins))
    ours, theirs = one.record.get("budget"), other.record.get("budget")
    if ours and theirs:
        low, high = sorted(float(budget["amount"]) for budget in (ours, theirs))
        doubts += high > 2 * low
    ours, theirs = one.record.get("starts"), other.record.get("starts")
    if ours and theirs:
        doubts += abs(int(str(ours)[:4]) - int(str(theirs)[:4])) > 1
    return doubts


def _name_similarity(one: ComparableProfile, other: ComparableProfile) -> float:
    """The similarity of the two most similar names; of names that only sound alike, short of certain."""
    written = _nearest(one.names, other.names)
    return (
        written
        if written >= SAME_NAME_SIMILARITY
        else max(written, PHONETIC_WEIGHT * _nearest(one.phonetic_names, other.phonetic_names))
    )


def _nearest(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> float:
    return max(
        (
            fuzz.ratio(" ".join(sorted(left)), " ".join(sorted(right)), score_cutoff=100 * MIN_NAME_SIMILARITY)
            for left in ours
            for right in theirs
        ),
        default=0.0,
    ) / 100  # fmt: skip


def _same_text(one: ComparableProfile, other: ComparableProfile) -> bool:
    return any(
        len(left & right) >= SAME_TEXT_OVERLAP * len(left | right)
        for left in one.texts
        for right in other.texts
    )


def _countries_meet(one: ComparableProfile, other: ComparableProfile) -> bool:
    ours, theirs = ({path[0] for path in side.paths} for side in (one, other))
    return not ours or not theirs or bool(ours & theirs)


def _apart(left: Sequence[TerritoryPath], right: Sequence[TerritoryPath]) -> bool:
    """Whether both sides name places, and none of the one lies in one of the other."""
    return bool(left and right) and not any(_nested(one, other) for one in left for other in right)


def _in_one_place(left: Sequence[TerritoryPath], right: Sequence[TerritoryPath]) -> bool:
    """Whether a place of the one is a place of the other, or lies in it; the same country is not enough."""
    return any(_nested(one, other) and min(len(one), len(other)) > 1 for one in left for other in right)


def _nested(left: TerritoryPath, right: TerritoryPath) -> bool:
    shortest = min(len(left), len(right))
    return left[:shortest] == right[:shortest]
