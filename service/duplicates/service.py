"""Pairs of profiles that may be the same, as stewards decide about them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.translation import message
from service.audit.log import write_down
from service.db.tables import MergedProfile, Profile
from service.duplicates import repository
from service.duplicates.merging import merge_profiles
from service.duplicates.repository import DuplicatePair
from service.errors import Conflict, Invalid, NotFound


def find_pair(session: Session, duplicate_id: UUID, *, to_change: bool = False) -> DuplicatePair:
    """The pair with this identifier; raises ``NotFound``, also for one that was merged."""
    found = repository.by_id(session, duplicate_id, to_change=to_change)
    if found is None:
        raise NotFound(
            message(
                "There is no such pair of profiles. They may have been merged or deleted in the meantime."
            )
        )
    return found


def dismiss(session: Session, pair: DuplicatePair, *, reason: str, by: str, now: datetime) -> None:
    """The two are not the same: they are not found together again."""
    duplicate, _, _ = pair
    if duplicate.state != "open":
        raise Conflict(message("This has been decided already."))
    duplicate.state = "dismissed"
    duplicate.reason, duplicate.decided_by, duplicate.decided_at = reason, by[:120], now
    session.add(duplicate)
    write_down(session, "duplicate", duplicate.id, "dismissed", by=by, at=now, reason=reason)


def merge(
    session: Session, pair: DuplicatePair, *, keep: UUID, reason: str, by: str, now: datetime
) -> tuple[MergedProfile, Profile]:
    """The two are the same; what became of the one that does not remain, and the one that does.

    A pair that was dismissed by mistake can still be merged.
    """
    sides = repository.lock_profiles(session, [profile.number or 0 for profile in pair[1:]])
    chosen = [profile for profile in sides if profile.id == keep]
    if len(sides) < len(pair[1:]):
        raise NotFound(
            message(
                "There is no such pair of profiles. They may have been merged or deleted in the meantime."
            )
        )
    if not chosen:
        raise Invalid.at(
            "/keep", message("Give the identifier of one of the two profiles: the one that remains.")
        )
    [gone] = [profile for profile in sides if profile.id != keep]
    merged = merge_profiles(session, chosen[0], gone, reason=reason, by=by[:120], now=now)
    into = str(chosen[0].id)
    write_down(session, gone.kind, merged.id, "merged", by=by, at=now, into=into, reason=reason)
    return merged, chosen[0]
