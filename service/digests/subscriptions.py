"""Subscriptions: made, changed and ended by their organisation, and by the readers of their mails."""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from schemas.language import Language
from schemas.subscriptions import SubscriptionInput
from schemas.translation import message
from service.db.session import wake_after_commit
from service.db.tables import FormerUnsubscribeLink, Profile, Subscription
from service.digests import opt_in_repository, repository
from service.digests.opt_in import ask
from service.digests.states import activate, end, wait_for_reader
from service.digests.suppression import address_hash, lift, suppress
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
LONGEST_PAUSE = timedelta(days=731)
PAUSE_TOO_LONG = message("Give a day within two years. To get no e-mail at all, choose the frequency never.")
NO_ADDRESS = message("Give an e-mail address, or add a contact_email to your profile.")


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """What the link in a mail speaks for: a subscription, and the address (its hash) that the mail was sent to."""

    subscription: Subscription
    address_hash: str

    @property
    def is_current(self) -> bool:
        """Whether the subscription still has the address that the link was sent to."""
        return self.address_hash == self.subscription.address_hash


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
    account: str,
    now: datetime,
) -> Subscription:
    """Make the organisation's subscription, or change its ``former`` one. One that had ended starts again.

    Before the reader of its address has agreed, nothing is sent but the question; ``account`` is who asks for it. Raises
    ``Invalid`` and ``TooManyRequests``.
    """
    email = said.email or organisation.document.get("contact_email")
    if not email:
        raise Invalid.at("/email", NO_ADDRESS)
    subscription = former or _new_subscription(organisation, email, now)
    _change_address(session, subscription, email)
    subscription.frequency, subscription.timezone = said.frequency, said.timezone
    subscription.language = said.language or language.value
    subscription.paused_until = _end_of_pause(said, now)
    subscription.version += 1
    session.add(subscription)
    session.flush()
    if said.frequency == "never":
        end(subscription, "unsubscribed", now)
    elif subscription.confirmed_at is not None:
        activate(subscription, now)
    else:
        wait_for_reader(subscription, now)
        ask(session, subscription, account, now)
    session.flush()
    wake_after_commit(session, DELIVERY)
    return subscription


def _end_of_pause(said: SubscriptionInput, now: datetime) -> datetime | None:
    """The beginning of the day on which a pause ends; ``None`` without one, or once it is over."""
    today = now.astimezone(ZoneInfo(said.timezone)).date()
    if said.paused_until is None or said.paused_until <= today:
        return None
    if said.paused_until - today > LONGEST_PAUSE:
        raise Invalid.at("/paused_until", PAUSE_TOO_LONG)
    return datetime.combine(said.paused_until, time(), ZoneInfo(said.timezone))


def _new_subscription(organisation: Profile, email: str, now: datetime) -> Subscription:
    return Subscription(
        organisation_number=organisation.number or 0,
        email=email,
        address_hash=address_hash(email),
        frequency="never",
        language="",
        timezone="UTC",
        unsubscribe_token=_new_link_token(),
        version=0,
        created_at=now,
        updated_at=now,
    )


def _change_address(session: Session, subscription: Subscription, email: str) -> None:
    """Write to another address: it has a link of its own, and the former link speaks for the former address alone."""
    former, subscription.email = subscription.address_hash, email
    subscription.address_hash = address_hash(email)
    if subscription.address_hash == former:
        return
    link = FormerUnsubscribeLink(
        token=subscription.unsubscribe_token, subscription_id=subscription.id, address_hash=former
    )
    session.add(link)
    subscription.unsubscribe_token = _new_link_token()
    subscription.confirmed_at = None
    opt_in_repository.drop_waiting_opt_in(session, subscription.id)


def _new_link_token() -> str:
    return secrets.token_urlsafe(24)


def find_link(session: Session, token: str, *, to_change: bool = False) -> UnsubscribeLink:
    """What the link in a mail with this token speaks for; raises ``NotFound``."""
    subscription = repository.subscription_with(session, token, to_change=to_change)
    if subscription is not None:
        return UnsubscribeLink(subscription, subscription.address_hash)
    former = opt_in_repository.former_link(session, token)
    if former is None:
        raise NotFound(UNKNOWN_TOKEN)
    owner = repository.subscription_by_id(session, former.subscription_id, to_change=to_change)
    if owner is None:  # deleted since the former query
        raise NotFound(UNKNOWN_TOKEN)
    return UnsubscribeLink(owner, former.address_hash)


def find_by_token(session: Session, token: str) -> Subscription:
    """The subscription whose mails carry this token now; raises ``NotFound``."""
    link = find_link(session, token)
    if not link.is_current:
        raise NotFound(UNKNOWN_TOKEN)
    return link.subscription


def unsubscribe(session: Session, token: str, now: datetime) -> UnsubscribeLink:
    """Write no more to the address that got this token; again, it changes nothing. Raises ``NotFound``."""
    link = find_link(session, token, to_change=True)
    suppress(session, link.address_hash, now)
    return link


def resubscribe(session: Session, token: str, now: datetime) -> UnsubscribeLink:
    """Write again to the address that got this token, as its reader wants; raises ``NotFound``."""
    link = find_link(session, token, to_change=True)
    if lift(session, link.subscription, link.address_hash, now):
        wake_after_commit(session, DELIVERY)
    return link
