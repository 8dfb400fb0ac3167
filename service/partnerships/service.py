"""The track record: recorded and corrected by those concerned, and by stewards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.translation import message
from service.db.counters import next_changes
from service.db.tables import Partnership, Profile
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.outbox.announcing import announce_profiles
from service.partnerships import repository
from service.partnerships.repository import FoundPartnership
from service.profiles import repository as profiles
from service.security.authentication import AccountRole, Actor

PARTNERSHIP_CHANGES = "partnership"
"""The sequence that counts changes of the track record."""


def list_partnerships(
    session: Session, actor: Actor | None, *, of: str | None, after: int | None, limit: int
) -> Sequence[FoundPartnership]:
    """At most ``limit`` + 1 partnerships that the caller may see; ``of`` names one side by key or identifier."""
    profile = _side(session, of, "/query/of") if of is not None else None
    return repository.listed(
        session,
        of=profile.number if profile else None,
        after=after,
        limit=limit + 1,
        seen_by=actor.organisation_number if actor else None,
        everything=actor is not None and actor.role.reaches(AccountRole.STEWARD),
    )


def find_to_change(session: Session, partnership_id: UUID) -> FoundPartnership:
    """The partnership with this identifier, to be changed; raises ``NotFound``."""
    found = repository.to_change(session, partnership_id)
    if found is None:
        raise NotFound(message("There is no partnership with this identifier."))
    return found


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
    """Record that two profiles work or worked together; each pair once."""
    one, other = _side(session, query, "/query"), _side(session, candidate, "/candidate")
    if one.number == other.number:
        raise Invalid.at("/candidate", message("A partnership has two different sides."))
    _check_may_record(actor, one, other)
    next_changes(session, PARTNERSHIP_CHANGES)
    announce_profiles(session, [one.number or 0, other.number or 0], now)
    if repository.between(session, one.number or 0, other.number or 0):
        raise Conflict(message("This partnership is already recorded. Change that record instead."))
    return save_partnership(session, one, other, since=since, status=status, now=now), one, other


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
    """Change what is known of a partnership: ``since`` and ``status``."""
    partnership, one, other = found
    _check_may_record(actor, one, other)
    for name, value in changes.items():
        setattr(partnership, name, value)
    partnership.version += 1
    partnership.updated_at = now
    session.add(partnership)
    next_changes(session, PARTNERSHIP_CHANGES)
    announce_profiles(session, [one.number or 0, other.number or 0], now)


def _side(session: Session, given: str, pointer: str) -> Profile:
    profile = profiles.by_id_or_key(session, given)
    if profile is None:
        raise Invalid.at(pointer, message("There is no profile with this key or identifier."))
    return profile


def _check_may_record(actor: Actor, one: Profile, other: Profile) -> None:
    if not any(actor.may_edit(side.owner_number, side.number) for side in (one, other)):
        raise Forbidden(
            message("Only the organisations concerned and stewards may record or change this partnership.")
        )
