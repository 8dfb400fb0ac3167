"""Where the database says something of people: what, for how long, and which rows are of one of them.

Every table stands here or among those that say nothing of anybody. The scheduler deletes what is over, ``GET /me/data``
answers with what is stored of the caller, and ``docs/security.md`` has the same table.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, false, or_
from sqlmodel import Session, SQLModel, col, select

from schemas.jobs import ENDED
from service.db import tables as t
from service.db.bulk import pieces

ANSWERS_KEPT = timedelta(hours=24)
JOBS_KEPT = timedelta(days=30)
TOKENS_KEPT = timedelta(days=365)
DIGESTS_KEPT = timedelta(days=730)
UNCONFIRMED_KEPT = timedelta(days=30)
QUOTAS_KEPT = timedelta(days=2)
PROFILES_PER_QUERY = 500
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


def _of_profiles(*columns: Any) -> Callable[[Person], Rows]:
    """The rows in which one of these columns holds the number of somebody's profile."""
    return lambda person: or_(*(col(column).in_(person.profiles) for column in columns))


def _subscriptions_of(person: Person) -> Any:
    return select(t.Subscription.id).where(col(t.Subscription.organisation_number).in_(person.profiles))


def _jobs_of(person: Person) -> Any:
    return select(t.Job.id).where(t.Job.caller == str(person.token))


def _of_no_account(_person: Person) -> Rows:
    """No row: it is of the reader of an address, who has no account."""
    return false()


PERSONAL_DATA = (
    PersonalData(
        t.Profile,
        "an organisation, its projects and programmes, with a contact address",
        WITH_PROFILE,
        _of_profiles(t.Profile.number),
    ),
    PersonalData(
        t.MergedProfile,
        "a profile that was merged into another, as it was",
        "until the profile that it was merged into is deleted",
        _of_profiles(t.MergedProfile.into_number),
    ),
    PersonalData(
        t.Partnership,
        "with whom an organisation works",
        "until one of the two profiles is deleted",
        _of_profiles(t.Partnership.query_number, t.Partnership.candidate_number),
    ),
    PersonalData(
        t.Decision,
        "what was said to a suggestion, and by which token",
        "until one of the two profiles is deleted",
        _of_profiles(t.Decision.subject_number),
    ),
    PersonalData(
        t.Subscription,
        "the address to which suggestions are sent, since when its reader agrees, and why that ended",
        f"{WITH_PROFILE}; {UNCONFIRMED_KEPT.days} days where the reader has not agreed",
        _of_profiles(t.Subscription.organisation_number),
        lambda now: (
            (col(t.Subscription.updated_at) < now - UNCONFIRMED_KEPT)
            & (col(t.Subscription.state) == "unconfirmed")
        ),
        secret=("unsubscribe_token",),
    ),
    PersonalData(
        t.SuppressedAddress,
        "the SHA-256 of an address whose reader wants no mail",
        "until its reader says otherwise, for as long as the installation",
        _of_no_account,
    ),
    PersonalData(
        t.OptInQuota,
        "the SHA-256 of an address that was asked, or of a token that had it asked, and how often in a day",
        f"{QUOTAS_KEPT.days} days",
        _of_no_account,
        lambda now: col(t.OptInQuota.since) < now - QUOTAS_KEPT,
    ),
    PersonalData(
        t.Digest,
        "when a mail was sent, and what the mail server said",
        f"{DIGESTS_KEPT.days} days, and until the profile is deleted",
        # Whether an opt-in mail was sent tells what the reader of an address wants.
        lambda person: (
            col(t.Digest.subscription_id).in_(_subscriptions_of(person))
            & (col(t.Digest.purpose) == "suggestions")
        ),
        lambda now: (col(t.Digest.created_at) < now - DIGESTS_KEPT) & (col(t.Digest.state) != "waiting"),
    ),
    PersonalData(
        t.Duplicate,
        "which profiles may be the same, and who decided that they are not",
        "until one of the two profiles is deleted",
        _of_profiles(t.Duplicate.first_number, t.Duplicate.second_number),
    ),
    PersonalData(
        t.StoredSuggestion,
        "who was suggested to whom",
        "until the next list, or until the profile is deleted",
        _of_profiles(t.StoredSuggestion.subject_number),
    ),
    PersonalData(
        t.ApiToken,
        "the name of whoever uses the API, and when that was last done",
        f"{TOKENS_KEPT.days} days after it was revoked or has expired, or until the profile is deleted",
        lambda person: or_(
            t.ApiToken.held_with(person.token), col(t.ApiToken.organisation_number).in_(person.profiles)
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
    t.FormerUnsubscribeLink: t.Subscription,
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
    found = [(each, _rows(session, each, person)) for each in PERSONAL_DATA]
    numbers = {
        getattr(row, name) for each, rows in found for name in _profile_columns(each.table) for row in rows
    }
    ids = _identifiers(session, numbers)
    return {
        each.table.__tablename__: [_shown(row, each, ids) for row in rows]  # type: ignore[misc]  # a name, for every table
        for each, rows in found
    }


def _rows(session: Session, data: PersonalData, person: Person) -> Sequence[SQLModel]:
    keys = data.table.__table__.primary_key.columns  # type: ignore[attr-defined]  # of every table
    return session.exec(select(data.table).where(data.of(person)).order_by(*keys)).all()


def _profile_columns(table: type[SQLModel]) -> list[str]:
    """The columns of a table that hold the number of a profile."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # of every table
    return [
        column.name
        for column in columns
        if {key.target_fullname for key in column.foreign_keys} == {"profile.number"}
    ]


def _identifiers(session: Session, numbers: Collection[int | None]) -> dict[int | None, str]:
    """The identifiers of profiles by their numbers."""
    found: dict[int | None, str] = {}
    for some in pieces(sorted(number for number in numbers if number is not None), PROFILES_PER_QUERY):
        rows = session.exec(select(t.Profile.number, t.Profile.id).where(col(t.Profile.number).in_(some)))
        found |= {number: str(identifier) for number, identifier in rows}
    return found


def _shown(row: SQLModel, data: PersonalData, ids: Mapping[int | None, str]) -> dict[str, Any]:
    shown = row.model_dump(mode="json", exclude=set(data.secret))
    for name in _profile_columns(data.table):
        shown[name.removesuffix("_number")] = ids.get(shown.pop(name))
    shown.pop("number", None)
    return shown
