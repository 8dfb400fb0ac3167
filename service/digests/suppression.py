"""Addresses whose readers want no mail from us: nobody but the reader takes them off the suppression list."""

import hashlib
import unicodedata
from datetime import datetime

from sqlmodel import Session

from service.db.tables import Subscription
from service.digests import opt_in_repository
from service.digests.states import confirm, end


def address_hash(email: str) -> str:
    """The SHA-256 of an address in hexadecimal, whatever its case: it is known again and need not be kept."""
    return hashlib.sha256(unicodedata.normalize("NFC", email.strip()).casefold().encode()).hexdigest()


def suppress(session: Session, address: str, now: datetime) -> None:
    """Write to an address (its hash) no more, whoever asks; every subscription with it ends."""
    opt_in_repository.add_suppressed(session, address, now)
    for subscription in opt_in_repository.subscriptions_at(session, address):
        if subscription.end_class != "unsubscribed":
            end(subscription, "unsubscribed", now)
            subscription.version += 1
        subscription.confirmed_at = None
        session.add(subscription)


def lift(session: Session, subscription: Subscription, address: str, now: datetime) -> bool:
    """Write to an address (its hash) again, as its reader wants; whether this subscription goes on.

    It goes on if it has this address still and its organisation has not ended it. For all others the address has to be given again.
    """
    was_suppressed = opt_in_repository.remove_suppressed(session, address)
    goes_on = was_suppressed and subscription.address_hash == address and subscription.frequency != "never"
    if goes_on:
        confirm(subscription, now)
        session.add(subscription)
    return goes_on
