"""What a model would have proposed to the subjects of the latest partnerships, had it known only those before."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from matching.parts.suggestion import Suggestion
from matching.track_record.partnerships import PartnershipPair
from schemas.kinds import PAIRINGS, Kind
from schemas.records import Record

if TYPE_CHECKING:
    from matching.model import PartnershipModel

HOLDOUT_SHARE = 0.2
"""The share of the partnerships that are foreseen from the others."""
MAX_HOLDOUT = 600


@dataclass(frozen=True, slots=True)
class Backtest:
    """A model that knows what was known then, and by subject the keys of those it came to work with after that."""

    past_model: "PartnershipModel"
    relevant: Mapping[str, set[str]]
    _ranked: dict[tuple[int, date | None], list[tuple[Record, list[str]]]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, compare=False, repr=False)

    @classmethod
    def on_decisions(cls, model: "PartnershipModel", interested: Iterable[tuple[str, str]]) -> "Backtest":
        """What a model proposes to subjects (first key) who said in whom they were interested (second key)."""
        relevant: dict[str, set[str]] = defaultdict(set)
        for subject, candidate in interested:
            relevant[subject].add(candidate)
        return cls(model, relevant)

    @classmethod
    def on_track_record(cls, model: "PartnershipModel", pairs: Sequence[PartnershipPair]) -> "Backtest":
        """The latest of some pairs, foreseen by those before; the model stays as it is."""
        dated = sorted((str(pair[2]), *pair[:2]) for pair in pairs if len(pair) > 2 and pair[2])
        latest = (
            dated[-min(MAX_HOLDOUT, int(HOLDOUT_SHARE * len(dated))) :]
            if len(dated) >= 1 / HOLDOUT_SHARE
            else []
        )
        relevant: dict[str, set[str]] = defaultdict(set)
        for _, subject, candidate in latest:
            relevant[str(subject)].add(str(candidate))
        known = {(subject, candidate) for _, subject, candidate in latest}
        return cls(
            model.with_track_record([pair for pair in pairs if (pair[0], pair[1]) not in known]), relevant
        )

    def lists(
        self, model: "PartnershipModel", k: int, on: date | None = None
    ) -> Iterator[tuple[Record, list[Suggestion]]]:
        """What a model proposes to each subject, of the kinds that it came to work with."""
        for asked, wanted in self._asked(model):
            yield from zip(asked, model.suggest(asked, k, kinds=wanted, on=on), strict=True)

    def ranks(
        self, model: "PartnershipModel", k: int, on: date | None = None
    ) -> Iterator[tuple[Record, list[str]]]:
        """The keys of those whom a model proposes, as with :meth:`lists`."""
        for asked, wanted in self._asked(model):
            yield from zip(asked, model.rank(asked, k, kinds=wanted, on=on), strict=True)

    def ranks_of_past(self, k: int, on: date | None = None) -> list[tuple[Record, list[str]]]:
        """The same of the model that knew what was known then; worked out once."""
        with self._lock:
            if (k, on) not in self._ranked:
                self._ranked[k, on] = list(self.ranks(self.past_model, k, on))
            return self._ranked[k, on]

    def sample(self, most: int) -> "Backtest":
        """Of the subjects at most so many, evenly from all; the same ones each time."""
        keys = sorted(self.relevant)
        places = np.linspace(0, len(keys) - 1, min(most, len(keys))).round()
        return Backtest(
            self.past_model, {keys[int(place)]: self.relevant[keys[int(place)]] for place in places}
        )

    def _asked(self, model: "PartnershipModel") -> Iterator[tuple[list[Record], list[Kind]]]:
        for kind, subjects in by_kind(model, self.relevant).items():
            partners = by_kind(model, {other for key in subjects for other in self.relevant[key]})
            wanted = [other for other in PAIRINGS[kind] if other in partners]
            if wanted:
                yield (
                    [one.record for key in subjects if (one := model.state_.profiles.get(key))],
                    wanted,
                )


def by_kind(model: "PartnershipModel", keys: Iterable[str]) -> Mapping[Kind, list[str]]:
    """The keys that a model knows, by kind."""
    found: dict[Kind, list[str]] = defaultdict(list)
    for key in keys:
        if kind := model.state_.profiles.kind_of(key):
            found[kind].append(key)
    return found
