"""The states of a subscription: it waits for the reader of its address, is active, or has ended."""

from datetime import datetime
from typing import cast

from schemas.subscriptions import Frequency
from service.db.tables import Subscription
from service.digests.periods import next_due


def wait_for_reader(subscription: Subscription, now: datetime) -> None:
    """Send nothing before the reader of the address has agreed."""
    _enter(subscription, "unconfirmed", now)


def activate(subscription: Subscription, now: datetime) -> None:
    """Write to a subscriber; to one that wants to hear at once, at once of what there is."""
    _enter(subscription, "active", now)
    frequency = cast("Frequency", subscription.frequency)
    begins = max(now, subscription.paused_until or now)
    subscription.next_due_at = next_due(frequency, begins, subscription.timezone) or begins


def confirm(subscription: Subscription, now: datetime) -> None:
    """Write to a subscriber from now on: the reader of the address wants it."""
    subscription.confirmed_at = now
    subscription.version += 1
    activate(subscription, now)


def end(subscription: Subscription, cause: str, now: datetime, reason: str | None = None) -> None:
    """Send nothing more to a subscriber, and say why."""
    _enter(subscription, "ended", now)
    subscription.end_class, subscription.end_reason = cause, reason


def is_paused(subscription: Subscription, now: datetime) -> bool:
    """Whether a subscriber wants nothing for a while."""
    return subscription.paused_until is not None and now < subscription.paused_until


def _enter(subscription: Subscription, state: str, now: datetime) -> None:
    subscription.state, subscription.next_due_at = state, None
    subscription.end_class = subscription.end_reason = None
    subscription.updated_at = now
