"""Storing records, one or many at once: the one path of registration, imports, the seed and generated organisations.

First each record is examined by itself, which only reads; then what was accepted is stored in one go. Between
the two, nobody else's writing has to wait.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.records import KEY_PATTERN
from schemas.translation import message
from service.db.base import new_id
from service.db.counters import next_changes
from service.db.tables import Profile
from service.db.text_search import forget_texts, index_texts
from service.errors import Conflict, Invalid
from service.field_errors import Fault, faults_of
from service.outbox.announcing import announce_profiles
from service.profiles import repository
from service.profiles.duplicates import (
    DuplicateFound,
    Written,
    note_duplicates,
    similar_profiles,
    warnings,
)
from service.profiles.keys import LONGEST_KEY
from service.profiles.records import content_columns, labels_of, record_hash
from service.profiles.repository import Head
from service.profiles.searchable import search_texts
from service.profiles.validation import PlaceFinder, check_record

CONFIRMATION_LEEWAY = timedelta(days=30)
KEY: TypeAdapter[str] = TypeAdapter(
    Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_KEY, pattern=KEY_PATTERN)]
)
"""A key as an export writes it, which may be longer than its sender's."""


@dataclass(slots=True)
class SavedRecord:
    """What became of one record: ``created``, ``updated``, ``unchanged`` or ``rejected``, and why."""

    outcome: str
    key: str | None = None
    problems: list[Fault] = field(default_factory=list)
    similar: list[DuplicateFound] = field(default_factory=list)
    """Stored profiles that may be the same, the most likely first."""


@dataclass(frozen=True, slots=True)
class ExaminedRecord:
    """A record that may be stored: its document with places and sectors found, what was not found, and how places
    were understood."""

    kind: Kind
    key: str
    document: JsonObject
    record_hash: str
    published: bool | None
    remarks: list[Fault]
    notes: list[Fault]
    sources: JsonObject | None = None
    id: UUID = field(default_factory=new_id)
    """The identifier of the profile, if it is a new one."""
    owner_number: int | None = None
    """To whom the profile belongs, where that is known beforehand."""

    @property
    def problems(self) -> list[Fault]:
        """What its sender should read."""
        return [*self.remarks, *self.notes]

    @property
    def owner_key(self) -> str | None:
        """The key of the association a project belongs to."""
        return self.document.get("association") if self.kind is Kind.PROJECT else None

    def head(self, number: int) -> Head:
        """The record as it stands once it is stored under this number."""
        return Head(number, self.key, self.kind.value, self.record_hash, self.published is not False, 1)


def examine_record(
    record: JsonObject,
    kind: Kind | None,
    finder: PlaceFinder,
    language: Language,
    sources: JsonObject | None = None,
) -> ExaminedRecord:
    """Check one record by itself; raises ``Invalid`` when it cannot be accepted. ``kind`` stands in where it names none."""
    said = dict(record)
    key = _checked_key(said.pop("key", None))
    named = _checked_kind(said.pop("kind", None) or kind)
    published = said.pop("published", None)
    if published is not None and not isinstance(published, bool):
        raise Invalid.at("/published", message("Give true or false."))
    checked = check_record(named, said, finder, language)
    document = checked.document
    return ExaminedRecord(
        named,
        key,
        document,
        record_hash(named, document),
        published,
        checked.remarks,
        checked.notes,
        sources,
    )


def _checked_key(key: Any) -> str:
    try:
        return KEY.validate_python(key)
    except ValidationError as error:
        raise Invalid.of([replace(faults_of(error.errors())[0], pointer="/key")]) from None


def _checked_kind(kind: Any) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        detail = message("Give a kind: association, authority, programme or project.")
        raise Invalid.at("/kind", detail) from None


def store_records(session: Session, records: Sequence[ExaminedRecord], now: datetime) -> list[SavedRecord]:
    """Create or update the profiles these records describe, by their keys; one outcome a record, in order.

    A key that comes twice is stored in the order given.
    """
    return [
        saved for batch in _without_repeats(records) for saved in _store_batch(session, batch, _decide, now)
    ]


def store_new_record(session: Session, record: ExaminedRecord, now: datetime) -> SavedRecord:
    """Create the profile that a record describes; raises ``Conflict`` for a key that is known already."""
    [saved] = _store_batch(session, [record], _decide_new, now)
    return saved


