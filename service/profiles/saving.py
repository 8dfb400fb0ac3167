"""Storing many records at once: the one path of imports, of the seed and of generated organisations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.language import Language
from schemas.records import Key
from schemas.translation import message
from service.db.base import new_id
from service.db.tables import Profile
from service.db.text_search import index_texts
from service.errors import Invalid
from service.field_errors import Fault, faults_of
from service.profiles import repository
from service.profiles.records import labels_of, record_hash, searchable_text
from service.profiles.validation import CheckedRecord, PlaceFinder, check_record

Record = dict[str, Any]
KEY: TypeAdapter[str] = TypeAdapter(Key)


@dataclass(slots=True)
class SavedRecord:
    """What became of one record: ``created``, ``updated``, ``unchanged`` or ``rejected``, and why."""

    outcome: str
    key: str | None = None
    problems: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Saving:
    """The circumstances in which records are saved."""

    session: Session
    finder: PlaceFinder
    language: Language
    now: datetime
    sources: dict[str, Any] | None = None


@dataclass(slots=True)
class _Candidate:
    position: int
    kind: Kind
    key: str
    checked: CheckedRecord
    owner_key: str | None


def save_records(
    saving: Saving,
    records: Sequence[Record],
    *,
    kind: Kind | None = None,
    sources: Sequence[Record | None] = (),
) -> list[SavedRecord]:
    """Create or update the profiles these records describe, by their keys; one outcome a record, in order.

    A record that cannot be accepted is rejected whole, and does not disturb the others. A key that comes
    twice is saved in the order given. ``kind`` stands in where a record names none.
    """
    outcomes: list[SavedRecord] = []
    batch: list[_Candidate] = []
    for position, record in enumerate(records):
        candidate, outcome = _examine(saving, record, kind, position)
        outcomes.append(outcome)
        if candidate is None:
            continue
        if any(candidate.key == other.key for other in batch):
            _save_batch(saving, batch, outcomes, sources)
            batch = []
        batch.append(candidate)
    _save_batch(saving, batch, outcomes, sources)
    return outcomes


def _examine(
    saving: Saving, record: Record, kind: Kind | None, position: int
) -> tuple[_Candidate | None, SavedRecord]:
    said = dict(record)
    key = said.pop("key", None)
    try:
        key = KEY.validate_python(key)
        named = Kind(said.pop("kind", None) or kind or "")
        checked = check_record(named, said, saving.finder, saving.language)
    except ValidationError as error:
        problem = replace(faults_of(error.errors())[0], pointer="/key")
        return None, SavedRecord("rejected", None, [problem])
    except Invalid as error:
        return None, SavedRecord("rejected", key, error.errors)
    except ValueError:
        detail = message("Give a kind: association, authority, programme or project.")
        return None, SavedRecord("rejected", key, [Fault("/kind", detail)])
    owner = checked.document.get("association") if named is Kind.PROJECT else None
    return _Candidate(position, named, key, checked, owner), SavedRecord("", key, checked.remarks)


def _save_batch(
    saving: Saving, batch: list[_Candidate], outcomes: list[SavedRecord], sources: Sequence[Record | None]
) -> None:
    session = saving.session
    stored = repository.by_keys(session, (candidate.key for candidate in batch))
    owners = repository.by_keys(session, (item.owner_key for item in batch if item.owner_key))
    fresh: list[_Candidate] = []
    changed: list[tuple[_Candidate, Profile]] = []
    for candidate in batch:
        former = stored.get(candidate.key)
        if former is None:
            fresh.append(candidate)
            outcomes[candidate.position].outcome = "created"
        elif former.kind != candidate.kind:
            outcomes[candidate.position] = _other_kind(saving, candidate, former)
        elif former.record_hash == record_hash(candidate.kind, candidate.checked.document):
            outcomes[candidate.position].outcome = "unchanged"
        else:
            changed.append((candidate, former))
            outcomes[candidate.position].outcome = "updated"
    numbers = _insert(saving, fresh, owners, sources)
    for candidate, former in changed:
        _overwrite(saving, candidate, former, owners)
        numbers[candidate.key] = former.number or 0
    _index(saving, [*fresh, *(candidate for candidate, _ in changed)], numbers)


def _other_kind(saving: Saving, candidate: _Candidate, former: Profile) -> SavedRecord:
    detail = message(
        "This key belongs to another kind of profile: {kind}. Give a key of its own.", kind=former.kind
    )
    return SavedRecord("rejected", candidate.key, [Fault("/key", detail)])


def _insert(
    saving: Saving,
    fresh: Sequence[_Candidate],
    owners: dict[str, Profile],
    sources: Sequence[Record | None],
) -> dict[str, int]:
    if not fresh:
        return {}
    first = repository.next_changes(saving.session, "profile", len(fresh))
    rows = [
        {
            "id": new_id(),
            "kind": candidate.kind.value,
            "key": candidate.key,
            "name": candidate.checked.document["name"],
            "document": candidate.checked.document,
            "sources": sources[candidate.position] if sources else saving.sources,
            "owner_number": _owner_number(candidate, owners),
            "published": True,
            "version": 1,
            "change_number": first + offset,
            "record_hash": record_hash(candidate.kind, candidate.checked.document),
            "created_at": saving.now,
            "updated_at": saving.now,
        }
        for offset, candidate in enumerate(fresh)
    ]
    return repository.insert_profiles(saving.session, rows)


def _owner_number(candidate: _Candidate, owners: dict[str, Profile]) -> int | None:
    owner = owners.get(candidate.owner_key or "")
    return owner.number if owner is not None and owner.kind == Kind.ASSOCIATION else None


def _overwrite(saving: Saving, candidate: _Candidate, profile: Profile, owners: dict[str, Profile]) -> None:
    write_document(saving.session, profile, candidate.checked.document, saving.now)
    if candidate.owner_key:
        profile.owner_number = _owner_number(candidate, owners)


def write_document(session: Session, profile: Profile, document: Record, now: datetime) -> None:
    """Put a new document into a stored profile, and count the change."""
    profile.document = document
    profile.name = document["name"]
    profile.record_hash = record_hash(Kind(profile.kind), document)
    profile.version += 1
    profile.change_number = repository.next_changes(session, "profile")
    profile.updated_at = now
    session.add(profile)
    session.flush()


def _index(saving: Saving, candidates: Iterable[_Candidate], numbers: dict[str, int]) -> None:
    index_documents(
        saving.session,
        [(numbers[item.key], item.kind, item.checked.document) for item in candidates],
    )


def index_documents(session: Session, written: Sequence[tuple[int, Kind, Record]]) -> None:
    """Make written profiles findable by label and word."""
    if not written:
        return
    repository.replace_labels(
        session,
        {number: (kind.value, labels_of(kind, document)) for number, kind, document in written},
    )
    index_texts(session, [(number, searchable_text(document)) for number, _, document in written])
