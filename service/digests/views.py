"""Subscriptions and digests as their organisations see them."""

from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

from schemas.language import Language
from schemas.subscriptions import (
    DigestFailure,
    DigestPublic,
    DigestState,
    Frequency,
    SubscriptionEnd,
    SubscriptionEndCause,
    SubscriptionPublic,
    SubscriptionState,
)
from schemas.translation import Message, message
from schemas.wording import render
from service.db.tables import Digest, Profile, Subscription
from service.profiles.views import reference

SUBSCRIPTION_ENDED: dict[SubscriptionEndCause, Message] = {
    "unsubscribed": message("You have asked for no more e-mail."),
    "refused": message("The mail server refused to deliver: {said} Give another address to go on."),
}

TO_CONFIRM = message(
    "To receive suggestions, open our e-mail at {email} and agree. If none arrives, look in the spam folder or give another address. If you have unsubscribed before, open the unsubscribe link of any earlier e-mail and choose “Write to me again”."
)


def subscription_view(
    subscription: Subscription, organisation: Profile, language: Language
) -> SubscriptionPublic:
    """A subscription."""
    frequency = "never" if subscription.end_class == "unsubscribed" else subscription.frequency
    return SubscriptionPublic(
        organisation=reference(organisation, language),
        frequency=cast("Frequency", frequency),
        language=subscription.language,
        timezone=subscription.timezone,
        email=subscription.email,
        state=cast("SubscriptionState", subscription.state),
        notice=_notice(subscription, language),
        paused_until=_day_of_return(subscription),
        ended=_end(subscription, language),
        next_due_at=subscription.next_due_at,
        created_at=subscription.created_at,
        updated_at=subscription.updated_at,
    )


def _notice(subscription: Subscription, language: Language) -> str | None:
    """What an organisation is to do whose address was not confirmed; the same whether a mail has gone out or not."""
    if subscription.state != "unconfirmed":
        return None
    return render(language, Message(TO_CONFIRM.text, {"email": subscription.email}))


def _day_of_return(subscription: Subscription) -> date | None:
    """The day on which a pause ends, by the subscriber's calendar."""
    moment = subscription.paused_until
    return moment.astimezone(ZoneInfo(subscription.timezone)).date() if moment else None


def _end(subscription: Subscription, language: Language) -> SubscriptionEnd | None:
    if subscription.end_class is None:
        return None
    cause = cast("SubscriptionEndCause", subscription.end_class)
    said = Message(SUBSCRIPTION_ENDED[cause].text, {"said": subscription.end_reason or ""})
    return SubscriptionEnd(cause=cause, detail=render(language, said))


def digest_view(digest: Digest, organisation: Profile, language: Language) -> DigestPublic:
    """One e-mail."""
    failed = digest.failure_class is not None
    return DigestPublic(
        id=digest.id,
        organisation=reference(organisation, language),
        period=digest.period,
        state=cast("DigestState", digest.state),
        attempts=digest.attempts,
        perhaps_twice=digest.perhaps_twice,
        failure=DigestFailure(cause=digest.failure_class or "", detail=digest.failure or "")
        if failed
        else None,
        created_at=digest.created_at,
        due_at=digest.due_at,
        sent_at=digest.sent_at,
    )
