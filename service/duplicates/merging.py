"""Merging two profiles that are the same: one remains, and all that hung on the other goes on at it.

What cannot move because the one that remains has its equal is written down with the profile that is gone, as it
was; its identifier and its key go on to lead to the one that remains.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.partnerships import PartnershipState
from service.db.counters import next_changes
from service.db.tables import (
    Decision,
    Duplicate,
    MergedProfile,
    Partnership,
    Profile,
)
from service.db.text_search import forget_texts
from service.digests.repository import subscription_of
from service.duplicates import repository
from service.errors import Invalid
from service.outbox.announcing import announce_profiles
from service.partnerships.repository import PARTNERSHIP_CHANGES
from service.profiles import repository as profiles
from service.profiles.records import as_input, stored_name
from service.profiles.saving import make_findable
from service.profiles.validation import validate_shape
from service.suggestions.capacity import DECISION_CHANGES

MovedRows = dict[str, list[JsonObject]]
LIST_FIELDS = ("languages", "sectors", "priorities", "origin", "residence")
SECRETS = {"unsubscribe_token"}


def merge_profiles(
    session: Session, keep: Profile, gone: Profile, *, reason: str, by: str, now: datetime
) -> MergedProfile:
    """Let ``keep`` stand for both; both are of one kind, and no other writer is at them (:func:`repository.lock_profiles`)."""
    keeper, goner = keep.number or 0, gone.number or 0
    change = next_changes(session, "profile", 2)
    for sequence in (PARTNERSHIP_CHANGES, DECISION_CHANGES):
        next_changes(session, sequence)
    touched = {keeper, *profiles.listing(session, goner), *profiles.listing(session, keeper)}
    moved = _move_ties(session, keep, gone) | _move_subscription(session, keep, gone)
    repository.move_belongings(session, keeper, goner)
    merged = MergedProfile(
        id=gone.id,
        kind=gone.kind,
        key=gone.key,
        into_number=keeper,
        document=gone.document,
        sources=gone.sources,
        record_hash=gone.record_hash,
        moved=moved,
        created_at=gone.created_at,
        merged_at=now,
        merged_by=by,
        reason=reason,
    )
    forget_texts(session, [goner])
    profiles.delete_profile(session, gone, change)
    session.add(merged)
    _rewrite(session, keep, united(Kind(keep.kind), keep.document, gone.document), change + 1, now)
    announce_profiles(session, touched - {goner}, now)
    return merged


def united(kind: Kind, keep: JsonObject, gone: JsonObject) -> JsonObject:
    """What the one says, and where it says nothing what the other says; lists hold what either does."""
    gaps = {name: value for name, value in gone.items() if _says_nothing(keep.get(name))}
    both = {name: _both(name, keep[name], gone.get(name)) for name in keep if not _says_nothing(keep[name])}
    for document in (keep | gaps | both, keep | gaps):
        try:
            validate_shape(kind, as_input(kind, document))
        except Invalid:
            continue
        return document
    return keep


def _says_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _both(name: str, ours: Any, theirs: Any) -> Any:
    if name in LIST_FIELDS and isinstance(theirs, list):
        return ours + [item for item in theirs if _meaning(item) not in map(_meaning, ours)]
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return theirs | ours if name in ("name", "description", "needs", "offers", "conditions") else ours
    return ours


def _meaning(item: Any) -> Any:
    return (item.get("code") or item["country"], item.get("place")) if isinstance(item, dict) else item


def _rewrite(session: Session, keep: Profile, document: JsonObject, change: int, now: datetime) -> None:
    # The hash stays that of what its sender said last: sending that again changes nothing.
    keep.document, keep.name = document, stored_name(document)
    keep.version += 1
    keep.change_number = change
    keep.updated_at = now
    session.add(keep)
    session.flush()
    make_findable(session, keep, now, fresh=False)


def _move_ties(session: Session, keep: Profile, gone: Profile) -> MovedRows:
    aside: MovedRows = {}
    for table, *sides in repository.TIES:
        one, other = sides
        theirs = repository.tied(session, table, (one, other), gone.number or 0)
        ours = {
            _ends(row, one, other): row
            for row in repository.tied(session, table, (one, other), keep.number or 0)
        }
        for row in theirs:
            ends = _ends_after(row, one, other, keep.number or 0, gone.number or 0)
            if (former := ours.get(ends)) is not None or ends[-1] == ends[-2]:
                aside.setdefault(str(table.__tablename__), []).append(_shown(session, row, one, other))
                if former is not None:
                    _combine(former, row)
                    session.add(former)
                session.delete(row)
            else:
                setattr(row, one, ends[-2])
                setattr(row, other, ends[-1])
                session.add(row)
                ours[ends] = row
        session.flush()
    return aside


def _ends(row: Any, one: str, other: str) -> tuple[Any, ...]:
    """What makes two rows equal: both their sides, and what a digest item is of."""
    described = getattr(row, "subscription_id", None), getattr(row, "not_yet_open", None)
    return described, getattr(row, one), getattr(row, other)


def _ends_after(row: Any, one: str, other: str, keep: int, gone: int) -> tuple[Any, ...]:
    described, *sides = _ends(row, one, other)
    now = [keep if side == gone else side for side in sides]
    return described, *(sorted(now) if isinstance(row, Duplicate) else now)


def _combine(former: Any, row: Any) -> None:
    """Let the row that stays keep the better of both."""
    if isinstance(former, Partnership):
        if row.state == PartnershipState.CONFIRMED:
            former.state, former.named_by = PartnershipState.CONFIRMED, None
        former.since = min(filter(None, (former.since, row.since)), default=None)
        if row.updated_at > former.updated_at:
            former.status, former.updated_at = row.status or former.status, row.updated_at
        former.version += 1
    elif isinstance(former, Decision) and row.decided_at > former.decided_at:
        for name in ("decision", "reason", "decided_by", "decided_at"):
            setattr(former, name, getattr(row, name))


def _shown(session: Session, row: SQLModel, one: str, other: str) -> JsonObject:
    numbers = {name: getattr(row, name) for name in (one, other)}
    named = profiles.by_numbers(session, numbers.values())
    sides = {name.removesuffix("_number"): str(named[number].id) for name, number in numbers.items()}
    return sides | row.model_dump(mode="json", exclude={one, other, "number"})


def _move_subscription(session: Session, keep: Profile, gone: Profile) -> MovedRows:
    """One organisation is written to at one address: the one that is written to already, if there are two."""
    ours = subscription_of(session, keep.number or 0, to_change=True)
    theirs = subscription_of(session, gone.number or 0, to_change=True)
    if theirs is None:
        return {}
    leaves = ours
    if ours is not None and (ours.state == "active" or theirs.state != "active"):
        leaves = theirs
    aside: MovedRows = {}
    if leaves is not None:
        aside["subscription"] = [leaves.model_dump(mode="json", exclude={"organisation_number", *SECRETS})]
        aside["digest"] = [
            digest.model_dump(mode="json", include={"id", "period", "state", "sent_at"})
            for digest in repository.digests_of(session, leaves)
        ]
        session.delete(leaves)
        session.flush()
    if leaves is not theirs:
        theirs.organisation_number = keep.number or 0
        session.add(theirs)
        session.flush()
    return aside
