"""Making digests: for each subscriber whose time has come, what is new since the last one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Engine
from sqlmodel import Session

from matching import STALE_AFTER
from schemas.subscriptions import Frequency
from service.db.session import unit_of_work
from service.db.tables import Digest, DigestItem, StoredSuggestion, Subscription
from service.digests import repository
from service.digests.confirmations import confirmation_is_due, partnership_is_news
from service.digests.periods import next_due, period_at

MAX_SUGGESTIONS = 5
"""Suggestions in one digest; what does not fit in comes with the next."""
RANKS = 10
"""How far down a list a suggestion is worth a mail."""
DIGESTS_PER_TRANSACTION = 100
SOON = timedelta(minutes=1)
REST = timedelta(days=1)
MOST_A_DAY = 8
"""Digests to whoever wants to hear at once; while much is imported, more would be a nuisance."""
Stop = Callable[[], bool]


def digest_id(subscription: UUID, period: str) -> UUID:
    """The identifier of a subscriber's digest of a period: the same whoever makes it (UUID version 5)."""
    return uuid5(subscription, period)


def prepare_due(engine: Engine, now: datetime, stop: Stop = lambda: False) -> int:
    """Make the digests of all whose time has come; how many there were with something new."""
    made = 0
    while not stop():
        with unit_of_work(engine) as session:
            due = repository.due_subscriptions(session, now, DIGESTS_PER_TRANSACTION)
            made += sum(_prepare(session, subscription, now) for subscription in due)
        if not due:
            break
    return made


def prepare_all(engine: Engine, now: datetime) -> int:
    """Make the digests of the present period of all subscribers, without waiting for their hour."""
    made, last = 0, None
    while True:
        with unit_of_work(engine) as session:
            some = repository.active_after(session, last, now, DIGESTS_PER_TRANSACTION)
            made += sum(_prepare(session, subscription, now) for subscription in some)
        if not some:
            return made
        last = some[-1].id


def suggestions_due(session: Session, subscription: Subscription, now: datetime) -> list[StoredSuggestion]:
    """The suggestions that a subscriber's digest of the present period would hold; nothing if that digest is made already."""
    if repository.digest_by_id(session, digest_id(subscription.id, _period(subscription, now))):
        return []
    return _new_suggestions(session, subscription, MAX_SUGGESTIONS, now)


def _new_suggestions(
    session: Session, subscription: Subscription, most: int, now: datetime
) -> list[StoredSuggestion]:
    since = now - STALE_AFTER
    return worth_a_mail(
        repository.unsent_suggestions(session, subscription, RANKS, most, confirmed_since=since)
    )


def worth_a_mail(suggestions: list[StoredSuggestion]) -> list[StoredSuggestion]:
    """The suggestions of a mail, in order; none where nothing but programmes that are not open yet would be in it."""
    return suggestions if any(not item.not_yet_open for item in suggestions) else []


def _prepare(session: Session, subscription: Subscription, now: datetime) -> bool:
    """Make a subscriber's digest if there is anything to tell or to ask, and set when to look again."""
    frequency = cast("Frequency", subscription.frequency)
    if frequency == "immediately" and (again := _had_enough_until(session, subscription, now)):
        subscription.next_due_at = again
        return False
    period = _period(subscription, now)
    identifier = digest_id(subscription.id, period)
    is_made = repository.digest_by_id(session, identifier) is not None
    found = [] if is_made else _new_suggestions(session, subscription, MAX_SUGGESTIONS + 1, now)
    suggestions = found[:MAX_SUGGESTIONS]
    asks = not is_made and confirmation_is_due(session, subscription, now)
    has_news = suggestions or (not is_made and partnership_is_news(session, subscription))
    if has_news or asks:
        session.add(
            Digest(id=identifier, subscription_id=subscription.id, period=period, due_at=now, created_at=now)
        )
        session.flush()
        session.add_all(_items(identifier, subscription.id, suggestions))
    if asks:
        subscription.asked_at = now
    subscription.next_due_at = next_due(frequency, now, subscription.timezone)
    if frequency == "immediately" and (is_made or len(found) > len(suggestions)):
        # News within the same minute, or more than one mail should hold: neither may be forgotten.
        subscription.next_due_at = now + (SOON if is_made else REST)
    session.add(subscription)
    session.flush()
    return bool(has_news) or asks


def _had_enough_until(session: Session, subscription: Subscription, now: datetime) -> datetime | None:
    """When a subscriber may be written to again who was written to often enough for a day; ``None`` for at once."""
    first = repository.created_before_last(session, subscription.id, MOST_A_DAY)
    return first + REST if first is not None and first + REST > now else None


def _items(digest: UUID, subscription: UUID, suggestions: list[StoredSuggestion]) -> list[DigestItem]:
    return [
        DigestItem(
            subscription_id=subscription,
            subject_number=item.subject_number,
            candidate_number=item.candidate_number,
            not_yet_open=item.not_yet_open,
            digest_id=digest,
            position=position,
        )
        for position, item in enumerate(suggestions, 1)
    ]


def _period(subscription: Subscription, now: datetime) -> str:
    return period_at(cast("Frequency", subscription.frequency), now, subscription.timezone)
