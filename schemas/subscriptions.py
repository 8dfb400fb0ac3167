"""Subscriptions and digests as the API takes and shows them."""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, EmailStr, Field

from schemas.dates import Day
from schemas.inputs import Input
from schemas.partnerships import ProfileReference
from schemas.translation import note

Frequency = Literal["immediately", "daily", "weekly", "monthly", "never"]
SubscriptionEndCause = Literal["unsubscribed", "refused"]
SubscriptionState = Literal["unconfirmed", "active", "ended"]
DigestState = Literal["waiting", "sent", "failed", "dropped"]


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError(note("Give a time zone such as Europe/Paris or America/Mexico_City."))
    return name


Timezone = Annotated[str, Field(max_length=64), AfterValidator(_known_timezone)]
"""A time zone by its name in the IANA database."""


class SubscriptionInput(Input):
    """How an organisation wants to hear of new suggestions; without ``email`` at its profile's contact address."""

    frequency: Frequency
    language: Literal["fr", "en", "es", "it"] | None = Field(
        default=None, description="By default the language of the request."
    )
    timezone: Timezone = "UTC"
    email: EmailStr | None = Field(default=None, max_length=254)
    paused_until: Day | None = Field(
        default=None, description="Nothing is sent before this day, in the time zone given."
    )


class SubscriptionEnd(BaseModel):
    """Why nothing is sent any more."""

    cause: SubscriptionEndCause
    detail: str


class SubscriptionPublic(BaseModel):
    """A subscription as its organisation sees it."""

    organisation: ProfileReference
    frequency: Frequency
    language: str
    timezone: str
    email: str
    state: SubscriptionState
    notice: str | None = Field(description="What is to be done before anything is sent.")
    paused_until: date | None
    ended: SubscriptionEnd | None
    next_due_at: datetime | None = Field(
        description="When it is next looked whether there is anything new; `null` while only news makes it due."
    )
    created_at: datetime
    updated_at: datetime


class DigestFailure(BaseModel):
    """Why a digest has not been delivered (yet)."""

    cause: str
    detail: str


class DigestPublic(BaseModel):
    """One e-mail of one period."""

    id: UUID
    organisation: ProfileReference
    period: str
    state: DigestState
    attempts: int
    perhaps_twice: bool = Field(
        description="Whether it may have arrived twice: a worker ended between handing it over and noting so."
    )
    failure: DigestFailure | None
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


class MailedSuggestion(BaseModel):
    """A suggestion in a digest."""

    id: UUID
    subject: ProfileReference
    candidate: ProfileReference


class DigestWithSuggestions(DigestPublic):
    """A digest with its suggestions."""

    suggestions: list[MailedSuggestion]


class Unsubscribed(BaseModel):
    """The answer to having unsubscribed."""

    detail: str
