"""Demo subscribers: a few documented organisations that are written to, at addresses that lead nowhere (RFC 2606)."""

from datetime import datetime

from sqlmodel import Session

from schemas.language import Language
from schemas.subscriptions import SubscriptionInput
from service.digests import repository
from service.digests.opt_in import agree
from service.digests.subscriptions import subscribe
from service.profiles import repository as profiles

SUBSCRIBERS = (
    ("governorate-mahdia", Language.FR, "Africa/Tunis"),
    ("region-veneto", Language.IT, "Europe/Rome"),
    ("generalitat-catalonia", Language.ES, "Europe/Madrid"),
    ("ghanaians-of-modena", Language.EN, "Europe/Rome"),
)


def load_demo_subscribers(session: Session, now: datetime) -> int:
    """Subscribe those who have no subscription yet; how many there were."""
    made = 0
    for key, language, timezone in SUBSCRIBERS:
        organisation = profiles.by_key(session, f"documented:{key}")
        if organisation is None or repository.subscription_of(session, organisation.number or 0):
            continue
        said = SubscriptionInput(
            frequency="immediately",
            language=language.value,
            timezone=timezone,
            email=f"{key}@passerelle.example",
        )
        subscription = subscribe(session, organisation, None, said, language, f"demo:{key}", now)
        agree(session, subscription, now)
        made += 1
    return made
