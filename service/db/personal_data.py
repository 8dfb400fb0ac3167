"""Where the database says something of people: what, for how long, and which rows are of one of them.

Every table stands here or among those that say nothing of anybody. The scheduler deletes what is over, ``GET /me/data``
answers with what is stored of the caller, and ``docs/security.md`` has the same table.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_
from sqlmodel import Session, SQLModel, col, select

from schemas.jobs import ENDED
from service.db import tables as t

ANSWERS_KEPT = timedelta(hours=24)
JOBS_KEPT = timedelta(days=30)
TOKENS_KEPT = timedelta(days=365)
DIGESTS_KEPT = timedelta(days=730)
WITH_PROFILE = "until the profile is deleted"


class Person(NamedTuple):
    """Somebody of whom something is stored: a token, its name, and the numbers of the profiles that it speaks for."""

    token: UUID
    name: str
    profiles: frozenset[int]


Rows = ColumnElement[bool]


class PersonalData(NamedTuple):
    """What one table says of people; ``over`` are the rows that are deleted, where the rows of a profile do not go with it."""

    table: type[SQLModel]
    what: str
    kept: str
    of: Callable[[Person], Rows]
    over: Callable[[datetime], Rows] | None = None
    secret: tuple[str, ...] = ()


def _subscriptions_of(person: Person) -> Any:
    return select(t.Subscription.id).where(col(t.Subscription.organisation_number).in_(person.profiles))


def _jobs_of(person: Person) -> Any:
    return select(t.Job.id).where(t.Job.caller == str(person.token))


PERSONAL_DATA = (
    PersonalData(
        t.Profile,
        "an organisation, its projects and programmes, with a contact address",
        WITH_PROFILE,
        lambda person: col(t.Profile.number).in_(person.profiles),
    ),
    PersonalData(
        t.MergedProfile,
        "a profile that was merged into another, as it was",
        "until the profile that it was merged into is deleted",
        lambda person: col(t.MergedProfile.into_number).in_(person.profiles),
    ),
    PersonalData(
        t.Partnership,
        "with whom an organisation works",
        "until one of the two profiles is deleted",
        lambda person: or_(
            col(t.Partnership.query_number).in_(person.profiles),
            col(t.Partnership.candidate_number).in_(person.profiles),
        ),
    ),
    PersonalData(
        t.Decision,
        "what was said to a suggestion, and by which token",
        "until one of the two profiles is deleted",
        lambda person: col(t.Decision.subject_number).in_(person.profiles),
    ),
    PersonalData(
        t.Subscription,
        "the address to which suggestions are sent, and why that ended",
        WITH_PROFILE,
        lambda person: col(t.Subscription.organisation_number).in_(person.profiles),
        secret=("unsubscribe_token",),
    ),
    PersonalData(
        t.Digest,
        "when a mail was sent, and what the mail server said",
        f"{DIGESTS_KEPT.days} days, and until the profile is deleted",
        lambda person: col(t.Digest.subscription_id).in_(_subscriptions_of(person)),
        lambda now: (col(t.Digest.created_at) < now - DIGESTS_KEPT) & (col(t.Digest.state) != "waiting"),
    ),
    PersonalData(
        t.Duplicate,
        "which profiles may be the same, and who decided that they are not",
        "until one of the two profiles is deleted",
        lambda person: or_(
            col(t.Duplicate.first_number).in_(person.profiles),
            col(t.Duplicate.second_number).in_(person.profiles),
        ),
    ),
    PersonalData(
        t.StoredSuggestion,
        "who was suggested to whom",
        "until the next list, or until the profile is deleted",
        lambda person: col(t.StoredSuggestion.subject_number).in_(person.profiles),
    ),
    PersonalData(
        t.ApiToken,
        "the name of whoever uses the API, and when that was last done",
        f"{TOKENS_KEPT.days} days after it was revoked or has expired, or until the profile is deleted",
        lambda person: or_(
            col(t.ApiToken.id) == person.token, col(t.ApiToken.organisation_number).in_(person.profiles)
        ),
        lambda now: (
            (col(t.ApiToken.revoked_at) < now - TOKENS_KEPT)
            | (col(t.ApiToken.expires_at) < now - TOKENS_KEPT)
        ),
        secret=("token_hash",),
    ),
    PersonalData(
        t.IdempotentRequest,
        "what was answered to a call with an Idempotency-Key, without contact addresses",
        "24 hours, or until what it tells of is deleted",
        lambda person: col(t.IdempotentRequest.actor) == str(person.token),
        lambda now: col(t.IdempotentRequest.created_at) < now - ANSWERS_KEPT,
    ),
    PersonalData(
        t.Job,
        "who asked for long work, with the name of a file and what was said of its lines",
        f"{JOBS_KEPT.days} days after it has ended; the file itself until it has ended",
        lambda person: col(t.Job.id).in_(_jobs_of(person)),
        lambda now: (
            (col(t.Job.updated_at) < now - JOBS_KEPT) & (col(t.Job.state).in_(ENDED) | col(t.Job.foreground))
        ),
    ),
    PersonalData(
        t.AuditEntry,
        "who changed rules and tokens, by the name of the token",
        "for as long as the installation: it is the proof of what was done",
        lambda person: (col(t.AuditEntry.by) == person.name) | (col(t.AuditEntry.subject_id) == person.token),
    ),
    PersonalData(
        t.Ruleset,
        "who drafted and activated rules, by the name of the token",
        "for as long as the installation",
        lambda person: or_(
            col(t.Ruleset.created_by) == person.name, col(t.Ruleset.activated_by) == person.name
        ),
    ),
)
GOES_ALONG: dict[type[SQLModel], type[SQLModel]] = {
    t.DigestItem: t.Digest,
    t.JobInput: t.Job,
    t.JobRemark: t.Job,
    t.ProfileLabel: t.Profile,
    t.SuggestionList: t.StoredSuggestion,
}
"""Tables whose rows are parts of rows of another, and go with them."""
OF_NOBODY: tuple[type[SQLModel], ...] = (
    t.Corridor,
    t.Counter,
    t.Generation,
    t.Measurement,
    t.OutboxRow,
    t.Precedent,
    t.ProcessHeartbeat,
    t.ProfileDeletion,
    t.Territory,
    t.TerritoryName,
)
"""Tables that say nothing of anybody."""


def forget_what_is_over(session: Session, now: datetime) -> None:
    """Delete what was to be kept no longer than until now."""
    for each in PERSONAL_DATA:
        if each.over is not None:
            session.execute(delete(each.table).where(each.over(now)))


def rows_of(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """What is stored of somebody: by table, its rows without secrets; profiles by their identifiers."""
    return {
        each.table.__tablename__: [_shown(session, row, each) for row in _rows(session, each, person)]  # type: ignore[misc]  # a name, for every table
        for each in PERSONAL_DATA
    }


def _rows(session: Session, data: PersonalData, person: Person) -> Sequence[SQLModel]:
    keys = data.table.__table__.primary_key.columns  # type: ignore[attr-defined]  # of every table
    return session.exec(select(data.table).where(data.of(person)).order_by(*keys)).all()


def _shown(session: Session, row: SQLModel, data: PersonalData) -> dict[str, Any]:
    shown = row.model_dump(mode="json", exclude=set(data.secret))
    for column in data.table.__table__.columns:  # type: ignore[attr-defined]  # of every table
        refers = {key.target_fullname for key in column.foreign_keys}
        if refers == {"profile.number"}:
            number = shown.pop(column.name)
            found = session.exec(select(t.Profile.id).where(t.Profile.number == number)).first()
            shown[column.name.removesuffix("_number")] = str(found) if found else None
    shown.pop("number", None)
    return shown
