"""Double opt-in: an address is written to once its reader has said yes, by a link in a mail of its own.

That mail carries nothing that an account has written, neither its name nor its words: whoever types a stranger's address
shall not be able to tell them anything.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from schemas.language import Language
from schemas.translation import message
from service.db.base import new_id
from service.db.session import wake_after_commit
from service.db.tables import Digest, Subscription
from service.digests import opt_in_repository, repository
from service.digests.states import confirm
from service.errors import NotFound, TooManyRequests
from service.outbox.announcing import DELIVERY
from service.security.signing import Purpose, sign, signed_values
from service.settings import Settings

LINK_VALID = timedelta(days=7)
QUOTA_PERIOD = timedelta(days=1)
MOST_TO_ADDRESS = 3
MOST_BY_ACCOUNT = 5
HASH_SHOWN = 16
"""Characters of an address's hash in a link: enough to tell one address of a subscription from another."""
TOO_MANY = message("You have asked for a confirmation e-mail too often today. Try again tomorrow.")
UNKNOWN_LINK = message("This link is no longer valid. Ask your organisation to give your address again.")


@dataclass(frozen=True, slots=True)
class OptInLetter:
    """The question before it is a mail: to which address, for which subscription."""

    digest: UUID
    to: str
    language: Language
    subscription: UUID
    address_hash: str
    unsubscribe_token: str


def ask(session: Session, subscription: Subscription, account: str, now: datetime) -> None:
    """Have the reader of a subscription's address asked; raises ``TooManyRequests``.

    Whether a mail goes out is not said: neither that an address is suppressed nor that others have asked it often is
    anybody's business.
    """
    again_at = _take(session, f"account:{account}", MOST_BY_ACCOUNT, now)
    if again_at is not None:
        raise TooManyRequests(TOO_MANY, retry_after=again_at - now)
    if opt_in_repository.is_suppressed(session, subscription.address_hash):
        return
    if opt_in_repository.opt_in_is_waiting(session, subscription.id):
        return
    if _take(session, f"address:{subscription.address_hash}", MOST_TO_ADDRESS, now) is None:
        identifier = new_id()
        session.add(
            Digest(
                id=identifier,
                subscription_id=subscription.id,
                purpose="opt_in",
                period=f"opt-in {identifier.hex[-20:]}",
                due_at=now,
                created_at=now,
            )
        )


def opt_in_letter(digest: UUID, subscription: Subscription) -> OptInLetter:
    """The question to the reader of a subscription's address."""
    return OptInLetter(
        digest=digest,
        to=subscription.email,
        language=Language(subscription.language),
        subscription=subscription.id,
        address_hash=subscription.address_hash,
        unsubscribe_token=subscription.unsubscribe_token,
    )


def opt_in_token(settings: Settings, letter: OptInLetter) -> str:
    """What the link of a question carries: subscription and address, signed for a week."""
    return sign(settings, Purpose.OPT_IN, letter.subscription.hex, letter.address_hash[:HASH_SHOWN])


def find_asked(session: Session, settings: Settings, token: str, *, to_change: bool = False) -> Subscription:
    """The subscription that waits for this answer, or that has had it already; raises ``NotFound``."""
    values = signed_values(settings, Purpose.OPT_IN, token, LINK_VALID)
    if values is not None:
        identifier, shown = values
        subscription = repository.subscription_by_id(session, UUID(identifier), to_change=to_change)
        if (
            subscription is not None
            and subscription.state != "ended"
            and subscription.address_hash[:HASH_SHOWN] == shown
        ):
            return subscription
    raise NotFound(UNKNOWN_LINK)


def agree(session: Session, subscription: Subscription, now: datetime) -> None:
    """Write to the address from now on: its reader wants it. Again, it changes nothing.

    Whoever says so takes back that nothing more was wanted.
    """
    if subscription.state != "unconfirmed":
        return
    opt_in_repository.remove_suppressed(session, subscription.address_hash)
    confirm(subscription, now)
    session.add(subscription)
    opt_in_repository.drop_waiting_opt_in(session, subscription.id)
    wake_after_commit(session, DELIVERY)


def _take(session: Session, key: str, most: int, now: datetime) -> datetime | None:
    """Take one of what ``key`` may have within a day; when there is more if it has had all, else ``None``."""
    quota = opt_in_repository.quota_of(session, hashlib.sha256(key.encode()).hexdigest(), now)
    if now - quota.since >= QUOTA_PERIOD:
        quota.since, quota.used = now, 0
    if quota.used >= most:
        return quota.since + QUOTA_PERIOD
    quota.used += 1
    session.add(quota)
    return None
