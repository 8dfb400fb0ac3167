"""What would be told to whom, without telling it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.language import Language
from service.digests import repository
from service.digests.preparing import DIGESTS_PER_TRANSACTION, would_tell
from service.profiles import repository as profiles
from service.profiles.views import name_of


def would_be_told(
    session: Session, now: datetime, after: UUID | None, *, at_once: bool
) -> tuple[list[JsonObject], UUID | None]:
    """For some subscribers after one, whom of them a digest would go to now, and where to go on; ``None`` at the end.

    ``at_once`` does not wait for anybody's hour.
    """
    some = repository.active_after(session, after, DIGESTS_PER_TRANSACTION)
    found = []
    for subscription in some:
        due = subscription.next_due_at
        told = would_tell(session, subscription, now) if at_once or (due and due <= now) else []
        if told:
            language = Language(subscription.language)
            numbers = [item.candidate_number for item in told]
            known = profiles.by_numbers(session, [subscription.organisation_number, *numbers])
            found.append(
                {
                    "organisation": name_of(known[subscription.organisation_number], language),
                    "frequency": subscription.frequency,
                    "suggestions": [name_of(known[number], language) for number in numbers],
                }
            )
    return found, some[-1].id if some else None
