"""The track record: who has worked with whom, and how like the subject those earlier partners are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PairInput = Sequence[str | None]
"""A pair as given: query key, candidate key and, if known, since when."""


@dataclass(slots=True)
class TrackRecord:
    """Partnerships in both directions: whoever was found has found as well. When they began does not count yet."""

    partners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[PairInput]) -> "TrackRecord":
        """The track record that these pairs make; raises ``ValueError`` for what is no pair."""
        partners: dict[str, dict[str, None]] = defaultdict(dict)
        for pair in pairs:
            if len(pair) not in (2, 3) or pair[0] is None or pair[1] is None:
                raise ValueError("a pair is a query key, a candidate key and, if known, since when")
            query, candidate = pair[0], pair[1]
            partners[query][candidate] = None
            partners[candidate][query] = None
        return cls({key: tuple(sorted(others)) for key, others in partners.items()})

    def partners_of(self, key: str) -> tuple[str, ...]:
        """The keys of those who have worked with this one, in order."""
        return self.partners.get(key, ())
