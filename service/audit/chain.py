"""The hash chain of the audit log: each entry vouches for itself and for all before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.inputs import JsonObject
from service.db.tables import AuditEntry
from service.http.times import utc

BEGINNING = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the first entry (its number) that is missing or is not as it was written."""

    number: int


def canonical(details: JsonObject) -> str:
    """JSON that is always written in the same way."""
    return json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hash_of(entry: AuditEntry, before: str) -> str:
    """The hash of an entry that follows one with the hash ``before`` (SHA-256, hexadecimal)."""
    said = [
        entry.number,
        utc(entry.at),
        entry.by,
        entry.kind,
        str(entry.subject_id),
        entry.did,
        entry.details,
    ]
    return hashlib.sha256(f"{before}\n{json.dumps(said, ensure_ascii=False)}".encode()).hexdigest()


def first_break(entries: Iterable[AuditEntry], last: int) -> Break | None:
    """The first place where entries, in order of their numbers, do not make a whole chain up to number ``last``."""
    before, expected = BEGINNING, 1
    for entry in entries:
        if entry.number != expected or entry.hash != hash_of(entry, before):
            return Break(expected)
        before, expected = entry.hash, expected + 1
    return None if expected == last + 1 else Break(expected)
