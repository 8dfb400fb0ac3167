"""Asking an organisation whether what its profiles say still holds, and taking its word for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from matching import STALE_AFTER
from service.db.tables import Profile, Subscription
from service.digests import repository
from service.digests.subscriptions import find_by_token
from service.profiles.saving import write_document

ASK_AGAIN_AFTER = timedelta(days=90)


def in_doubt(session: Session, organisation: int, now: datetime) -> Sequence[Profile]:
    """The profiles of an organisation, its projects and programmes included, that were not confirmed for a year."""
    return repository.profiles_confirmed_before(session, organisation, now - STALE_AFTER)


def confirmation_is_due(session: Session, subscription: Subscription, now: datetime) -> bool:
    """Whether a subscriber is to be asked now: something is in doubt, and it was not asked lately."""
    if subscription.asked_at is not None and now - subscription.asked_at < ASK_AGAIN_AFTER:
        return False
    return bool(in_doubt(session, subscription.organisation_number, now))


def confirm_all(session: Session, token: str, now: datetime) -> Subscription:
    """Take down that everything still holds that the mail with this token asked for; raises ``NotFound``."""
    subscription = find_by_token(session, token)
    for profile in in_doubt(session, subscription.organisation_number, now):
        write_document(session, profile, profile.document, now)
    return subscription
