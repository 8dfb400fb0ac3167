"""Asking an organisation what only it knows: whether its profiles still hold, and whether it works with who says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from matching import STALE_AFTER
from service.db.tables import Profile, Subscription
from service.digests import repository
from service.digests.subscriptions import find_by_token
from service.partnerships.repository import FoundPartnership, unanswered
from service.profiles.saving import write_document

ASK_AGAIN_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Questions:
    """What an organisation is asked: about profiles of its own that are in doubt, and partnerships that others have named."""

    in_doubt: Sequence[Profile] = ()
    named: Sequence[FoundPartnership] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self.in_doubt or self.named)


def questions_to(session: Session, organisation: int, now: datetime) -> Questions:
    """All that an organisation is asked now."""
    return Questions(in_doubt(session, organisation, now), unanswered(session, organisation))


def partnership_is_news(session: Session, subscription: Subscription) -> bool:
    """Whether somebody has named a partnership with a subscriber since its last digest, which had the others."""
    told = repository.latest_digest_at(session, subscription.id)
    return any(
        told is None or partnership.updated_at > told
        for partnership, _, _ in unanswered(session, subscription.organisation_number)
    )


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
