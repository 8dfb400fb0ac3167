"""Who stands behind a partnership: one side has named it, and the other confirms, corrects or denies it.

Stewards stand behind what they record themselves. Nobody else learns of what is not confirmed.
"""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from schemas.dates import as_precise_as_known, earliest_day, latest_day
from schemas.partnerships import PartnershipState
from schemas.translation import message
from service.audit.log import write_down
from service.db.counters import next_changes
from service.db.tables import Partnership, Profile
from service.errors import Conflict, Forbidden, Invalid
from service.outbox.announcing import announce_profiles
from service.partnerships.repository import PARTNERSHIP_CHANGES, FoundPartnership
from service.security.authentication import AccountRole, Actor

SUBJECT = "partnership"
"""What the audit log calls partnerships."""
PartnershipSide = Literal["query", "candidate"]
OTHER: dict[str | None, PartnershipSide] = {"query": "candidate", "candidate": "query"}
IN_THE_FUTURE = message(
    "This date lies in the future. Give the day or year in which it began, or say that it is planned."
)


def sides_of(actor: Actor, query: Profile, candidate: Profile) -> list[PartnershipSide]:
    """The sides that the caller speaks for; raises ``Forbidden`` where there is none."""
    profiles: dict[PartnershipSide, Profile] = {"query": query, "candidate": candidate}
    found = [
        side for side, profile in profiles.items() if actor.may_edit(profile.owner_number, profile.number)
    ]
    if not found:
        raise Forbidden(
            message("Only the two organisations and platform managers may record or change this partnership.")
        )
    return found


def stand_behind(partnership: Partnership, actor: Actor, sides: list[PartnershipSide]) -> None:
    """Note that the caller, who speaks for these sides, stands behind what a partnership says now."""
    if actor.role.reaches(AccountRole.STEWARD) or len(sides) > 1:
        partnership.state, partnership.named_by = PartnershipState.CONFIRMED, None
    else:
        partnership.state, partnership.named_by = PartnershipState.NAMED, sides[0]


def confirm(session: Session, found: FoundPartnership, actor: Actor, now: datetime) -> None:
    """Confirm what the other side has named; raises ``Forbidden`` for the side that has named it."""
    partnership, one, other = found
    sides = sides_of(actor, one, other)
    if partnership.state == PartnershipState.CONFIRMED:
        return
    if sides == [partnership.named_by]:
        raise Forbidden(message("Your organisation named this partnership: the other side confirms it."))
    partnership.state, partnership.named_by = PartnershipState.CONFIRMED, None
    write_change(session, found, now)
    note_step(session, found, "confirmed", actor, now)


def deny(session: Session, found: FoundPartnership, actor: Actor, now: datetime) -> None:
    """Say that there is no such partnership, or take back that there is."""
    partnership, one, other = found
    sides = sides_of(actor, one, other)
    if partnership.state == PartnershipState.DENIED:
        return
    # A confirmed one is still named by the side that does not deny it.
    partnership.named_by = partnership.named_by or OTHER[sides[0]]
    partnership.state = PartnershipState.DENIED
    write_change(session, found, now)
    note_step(session, found, "denied", actor, now)


def check_changeable(partnership: Partnership, actor: Actor, sides: list[PartnershipSide]) -> None:
    """Raise ``Conflict`` where the other side has denied a partnership: nobody names it again in its place."""
    denied_by_other = partnership.state == PartnershipState.DENIED and sides == [partnership.named_by]
    if denied_by_other and not actor.role.reaches(AccountRole.STEWARD):
        raise Conflict(message("The other side says that there is no such partnership. Contact it first."))


def check_since(
    since: str | None, status: str | None, query: Profile, candidate: Profile, now: datetime
) -> None:
    """Raise ``Invalid`` for a beginning in the future, but for what is planned, or before one of the two was founded."""
    if since is None:
        return
    if status != "planned" and earliest_day(since) > now.date():
        raise Invalid.at("/since", IN_THE_FUTURE)
    for profile in (query, candidate):
        founded = profile.document.get("founded")
        if founded and latest_day(since) < earliest_day(str(founded)):
            raise Invalid.at(
                "/since",
                message(
                    "One of the two organisations did not exist yet. Founded: {since}.",
                    since=as_precise_as_known(str(founded)),
                ),
            )


def write_change(session: Session, found: FoundPartnership, now: datetime) -> None:
    """Store a changed partnership, and have the track record read again."""
    partnership, one, other = found
    partnership.version += 1
    partnership.updated_at = now
    session.add(partnership)
    next_changes(session, PARTNERSHIP_CHANGES)
    announce_profiles(session, [one.number or 0, other.number or 0], now)


def note_step(session: Session, found: FoundPartnership, did: str, actor: Actor, now: datetime) -> None:
    """Write a step in the life of a partnership into the audit log."""
    partnership, one, other = found
    said = {"since": partnership.since, "status": partnership.status, "state": partnership.state}
    sides = {"query": str(one.id), "candidate": str(other.id)}
    write_down(session, SUBJECT, partnership.id, did, by=actor.name, at=now, **sides, **said)
