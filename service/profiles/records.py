"""What a stored profile is to others: a record for matching, for export, for searching and filtering."""

import hashlib
import json
from datetime import datetime

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import territories_of
from schemas.records import HOME_FIELD, PLACE_FIELDS
from schemas.sectors import ancestors, sectors
from schemas.texts import text_in
from service.db.tables import Profile


def matching_record(profile: Profile) -> JsonObject:
    """The profile as the matching model takes it: its document, its kind, its key and the day it was confirmed."""
    confirmed = profile.confirmed_at.date().isoformat() if profile.confirmed_at else None
    return {**profile.document, "key": profile.key, "kind": profile.kind, "confirmed": confirmed}


def as_input(kind: Kind, document: JsonObject) -> JsonObject:
    """A stored document with its places in the form in which they are given."""
    given = dict(document)
    for field in PLACE_FIELDS[kind]:
        if field in document:
            value = document[field]
            given[field] = [_given(place) for place in value] if isinstance(value, list) else _given(value)
    return given


def _given(place: JsonObject) -> str | JsonObject:
    if place.get("code"):
        return str(place["code"])
    return {name: place[name] for name in ("country", "place") if place.get(name)}


def record_hash(kind: Kind, document: JsonObject) -> str:
    """A hash that changes exactly when what the record says changes (SHA-256, hexadecimal)."""
    canonical = json.dumps(as_input(kind, document), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def places_in(kind: Kind, document: JsonObject) -> list[JsonObject]:
    """Every place a document names, in the order of its fields."""
    found: list[JsonObject] = []
    for field in PLACE_FIELDS[kind]:
        value = document.get(field) or []
        found.extend(value if isinstance(value, list) else [value])
    return found


def home_of(kind: Kind, document: JsonObject) -> list[JsonObject]:
    """Where a profile itself is."""
    value = document.get(HOME_FIELD[kind]) or []
    return value if isinstance(value, list) else [value]


def labels_of(kind: Kind, document: JsonObject) -> set[str]:
    """The labels a profile is filtered by, with every ancestor of its places and sectors."""
    labels = {f"priority:{priority}" for priority in document.get("priorities", [])}
    labels.update(f"territory:{code}" for code in territories_of(places_in(kind, document)))
    for sector in document.get("sectors", []):
        if sector in sectors():
            labels.update(f"sector:{code}" for code in ancestors(sector))
    return labels


def content_columns(kind: Kind, document: JsonObject, now: datetime) -> JsonObject:
    """The columns of a stored profile that hold what it says, with when it was written."""
    return {
        "name": stored_name(document),
        "document": document,
        "record_hash": record_hash(kind, document),
        "updated_at": now,
    }


def stored_name(document: JsonObject) -> str:
    """The name by which the database shows a profile to whoever looks into it; its readers see it in their language."""
    return text_in(document["name"], Language.EN)
