"""Queries on what readers of addresses want: links of former addresses, suppressed addresses, and opt-in quotas."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, exists, select, update

from service.db.bulk import changed_rows, insert_if_absent
from service.db.tables import Digest, FormerUnsubscribeLink, OptInQuota, Subscription, SuppressedAddress


def subscriptions_at(session: Session, address: str) -> Sequence[Subscription]:
    """All subscriptions with an address (its hash), kept from other writers until the commit."""
    query = select(Subscription).where(Subscription.address_hash == address).order_by(col(Subscription.id))
    return session.exec(query.with_for_update()).all()


def former_link(session: Session, token: str) -> FormerUnsubscribeLink | None:
    """The link of a former address with this token."""
    return session.get(FormerUnsubscribeLink, token)


def is_suppressed(session: Session, address: str) -> bool:
    """Whether the reader of an address (its hash) wants no mail."""
    return session.get(SuppressedAddress, address) is not None


def add_suppressed(session: Session, address: str, now: datetime) -> None:
    """Take down that the reader of an address (its hash) wants no mail."""
    insert_if_absent(session, SuppressedAddress, {"address_hash": address, "since": now})


def remove_suppressed(session: Session, address: str) -> bool:
    """Take an address (its hash) off the list; whether it was there."""
    return bool(
        changed_rows(session, delete(SuppressedAddress).where(col(SuppressedAddress.address_hash) == address))
    )


def opt_in_is_waiting(session: Session, subscription: UUID) -> bool:
    """Whether a question to the reader of a subscription's address is still to be sent."""
    return bool(session.scalar(select(exists().where(*_waiting_opt_in(subscription)))))


def drop_waiting_opt_in(session: Session, subscription: UUID) -> None:
    """Do not send what would go to a former address, or has been answered."""
    changed_rows(session, update(Digest).where(*_waiting_opt_in(subscription)).values(state="dropped"))


def quota_of(session: Session, key_hash: str, now: datetime) -> OptInQuota:
    """How much of a quota is used, kept from other writers until the commit."""
    insert_if_absent(session, OptInQuota, {"key_hash": key_hash, "since": now, "used": 0})
    return session.exec(select(OptInQuota).where(OptInQuota.key_hash == key_hash).with_for_update()).one()


def _waiting_opt_in(subscription: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Digest.subscription_id) == subscription,
        col(Digest.purpose) == "opt_in",
        col(Digest.state) == "waiting",
    )
