"""Queries on subscriptions, digests and the suggestions that subscribers have been sent."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, Row, and_, bindparam, delete, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from schemas.kinds import Kind
from schemas.partnerships import PartnershipState
from service.db.bulk import changed_rows
from service.db.tables import (
    Decision,
    Digest,
    DigestItem,
    Partnership,
    Profile,
    StoredSuggestion,
    Subscription,
)
from service.leases import is_free
from service.rulesets.generation_repository import SHOWN_VERSION

MAX_LEASES_CHECKED = 50
"""How many digests that are held are looked at for one whose holder is gone; each worker holds one."""
SAME_PAIR = and_(
    col(DigestItem.subject_number) == StoredSuggestion.subject_number,
    col(DigestItem.candidate_number) == StoredSuggestion.candidate_number,
)


def subscription_of(session: Session, organisation: int, *, to_change: bool = False) -> Subscription | None:
    """The subscription of an organisation."""
    query = select(Subscription).where(Subscription.organisation_number == organisation)
    return session.exec(query.with_for_update() if to_change else query).first()


def subscription_with(session: Session, token: str, *, to_change: bool = False) -> Subscription | None:
    """The subscription that this token ends."""
    query = select(Subscription).where(Subscription.unsubscribe_token == token)
    return session.exec(query.with_for_update() if to_change else query).first()


def subscription_by_id(session: Session, identifier: UUID, *, to_change: bool = False) -> Subscription | None:
    """The subscription with this identifier."""
    if not to_change:
        return session.get(Subscription, identifier)
    return session.get(Subscription, identifier, with_for_update=True, populate_existing=True)


def latest_digest_at(session: Session, subscription: UUID) -> datetime | None:
    """When the latest digest of a subscription was made, without those that never went out."""
    query = select(func.max(Digest.created_at)).where(
        Digest.subscription_id == subscription,
        Digest.purpose == "suggestions",
        col(Digest.state).not_in(["dropped", "failed"]),
    )
    return session.exec(query).one()


def active_after(session: Session, last: UUID | None, now: datetime, limit: int) -> Sequence[Subscription]:
    """The next active subscriptions by identifier that do not pause, kept from other writers until the commit."""
    query = select(Subscription).where(*_may_be_sent(now)).order_by(col(Subscription.id))
    if last is not None:
        query = query.where(col(Subscription.id) > last)
    return session.exec(query.limit(limit).with_for_update()).all()


def due_subscriptions(session: Session, now: datetime, limit: int) -> Sequence[Subscription]:
    """Subscriptions whose time has come and that nobody else is looking at, kept from others until the commit."""
    query = select(Subscription).where(*_due_subscription(now)).order_by(col(Subscription.next_due_at))
    return session.exec(query.limit(limit).with_for_update(skip_locked=True)).all()


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a digest is to be made or sent."""
    made = exists().where(col(Digest.state) == "waiting", col(Digest.due_at) <= now)
    return bool(session.scalar(select(or_(made, exists().where(*_due_subscription(now))))))


def _due_subscription(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_may_be_sent(now), col(Subscription.next_due_at) <= now)


def _may_be_sent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Subscriptions that are active and do not pause."""
    paused = col(Subscription.paused_until)
    return (col(Subscription.state) == "active", or_(paused.is_(None), paused <= now))


def unsent_suggestions(
    session: Session, subscription: Subscription, ranks: int, limit: int, *, confirmed_since: datetime
) -> list[StoredSuggestion]:
    """The best suggestions for an organisation and its projects and programmes that it has not been sent.

    Programmes that take no applications yet come last; they are sent again when they do. Not those it has decided on,
    those it works with already, what belongs to itself, and organisations whose profile was not confirmed lately: what
    is in doubt is no news. Of a programme it is said that it is.
    """
    parameters = {
        "organisation": subscription.organisation_number,
        "subscription": subscription.id,
        "ranks": ranks,
        "most": limit,
        "confirmed_since": confirmed_since,
    }
    return list(session.exec(_unsent(), params=parameters))


@cache
def _unsent() -> SelectOfScalar[StoredSuggestion]:
    fresh = exists().where(
        col(Profile.number) == StoredSuggestion.candidate_number,
        or_(
            col(Profile.kind) == Kind.PROGRAMME.value,
            col(Profile.confirmed_at).is_(None),
            col(Profile.confirmed_at) >= bindparam("confirmed_since"),
        ),
    )
    sent = exists().where(
        col(DigestItem.subscription_id) == bindparam("subscription"),
        SAME_PAIR,
        or_(~col(DigestItem.not_yet_open), col(StoredSuggestion.not_yet_open)),
    )
    order = (
        col(StoredSuggestion.not_yet_open),
        col(StoredSuggestion.score).desc(),
        col(StoredSuggestion.subject_number),
        col(StoredSuggestion.rank),
    )
    query = _open_suggestions().where(StoredSuggestion.rank <= bindparam("ranks"), fresh, ~sent)
    return query.order_by(*order).limit(bindparam("most", type_=Integer))


def suggestions_in(session: Session, digest: Digest, organisation: int) -> list[StoredSuggestion]:
    """The suggestions of a digest that still stand, in their order."""
    return list(session.exec(_in_digest(), params={"organisation": organisation, "digest": digest.id}))


@cache
def _in_digest() -> SelectOfScalar[StoredSuggestion]:
    query = _open_suggestions().join(DigestItem, SAME_PAIR).where(DigestItem.digest_id == bindparam("digest"))
    return query.order_by(col(StoredSuggestion.not_yet_open), col(DigestItem.position))


def profiles_confirmed_before(session: Session, organisation: int, day: datetime) -> Sequence[Profile]:
    """The published profiles of an organisation and those it owns that were last confirmed before a day."""
    query = select(Profile).where(
        or_(col(Profile.number) == organisation, col(Profile.owner_number) == organisation),
        col(Profile.published),
        col(Profile.confirmed_at) < day,
    )
    return session.exec(query.order_by(col(Profile.number))).all()


def _open_suggestions() -> SelectOfScalar[StoredSuggestion]:
    """What an ``organisation`` may be sent. Put together once: that takes longer than the query."""
    organisation: BindParameter[int] = bindparam("organisation")
    subject, candidate = aliased(Profile), aliased(Profile)
    one, other = col(StoredSuggestion.subject_number), col(StoredSuggestion.candidate_number)
    decided = exists().where(col(Decision.subject_number) == one, col(Decision.candidate_number) == other)
    together = exists().where(
        col(Partnership.state) != PartnershipState.DENIED,
        or_(
            (col(Partnership.query_number) == one) & (col(Partnership.candidate_number) == other),
            (col(Partnership.query_number) == other) & (col(Partnership.candidate_number) == one),
        ),
    )
    return (
        select(StoredSuggestion)
        .join(subject, col(subject.number) == one)
        .join(candidate, col(candidate.number) == other)
        .where(
            col(StoredSuggestion.ruleset_version) == SHOWN_VERSION,
            or_(col(subject.number) == organisation, col(subject.owner_number) == organisation),
            subject.published,
            candidate.published,
            candidate.number != organisation,
            func.coalesce(candidate.owner_number, 0) != organisation,
            ~decided,
            ~together,
        )
    )


def digest_by_id(session: Session, identifier: UUID) -> Digest | None:
    """The digest with this identifier."""
    return session.get(Digest, identifier)


def created_before_last(session: Session, subscription: UUID, count: int) -> datetime | None:
    """When the first of a subscriber's last ``count`` digests was made; ``None`` if there are not so many."""
    query = select(Digest.created_at).where(
        Digest.subscription_id == subscription, Digest.purpose == "suggestions", Digest.state != "dropped"
    )
    return session.exec(query.order_by(col(Digest.created_at).desc()).offset(count - 1).limit(1)).first()


