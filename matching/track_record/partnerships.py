"""The track record: partnerships, and since when they exist."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PartnershipPair = Sequence[str | None]
"""A pair as given: query key, candidate key and, if known, since when (a year or an ISO 8601 date)."""

MONTHS = 12
DEFAULT_AGE_YEARS = 3.0
"""How many years ago a partnership is taken to have begun when nobody says when it did."""


@dataclass(slots=True)
class TrackRecord:
    """Partnerships in both directions.

    ``partners`` holds, by key, the partners in order with the year in which the latest partnership began
    (2010.5 for July 2010), ``None`` where no date is known. ``latest`` is the latest such year.
    """

    partners: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    latest: float = 0.0

    @classmethod
    def of(cls, pairs: Iterable[PartnershipPair]) -> "TrackRecord":
        """The track record that these pairs make; raises ``ValueError`` for what is no pair."""
        partners: dict[str, dict[str, float | None]] = defaultdict(dict)
        for pair in pairs:
            if len(pair) not in (2, 3) or pair[0] is None or pair[1] is None:
                raise ValueError("a pair is a query key, a candidate key and, if known, since when")
            one, other = pair[0], pair[1]
            since = pair[2] if len(pair) == 3 else None
            began = _later(_year(since), partners[one].get(other))
            partners[one][other] = began
            partners[other][one] = began
        years = [year for known in partners.values() for year in known.values() if year is not None]
        ordered = {key: dict(sorted(others.items())) for key, others in partners.items()}
        return cls(ordered, max(years, default=0.0))

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those who have worked with this one, in order."""
        return tuple(self.partners.get(key, ()))

    def age(self, one: str, other: str) -> float:
        """How many years before the latest partnership of all this one began."""
        began = self.partners[one][other]
        return DEFAULT_AGE_YEARS if began is None else self.latest - began


def _year(since: str | None) -> float | None:
    if not since:
        return None
    year, _, rest = since.partition("-")
    month = rest.partition("-")[0]
    try:
        return int(year) + ((int(month) - 1) / MONTHS if month else 0.0)
    except ValueError:
        raise ValueError(f"since is a year or a date, not {since!r}") from None


def _later(one: float | None, other: float | None) -> float | None:
    known = [year for year in (one, other) if year is not None]
    return max(known) if known else None
