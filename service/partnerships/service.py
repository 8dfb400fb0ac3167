"""The track record: recorded and corrected by those concerned, and by stewards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.partnerships import PartnershipState
from schemas.translation import message
from service.db.counters import next_changes
from service.db.tables import Partnership, Profile
from service.errors import Conflict, Invalid, NotFound
from service.outbox.announcing import announce_profiles
from service.partnerships import repository
from service.partnerships.confirming import (
    check_changeable,
    check_since,
    note_step,
    sides_of,
    stand_behind,
    write_change,
)
from service.partnerships.repository import PARTNERSHIP_CHANGES, FoundPartnership
from service.profiles.service import find_named, may_edit, may_see
from service.security.authentication import AccountRole, Actor


def list_partnerships(
    session: Session, actor: Actor | None, *, of: str | None, state: str | None, after: int | None, limit: int
) -> Sequence[FoundPartnership]:
    """At most ``limit`` + 1 partnerships that the caller may see, in one ``state`` if it is given; ``of`` names one side by
    key or identifier."""
    profile = _side(session, actor, of, "/query/of") if of is not None else None
    return repository.listed(
        session,
        of=profile.number if profile else None,
        state=state,
        after=after,
        limit=limit + 1,
        seen_by=actor.organisation_number if actor else None,
        everything=actor is not None and actor.role.reaches(AccountRole.STEWARD),
    )


def find_to_change(session: Session, partnership_id: UUID, actor: Actor) -> FoundPartnership:
    """The partnership with this identifier, to be changed; raises ``NotFound``, also where the caller may not see it."""
    found = repository.to_change(session, partnership_id)
    if found is None or not _may_see(found, actor):
        raise NotFound(message("There is no partnership with this identifier."))
    return found


def _may_see(found: FoundPartnership, actor: Actor) -> bool:
    partnership, *sides = found
    if actor.role.reaches(AccountRole.STEWARD):
        return True
    concerned = any(may_edit(actor, side) for side in sides)
    return all(may_see(actor, side) for side in sides) and (
        concerned or partnership.state == PartnershipState.CONFIRMED
    )


def record_partnership(
    session: Session,
    actor: Actor,
    *,
    query: str,
    candidate: str,
    since: str | None,
    status: str | None,
    now: datetime,
) -> FoundPartnership:
    """Record that two profiles work or worked together, each pair once: confirmed by a steward, named by one side."""
    one, other = (
        _side(session, actor, given, pointer)
        for given, pointer in ((query, "/query"), (candidate, "/candidate"))
    )
    if one.number == other.number:
        raise Invalid.at("/candidate", message("A partnership has two different sides."))
    sides = sides_of(actor, one, other)
    check_since(since, status, one, other, now)
    next_changes(session, PARTNERSHIP_CHANGES)
    announce_profiles(session, [one.number or 0, other.number or 0], now)
    if repository.between(session, one.number or 0, other.number or 0):
        raise Conflict(
            message("This partnership is already recorded. Confirm, deny or change that record instead.")
        )
    found = save_partnership(session, one, other, since=since, status=status, now=now)
    stand_behind(found, actor, sides)
    session.add(found)
    session.flush()
    note_step(session, (found, one, other), "recorded", actor, now)
    return found, one, other


def save_partnership(
    session: Session,
    query: Profile,
    candidate: Profile,
    *,
    since: str | None,
    status: str | None,
    now: datetime,
    source: str | None = None,
) -> Partnership:
    """Store a partnership between two stored profiles; the caller has counted the change."""
    partnership = Partnership(
        query_number=query.number or 0,
        candidate_number=candidate.number or 0,
        since=since,
        status=status,
        source=source,
        created_at=now,
        updated_at=now,
    )
    session.add(partnership)
    session.flush()
    return partnership


def change_partnership(
    session: Session, found: FoundPartnership, actor: Actor, changes: dict[str, str | None], now: datetime
) -> None:
    """Change what is known of a partnership: ``since`` and ``status``. Another beginning is confirmed again."""
    partnership, one, other = found
    sides = sides_of(actor, one, other)
    check_changeable(partnership, actor, sides)
    since, status = changes.get("since", partnership.since), changes.get("status", partnership.status)
    check_since(since, status, one, other, now)
    corrected = since != partnership.since
    partnership.since, partnership.status = since, status
    if corrected or partnership.state != PartnershipState.CONFIRMED:
        stand_behind(partnership, actor, sides)
    write_change(session, found, now)
    note_step(session, found, "changed", actor, now)


def _side(session: Session, actor: Actor | None, given: str, pointer: str) -> Profile:
    profile = find_named(session, given, actor)
    if profile is None:
        raise Invalid.at(pointer, message("There is no profile with this key or identifier."))
    return profile
