"""Storing many partnerships at once, by the keys of their two sides."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from schemas.dates import earliest_day
from schemas.partnerships import PartnershipState
from schemas.records import PartnershipRecord
from schemas.translation import message
from service.clock import now
from service.db.counters import next_changes
from service.db.tables import Partnership
from service.errors import Invalid
from service.field_errors import Fault, faults_of
from service.outbox.announcing import announce_profiles
from service.partnerships import repository
from service.partnerships.confirming import IN_THE_FUTURE
from service.partnerships.repository import PARTNERSHIP_CHANGES
from service.profiles import repository as profiles
from service.profiles.repository import Head
from service.profiles.saving import SavedRecord

PartnershipKey = tuple[str, str]
PartnershipEnds = tuple[int, int]
Known = tuple[str | None, str | None, bool]
"""What is recorded of a partnership besides its sides: since when, how it stands, and whether it is confirmed."""


def examine_partnership(said: Mapping[str, Any]) -> PartnershipRecord:
    """Check one record by itself; raises ``Invalid`` when it cannot be accepted."""
    fields = {name: value for name, value in said.items() if name != "kind"}
    try:
        record = PartnershipRecord.model_validate(fields)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None
    if record.since and record.status != "planned" and earliest_day(record.since) > now().date():
        raise Invalid.at("/since", IN_THE_FUTURE)
    if record.query == record.candidate:
        raise Invalid.at("/candidate", message("A partnership has two different sides."))
    return record


def store_partnerships(
    session: Session, records: Sequence[PartnershipRecord], now: datetime
) -> list[SavedRecord]:
    """Create or update these partnerships; one outcome a record, in order. A side that is not known rejects it."""
    # Nobody else records partnerships from here to the commit; a number is taken only if anything changes.
    next_changes(session, PARTNERSHIP_CHANGES, 0)
    sides = profiles.heads_by_key(session, (key for item in records for key in _pair(item)))
    stored = _stored(session, records, sides)
    outcomes = []
    for item in records:
        ends = _ends(item, sides)
        former = stored.get(ends)
        saved = _decide(item, sides, _known(former))
        if saved.outcome == "created":
            stored[ends] = _new(item, sides, now)
            session.add(stored[ends])
        elif former is not None and saved.outcome == "updated":
            former.since, former.status = item.since, item.status
            former.state, former.named_by = PartnershipState.CONFIRMED, None
            former.version += 1
            former.updated_at = now
        outcomes.append(saved)
    changed = [
        item for item, saved in zip(records, outcomes, strict=True) if saved.outcome in ("created", "updated")
    ]
    if changed:
        next_changes(session, PARTNERSHIP_CHANGES)
        announce_profiles(session, (sides[key].number for item in changed for key in _pair(item)), now)
    session.flush()
    return outcomes


def preview_partnerships(
    session: Session,
    records: Sequence[PartnershipRecord],
    seen_profiles: dict[str, Head],
    seen: dict[PartnershipKey, Known],
) -> list[SavedRecord]:
    """What :func:`store_partnerships` would do, without doing it, after what has been seen so far."""
    sides = profiles.heads_by_key(session, (key for item in records for key in _pair(item)))
    stored = _stored(session, records, sides)
    known = ChainMap(seen_profiles, sides)
    outcomes = []
    for item in records:
        pair = _pair(item)
        saved = _decide(item, known, seen.get(pair) or _known(stored.get(_ends(item, sides))))
        if saved.outcome != "rejected":
            seen[pair] = (item.since, item.status, True)
        outcomes.append(saved)
    return outcomes


def _pair(item: PartnershipRecord) -> PartnershipKey:
    return item.query, item.candidate


def _ends(item: PartnershipRecord, sides: Mapping[str, Head]) -> PartnershipEnds:
    """The numbers of a partnership's sides, 0 where there is none: two keys of merged profiles have the same."""
    query, candidate = sides.get(item.query), sides.get(item.candidate)
    return query.number if query else 0, candidate.number if candidate else 0


def _known(partnership: Partnership | None) -> Known | None:
    if partnership is None:
        return None
    return partnership.since, partnership.status, partnership.state == PartnershipState.CONFIRMED


def _stored(
    session: Session, records: Sequence[PartnershipRecord], sides: Mapping[str, Head]
) -> dict[PartnershipEnds, Partnership]:
    queries = [sides[item.query].number for item in records if item.query in sides]
    return {(row.query_number, row.candidate_number): row for row in repository.of_queries(session, queries)}


def _decide(item: PartnershipRecord, sides: Mapping[str, Head], former: Known | None) -> SavedRecord:
    missing = [name for name in ("query", "candidate") if getattr(item, name) not in sides]
    if missing:
        detail = message("There is no profile with this key or identifier.")
        return SavedRecord("rejected", None, [Fault(f"/{name}", detail) for name in missing])
    query, candidate = _ends(item, sides)
    if query == candidate != 0:
        detail = message("The two sides were merged: they are one profile now.")
        return SavedRecord("rejected", None, [Fault("/candidate", detail)])
    if former is None:
        return SavedRecord("created")
    if sides[item.query].merged_into or sides[item.candidate].merged_into:
        # The row tells the best of both already; by its former key it is known, and no longer changed.
        return SavedRecord("unchanged")
    return SavedRecord("unchanged" if former == (item.since, item.status, True) else "updated")


def _new(item: PartnershipRecord, sides: Mapping[str, Head], now: datetime) -> Partnership:
    return Partnership(
        query_number=sides[item.query].number,
        candidate_number=sides[item.candidate].number,
        since=item.since,
        status=item.status,
        created_at=now,
        updated_at=now,
    )
