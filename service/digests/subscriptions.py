"""Subscriptions: made, changed and ended by their organisation, by the reader of a mail, or by a refusing mailbox."""

import secrets
from datetime import datetime

from sqlmodel import Session

from schemas.language import Language
from schemas.subscriptions import SubscriptionInput
from schemas.translation import message
from service.db.session import wake_after_commit
from service.db.tables import Profile, Subscription
from service.digests import repository
from service.digests.periods import next_due
from service.errors import Forbidden, Invalid, NotFound
from service.outbox.announcing import DELIVERY
from service.profiles import repository as profiles
from service.security.authentication import Actor

NOBODY = message(
    "Your token belongs to no organisation. Register your association or local authority first, or ask for a token of its own."
)
NOT_YET = message(
    "There is no subscription yet. Make one by PUT, with a frequency, a language and a time zone."
)
UNKNOWN_TOKEN = message("This link is no longer valid. Use the one in the newest e-mail.")
NO_ADDRESS = message("Give an e-mail address, or add a contact_email to your profile.")


def organisation_of(session: Session, actor: Actor) -> Profile:
    """The organisation that the caller speaks for; raises ``Forbidden`` when there is none."""
    number = actor.organisation_number
    found = profiles.by_numbers(session, [number]).get(number) if number is not None else None
    if found is None:
        raise Forbidden(NOBODY)
    return found


def find_subscription(session: Session, organisation: Profile) -> Subscription:
    """The organisation's subscription; raises ``NotFound``."""
    found = repository.subscription_of(session, organisation.number or 0)
    if found is None:
        raise NotFound(NOT_YET)
    return found


def subscribe(
    session: Session,
    organisation: Profile,
    former: Subscription | None,
    said: SubscriptionInput,
    language: Language,
    now: datetime,
) -> Subscription:
    """Make the organisation's subscription, or change its ``former`` one. One that had ended starts again."""
    email = said.email or organisation.document.get("contact_email")
    if not email:
        raise Invalid.at("/email", NO_ADDRESS)
    subscription = former or Subscription(
        organisation_number=organisation.number or 0,
        email=email,
        frequency=said.frequency,
        language=language.value,
        timezone=said.timezone,
        unsubscribe_token=secrets.token_urlsafe(24),
        version=0,
        created_at=now,
        updated_at=now,
    )
    subscription.email, subscription.frequency, subscription.timezone = email, said.frequency, said.timezone
    subscription.language = said.language or language.value
    subscription.version += 1
    subscription.updated_at = now
    subscription.end_class = subscription.end_reason = None
    if said.frequency == "never":
        end(subscription, "unsubscribed", now)
    else:
        subscription.state = "active"
        # Whoever wants to hear at once hears at once of what there is.
        subscription.next_due_at = next_due(said.frequency, now, said.timezone) or now
    session.add(subscription)
    session.flush()
    wake_after_commit(session, DELIVERY)
    return subscription


def unsubscribe(session: Session, token: str, now: datetime) -> Subscription:
    """End the subscription whose mails carry this token; again, it changes nothing. Raises ``NotFound``."""
    subscription = find_by_token(session, token, to_change=True)
    if subscription.end_class != "unsubscribed":
        end(subscription, "unsubscribed", now)
        subscription.version += 1
        session.add(subscription)
    return subscription


def find_by_token(session: Session, token: str, *, to_change: bool = False) -> Subscription:
    """The subscription whose mails carry this token; raises ``NotFound``."""
    subscription = repository.subscription_with(session, token, to_change=to_change)
    if subscription is None:
        raise NotFound(UNKNOWN_TOKEN)
    return subscription


def end(subscription: Subscription, cause: str, now: datetime, reason: str | None = None) -> None:
    """Send nothing more to a subscriber, and say why."""
    subscription.state, subscription.next_due_at = "ended", None
    subscription.end_class, subscription.end_reason = cause, reason
    subscription.updated_at = now