def preview_records(
    session: Session, records: Sequence[ExaminedRecord], seen: dict[str, Head]
) -> list[SavedRecord]:
    """What :func:`store_records` would do, without doing it; ``seen`` holds what earlier records would have left."""
    heads = repository.heads_by_key(session, [item.key for item in records if item.key not in seen])
    outcomes = []
    for item in records:
        former = seen.get(item.key) or heads.get(item.key)
        saved = _decide(item, former)
        if saved.outcome != "rejected":
            seen[item.key] = item.head(former.number if former else 0)
        outcomes.append(saved)
    decided = zip(records, outcomes, strict=True)
    new = [
        (saved, Written(0, item.kind, item.document)) for item, saved in decided if saved.outcome == "created"
    ]
    _warn([saved for saved, _ in new], similar_profiles(session, [item for _, item in new]))
    return outcomes


def _warn(outcomes: Iterable[SavedRecord], found: Iterable[Iterable[DuplicateFound]]) -> None:
    """Say of records which profiles they may be."""
    for saved, others in zip(outcomes, found, strict=True):
        saved.similar = list(others)
        saved.problems = [*saved.problems, *warnings(saved.similar)]


def _without_repeats(records: Sequence[ExaminedRecord]) -> Iterator[list[ExaminedRecord]]:
    """The records in batches in which no key comes twice."""
    batch: dict[str, ExaminedRecord] = {}
    for item in records:
        if item.key in batch:
            yield list(batch.values())
            batch = {}
        batch[item.key] = item
    if batch:
        yield list(batch.values())


def _decide_new(item: ExaminedRecord, former: Head | None) -> SavedRecord:
    if former is not None:
        raise Conflict(
            message("There is already a profile with this key. Change that one, or choose another key.")
        )
    return _decide(item, former)


def _decide(item: ExaminedRecord, former: Head | None) -> SavedRecord:
    if former is None:
        return SavedRecord("created", item.key, item.problems)
    if former.kind != item.kind:
        detail = message(
            "This key belongs to another kind of profile: {kind}. Give a key of its own.", kind=former.kind
        )
        return SavedRecord("rejected", item.key, [Fault("/key", detail)])
    if former.merged_into is not None:
        return _decide_merged(item, former, former.merged_into)
    shown_as_before = item.published is None or item.published == former.published
    same = former.record_hash == item.record_hash and shown_as_before
    return SavedRecord("unchanged" if same else "updated", item.key, item.problems)


def _decide_merged(item: ExaminedRecord, former: Head, into: str) -> SavedRecord:
    """What was merged is known as long as it says the same; new statements belong under the other key."""
    if former.record_hash == item.record_hash:
        known = message("This profile was merged into the one with the key {other_key}.", other_key=into)
        return SavedRecord("unchanged", item.key, [*item.problems, Fault("/key", known)])
    detail = message(
        "This profile was merged into the one with the key {other_key}. Send changes under that key.",
        other_key=into,
    )
    return SavedRecord("rejected", item.key, [Fault("/key", detail)])


def _store_batch(
    session: Session,
    batch: list[ExaminedRecord],
    decide: Callable[[ExaminedRecord, Head | None], SavedRecord],
    now: datetime,
) -> list[SavedRecord]:
    keys = [item.key for item in batch]
    # Rows first, then the sequence: the order in which every other writer takes them.
    heads = repository.heads_by_key(session, keys, to_change=True)
    if len(heads) < len(keys):
        next_changes(session, "profile", 0)
        heads |= repository.heads_by_key(session, [key for key in keys if key not in heads])
    outcomes = [decide(item, heads.get(item.key)) for item in batch]
    decided = list(zip(batch, outcomes, strict=True))
    fresh = [item for item, saved in decided if saved.outcome == "created"]
    changed = [item for item, saved in decided if saved.outcome == "updated"]
    if fresh or changed:
        # A project may belong to an association of the same batch: that one first.
        numbers = _insert(session, [item for item in fresh if not item.owner_key], {}, now)
        owners = repository.heads_by_key(session, [item.owner_key for item in batch if item.owner_key])
        numbers |= _insert(session, [item for item in fresh if item.owner_key], owners, now)
        numbers |= _overwrite(session, changed, heads, owners, now)
        announce_profiles(session, numbers.values(), now)
        written = {
            item.key: Written(numbers[item.key], item.kind, item.document) for item in (*fresh, *changed)
        }
        index_documents(session, [written[item.key] for item in fresh], fresh=True)
        index_documents(session, [written[item.key] for item in changed], fresh=False)
        stored = [(saved, written[item.key]) for item, saved in decided if item.key in written]
        found = note_duplicates(session, [item for _, item in stored], now)
        _warn([saved for saved, _ in stored], found)
    _confirm(
        session, [heads[saved.key] for _, saved in decided if saved.outcome == "unchanged" and saved.key], now
    )
    return outcomes