def held_digest(session: Session, identifier: UUID) -> Digest | None:
    """The digest with this identifier, kept from other writers until the commit."""
    return session.get(Digest, identifier, with_for_update=True, populate_existing=True)


def next_free(session: Session, now: datetime) -> Digest | None:
    """The digest that has been due longest of those that nobody holds, kept from others until the commit."""
    due = select(Digest).where(Digest.state == "waiting", col(Digest.due_at) <= now)
    due = due.order_by(col(Digest.due_at), col(Digest.id)).with_for_update(skip_locked=True)
    unheld = or_(col(Digest.lease_until).is_(None), col(Digest.lease_until) <= now)
    found = session.exec(due.where(unheld).limit(1)).first()
    # Of what is held, the holder may be gone.
    held = () if found else session.exec(due.limit(MAX_LEASES_CHECKED))
    return found or next((digest for digest in held if is_free(digest, now)), None)


def release_items(session: Session, digest: UUID) -> None:
    """Forget that a digest held anything: it was not delivered."""
    changed_rows(session, delete(DigestItem).where(col(DigestItem.digest_id) == digest))


def listed(
    session: Session, organisation: int | None, before: UUID | None, limit: int
) -> Sequence[Row[Digest, Profile]]:
    """Digests with their organisations, newest first; of one organisation, or of all.

    Without opt-in mails: whether one was sent tells whether the reader of an address wants any mail.
    """
    query = (
        select(Digest, Profile)
        .join(Subscription, col(Subscription.id) == Digest.subscription_id)
        .join(Profile, col(Profile.number) == Subscription.organisation_number)
        .where(Digest.purpose == "suggestions")
        .order_by(col(Digest.created_at).desc(), col(Digest.id).desc())
    )
    if organisation is not None:
        query = query.where(Subscription.organisation_number == organisation)
    if before is not None:
        created = select(Digest.created_at).where(Digest.id == before).scalar_subquery()
        query = query.where(
            or_(
                col(Digest.created_at) < created,
                (col(Digest.created_at) == created) & (col(Digest.id) < before),
            )
        )
    return session.execute(query.limit(limit)).all()


def with_organisation(session: Session, identifier: UUID) -> Row[Digest, Profile] | None:
    """A digest with its organisation."""
    query = (
        select(Digest, Profile)
        .join(Subscription, col(Subscription.id) == Digest.subscription_id)
        .join(Profile, col(Profile.number) == Subscription.organisation_number)
        .where(Digest.id == identifier, Digest.purpose == "suggestions")
    )
    return session.execute(query).first()


def items_of(session: Session, digest: UUID) -> Sequence[DigestItem]:
    """What a digest tells of, in its order."""
    query = select(DigestItem).where(DigestItem.digest_id == digest)
    return session.exec(query.order_by(col(DigestItem.position))).all()


def counts(session: Session) -> dict[tuple[str, str | None], int]:
    """How many digests there are by state and class of failure."""
    query = select(Digest.state, Digest.failure_class, func.count()).group_by(
        col(Digest.state), col(Digest.failure_class)
    )
    return {(state, failure): count for state, failure, count in session.execute(query)}


def perhaps_twice(session: Session) -> int:
    """How many digests may have arrived twice."""
    return session.exec(select(func.count()).select_from(Digest).where(col(Digest.perhaps_twice))).one()


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest digest that could be sent has been due."""
    query = select(func.min(col(Digest.due_at))).where(Digest.state == "waiting", col(Digest.due_at) <= now)
    return session.exec(query).one()
