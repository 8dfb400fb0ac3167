"""Which digests would be sent, without making or sending any."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.language import Language
from service.digests import repository
from service.digests.preparing import DIGESTS_PER_TRANSACTION, suggestions_due
from service.profiles import repository as profiles
from service.profiles.views import name_of


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest that would be sent: to which organisation, and the names of whom it would suggest."""

    organisation: str
    frequency: str
    suggestions: list[str]


def due_digests(
    session: Session, now: datetime, after: UUID | None, *, at_once: bool
) -> tuple[list[DueDigest], UUID | None]:
    """The digests due for some subscribers after one, and where to go on; ``None`` at the end.

    ``at_once`` does not wait for anybody's hour.
    """
    some = repository.active_after(session, after, now, DIGESTS_PER_TRANSACTION)
    found = []
    for subscription in some:
        due = subscription.next_due_at
        suggestions = suggestions_due(session, subscription, now) if at_once or (due and due <= now) else []
        if suggestions:
            language = Language(subscription.language)
            numbers = [item.candidate_number for item in suggestions]
            profile_of = profiles.by_numbers(session, [subscription.organisation_number, *numbers])
            organisation = name_of(profile_of[subscription.organisation_number], language)
            names = [name_of(profile_of[number], language) for number in numbers]
            found.append(DueDigest(organisation, subscription.frequency, names))
    return found, some[-1].id if some else None