def _confirm(session: Session, unchanged: Sequence[Head], now: datetime) -> None:
    """What is sent again and says the same is confirmed by that; not written where it was confirmed a moment ago."""
    old = [
        head.number
        for head in unchanged
        if head.confirmed_at is None or now - head.confirmed_at > CONFIRMATION_LEEWAY
    ]
    if old:
        first = next_changes(session, "profile", len(old))
        rows = [
            {"number": number, "change_number": first + offset, "confirmed_at": now}
            for offset, number in enumerate(old)
        ]
        repository.update_profiles(session, rows)
        announce_profiles(session, old, now)


def _insert(
    session: Session, fresh: Sequence[ExaminedRecord], owners: dict[str, Head], now: datetime
) -> dict[str, int]:
    if not fresh:
        return {}
    first = next_changes(session, "profile", len(fresh))
    rows = [
        {
            **content_columns(item.kind, item.document, now),
            "id": item.id,
            "kind": item.kind.value,
            "key": item.key,
            "sources": item.sources,
            "owner_number": _owner_number(item, owners),
            "published": item.published is not False,
            "version": 1,
            "change_number": first + offset,
            "created_at": now,
            "confirmed_at": now,
        }
        for offset, item in enumerate(fresh)
    ]
    return repository.insert_profiles(session, rows)


def _overwrite(
    session: Session,
    changed: Sequence[ExaminedRecord],
    heads: dict[str, Head],
    owners: dict[str, Head],
    now: datetime,
) -> dict[str, int]:
    if not changed:
        return {}
    first = next_changes(session, "profile", len(changed))
    rows = []
    for offset, item in enumerate(changed):
        former = heads[item.key]
        row = {
            **content_columns(item.kind, item.document, now),
            "number": former.number,
            "published": former.published if item.published is None else item.published,
            "version": former.version + 1,
            "change_number": first + offset,
            "confirmed_at": now,
        }
        rows.append(row | ({"owner_number": _owner_number(item, owners)} if item.owner_key else {}))
    repository.update_profiles(session, rows)
    return {item.key: heads[item.key].number for item in changed}


def _owner_number(item: ExaminedRecord, owners: dict[str, Head]) -> int | None:
    if item.owner_number is not None:
        return item.owner_number
    owner = owners.get(item.owner_key or "")
    return owner.number if owner is not None and owner.kind == Kind.ASSOCIATION else None


def write_document(session: Session, profile: Profile, document: JsonObject, now: datetime) -> None:
    """Put a new document into a stored profile, and count the change."""
    profile.sqlmodel_update(content_columns(Kind(profile.kind), document, now))
    profile.version += 1
    profile.change_number = next_changes(session, "profile")
    profile.confirmed_at = now
    session.add(profile)
    session.flush()
    announce_profiles(session, [profile.number or 0], now)


def make_findable(session: Session, profile: Profile, now: datetime, *, fresh: bool) -> list[DuplicateFound]:
    """Have a stored profile found by label and word; the profiles that may be the same."""
    written = Written.of(profile)
    index_documents(session, [written], fresh=fresh)
    [found] = note_duplicates(session, [written], now)
    return found


def index_documents(session: Session, written: Sequence[Written], *, fresh: bool) -> None:
    """Make written profiles findable by label and word; what those were found by that are not ``fresh`` is replaced."""
    if not written:
        return
    if not fresh:
        numbers = [item.number for item in written]
        repository.forget_labels(session, numbers)
        forget_texts(session, numbers)
    labels = {
        item.number: (item.kind.value, labels_of(item.kind, item.document) | item.trace_labels)
        for item in written
    }
    repository.add_labels(session, labels)
    index_texts(session, search_texts(session, written))
