"""What profiles of one kind say, column by column: what conditions ask of all of them at once."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from math import nan
from typing import Any

import numpy as np

from matching.features.records import SIDES, Side, Traits
from matching.rules.verdict import Verdict
from matching.sparse.matrices import Floats, Mask
from schemas.dates import earliest_day, latest_day
from schemas.places import TerritoryPath
from schemas.records import Record
from schemas.sectors import ancestors
from schemas.text_folding import fold

MAX_CACHED_VERDICTS = 200
"""So many verdicts are remembered: with every day there are new ones."""


class FactTable:
    """Some profiles of one kind, as conditions look at them; what was asked once is remembered."""

    def __init__(self, records: Sequence[Record], traits: Sequence[Traits]) -> None:
        self._records, self._traits = records, traits
        self._verdicts: dict[Hashable, Verdict] = {}
        self._columns: dict[tuple[str, ...], Floats] = {}

    def cached(self, key: Hashable, compute: Callable[[], Verdict]) -> Verdict:
        """A verdict, computed where it is not known by its key."""
        if key not in self._verdicts:
            if len(self._verdicts) >= MAX_CACHED_VERDICTS:
                self._verdicts.clear()
            self._verdicts[key] = compute()
        return self._verdicts[key]

    def everybody(self, *, met: bool | None) -> Verdict:
        """The same verdict for all."""
        return Verdict(self._all(met is True), self._all(met is False))

    def _all(self, value: bool) -> Mask:
        return np.full(len(self._records), value)

    def number(self, field: str) -> Floats:
        """A number, or 1 and 0 for yes and no; NaN where nothing is said."""
        return self._column(field, read=lambda record: _number(record.get(field)))

    def money(self, field: str, currency: str) -> Floats:
        """An amount, where it is in this currency; NaN elsewhere."""
        return self._column(field, currency, read=lambda record: _amount(record.get(field), currency))

    def share(self, field: str, whole: str) -> Floats:
        """One amount of money as a share of another in the same currency; NaN where that is not known."""
        return self._column(
            field, "/", whole, read=lambda record: _share(record.get(field), record.get(whole))
        )

    def days(self, field: str, *, latest: bool = False) -> Floats:
        """The earliest or the latest day that a date can mean, as a proleptic ordinal; NaN where there is none."""
        end = latest_day if latest else earliest_day
        return self._column(
            field,
            "to" if latest else "from",
            read=lambda record: end(str(day)).toordinal() if (day := record.get(field)) else nan,
        )

    def _column(self, *name: str, read: Callable[[Record], float]) -> Floats:
        if name not in self._columns:
            self._columns[name] = np.fromiter(map(read, self._records), np.float64, len(self._records))
        return self._columns[name]

    def among(self, field: str, values: Sequence[str]) -> Verdict:
        """Whether a text is one of these, in whatever spelling; not known where there is none."""
        wanted = {fold(value) for value in values}
        said = [record.get(field) for record in self._records]
        found = [None if text is None else fold(str(text)) in wanted for text in said]
        return _verdict(found)

    def within(self, side: str | None, paths: Sequence[TerritoryPath]) -> Verdict:
        """Whether a place on a side, or on either, lies within one of these territories.

        Not known where none is named, or only one within which such a territory lies.
        """
        sides = [name for name in SIDES if side in (name, None)]
        yes, perhaps, somewhere = self._all(False), self._all(False), self._all(False)
        for name in sides:
            somewhere[self._anywhere[name]] = True
            for path in paths:
                yes[self._under[name].get(path, [])] = True
                for steps in range(1, len(path)):
                    perhaps[self._at[name].get(path[:steps], [])] = True
        return Verdict(yes, somewhere & ~yes & ~perhaps)

    @cached_property
    def _places(self) -> Mapping[Side, list[tuple[int, TerritoryPath]]]:
        return {side: list(self._places_on(side)) for side in SIDES}

    def _places_on(self, side: Side) -> Iterator[tuple[int, TerritoryPath]]:
        for position, traits in enumerate(self._traits):
            for path in traits.places[side]:
                yield position, path

    @cached_property
    def _anywhere(self) -> Mapping[Side, list[int]]:
        return {side: [position for position, _ in self._places[side]] for side in SIDES}

    @cached_property
    def _at(self) -> Mapping[Side, Mapping[TerritoryPath, list[int]]]:
        """Who names a territory itself."""
        return {side: _positions(self._places[side]) for side in SIDES}

    @cached_property
    def _under(self) -> Mapping[Side, Mapping[TerritoryPath, list[int]]]:
        """Who has a place within a territory."""
        return {
            side: _positions(
                (position, path[:steps])
                for position, path in self._places[side]
                for steps in range(1, len(path) + 1)
            )
            for side in SIDES
        }

    def of_sectors(self, codes: Sequence[str]) -> Verdict:
        """Whether a sector is one of these or belongs to one; not known where none is named, or only a category of one."""
        wanted = set(codes)
        wider = {code for each in codes for code in ancestors(each)} - wanted

        def found(traits: Traits) -> bool | None:
            if any(wanted.intersection(ancestors(code)) for code in traits.sectors):
                return True
            return None if not traits.sectors or wider.intersection(traits.sectors) else False

        return _verdict([found(traits) for traits in self._traits])

    def of_priorities(self, priorities: Sequence[str]) -> Verdict:
        """Whether a priority is one of these; not known where none is named."""
        wanted = set(priorities)
        return _verdict(
            [
                bool(wanted.intersection(own)) if (own := traits.priorities) else None
                for traits in self._traits
            ]
        )


def _verdict(found: Sequence[bool | None]) -> Verdict:
    return Verdict(np.array([each is True for each in found]), np.array([each is False for each in found]))


def _number(said: Any) -> float:
    return nan if said is None else float(said)


def _amount(money: Any, currency: str) -> float:
    return float(money["amount"]) if money and money["currency"] == currency else nan


def _share(part: Any, whole: Any) -> float:
    if not part or not whole or part["currency"] != whole["currency"] or not float(whole["amount"]):
        return nan
    return float(Decimal(str(part["amount"])) / Decimal(str(whole["amount"])))


def _positions(places: Iterable[tuple[int, TerritoryPath]]) -> Mapping[TerritoryPath, list[int]]:
    found: dict[TerritoryPath, list[int]] = {}
    for position, path in places:
        found.setdefault(path, []).append(position)
    return found
