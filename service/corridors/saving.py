"""Storing many corridors at once: rows of migrant-stock tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from schemas.language import Language
from schemas.places import PlaceInput, country_of, with_iso_country
from schemas.records import CorridorRecord
from schemas.translation import message
from service.corridors import repository
from service.db.counters import next_changes
from service.db.tables import Corridor
from service.errors import Invalid
from service.field_errors import faults_of
from service.profiles.saving import SavedRecord
from service.profiles.validation import PlaceFinder, no_country, unknown_place

CORRIDOR_CHANGES = "corridor"
"""The sequence that counts the changes of corridors."""
CorridorEnds = tuple[str, str, str]
"""Codes of the territories of origin and of residence, and the source."""


@dataclass(frozen=True, slots=True)
class ExaminedCorridor:
    """A corridor that may be stored."""

    ends: CorridorEnds
    stock: int | None


def examine_corridor(said: Mapping[str, Any], finder: PlaceFinder, language: Language) -> ExaminedCorridor:
    """Check one record by itself; raises ``Invalid`` when it cannot be accepted."""
    fields = {name: _only(value) for name, value in said.items() if name != "kind"}
    try:
        record = CorridorRecord.model_validate(fields)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None
    origin, residence = (
        _territory(getattr(record, name), f"/{name}", finder, language) for name in ("origin", "residence")
    )
    if origin == residence:
        raise Invalid.at("/residence", message("A migration corridor leads from one territory to another."))
    return ExaminedCorridor((origin, residence, record.source), record.stock)


def _only(value: Any) -> Any:
    # In a table a cell of places is a list; a corridor has one place at each end.
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _territory(written: PlaceInput, pointer: str, finder: PlaceFinder, language: Language) -> str:
    given = with_iso_country(written)
    if not finder.find(country_of(given)).documents:
        raise Invalid.at(pointer, no_country(country_of(given)))
    found = finder.find(given)
    if not found.documents:
        raise Invalid.of([unknown_place(given, finder.shown(found.candidates, language), pointer)])
    if len(found.documents) > 1:
        raise Invalid.at(pointer, message("This place is several territories today. Give the code of one."))
    place = found.documents[0]
    # Migration is counted by areas: a name that is a town's, too, means the area it lies in.
    areas = [item.code for item in found.alternatives if item.code in place["path"]]
    return areas[0] if areas else str(place.get("code") or place["country"])


def store_corridors(session: Session, items: Sequence[ExaminedCorridor]) -> list[SavedRecord]:
    """Create or update these corridors; one outcome an item, in order."""
    next_changes(session, CORRIDOR_CHANGES, 0)
    stored = repository.stored(session, [item.ends for item in items])
    outcomes = []
    for item in items:
        saved = _decide(item, stored.get(item.ends))
        if saved.outcome == "created":
            stored[item.ends] = _new(item)
            session.add(stored[item.ends])
        elif saved.outcome == "updated":
            stored[item.ends].stock = item.stock
        outcomes.append(saved)
    if any(saved.outcome != "unchanged" for saved in outcomes):
        next_changes(session, CORRIDOR_CHANGES)
    session.flush()
    return outcomes


def preview_corridors(
    session: Session, items: Sequence[ExaminedCorridor], seen: dict[CorridorEnds, Corridor]
) -> list[SavedRecord]:
    """What :func:`store_corridors` would do, without doing it, after what has been seen so far."""
    stored = repository.stored(session, [item.ends for item in items])
    outcomes = []
    for item in items:
        outcomes.append(_decide(item, seen.get(item.ends) or stored.get(item.ends)))
        seen[item.ends] = _new(item)
    return outcomes


def _decide(item: ExaminedCorridor, former: Corridor | None) -> SavedRecord:
    if former is None:
        return SavedRecord("created")
    return SavedRecord("unchanged" if former.stock == item.stock else "updated")


def _new(item: ExaminedCorridor) -> Corridor:
    origin, residence, source = item.ends
    return Corridor(origin=origin, residence=residence, source=source, stock=item.stock)
