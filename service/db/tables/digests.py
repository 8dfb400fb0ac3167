"""Who wants to hear of new suggestions, what is sent to them, and which suggestions they have been sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.db.base import new_id


class Subscription(SQLModel, table=True):
    """An organisation's wish to be written to. ``next_due_at`` is empty while nothing is to be looked for.
    ``asked_at`` is when it was last asked to confirm its profiles.

    ``state`` is unconfirmed, active or ended; ``end_class`` and ``end_reason`` say why it ended. ``confirmed_at`` is when
    the reader of the address agreed to it; until then nothing else is sent there. Nothing is sent before
    ``paused_until``.
    """

    __tablename__ = "subscription"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_number: int = Field(foreign_key="profile.number", ondelete="CASCADE", unique=True)
    email: str = Field(max_length=254)
    address_hash: str = Field(max_length=64, index=True)
    frequency: str = Field(max_length=12)
    language: str = Field(max_length=2)
    timezone: str = Field(max_length=64)
    state: str = Field(default="unconfirmed", max_length=12)
    confirmed_at: datetime | None = None
    paused_until: datetime | None = None
    end_class: str | None = Field(default=None, max_length=20)
    end_reason: str | None = Field(default=None, max_length=1000)
    next_due_at: datetime | None = Field(default=None, index=True)
    unsubscribe_token: str = Field(max_length=64, unique=True)
    asked_at: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime


class FormerUnsubscribeLink(SQLModel, table=True):
    """The link that ended a subscription while another address was written to: it speaks for that address alone."""

    __tablename__ = "former_unsubscribe_link"

    token: str = Field(max_length=64, primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id", ondelete="CASCADE", index=True)
    address_hash: str = Field(max_length=64)


class SuppressedAddress(SQLModel, table=True):
    """An address whose reader wants no mail from us, whoever asks for it, until the reader says otherwise."""

    __tablename__ = "suppressed_address"

    address_hash: str = Field(max_length=64, primary_key=True)
    since: datetime


class OptInQuota(SQLModel, table=True):
    """How many opt-in mails an address was sent, or an account has asked for, since a moment of the last day."""

    __tablename__ = "opt_in_quota"

    key_hash: str = Field(max_length=64, primary_key=True)
    since: datetime
    used: int


class Digest(SQLModel, table=True):
    """One e-mail to one subscriber for one period.

    Its ``purpose`` is suggestions, or opt_in: the question whether the reader of the address wants any. ``state`` is waiting, sent, failed or dropped. ``sending_since`` is set just before the mail is handed
    over: whoever finds it set and the state still waiting cannot know whether it has arrived, sends it again
    and says so in ``perhaps_twice``. ``copies`` are those of which nobody knows whether they were taken.
    """

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("subscription_id", "period"),
        Index("ix_digest_state_due_at", "state", "due_at"),
    )

    id: UUID = Field(primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id", ondelete="CASCADE")
    period: str = Field(max_length=32)
    purpose: str = Field(default="suggestions", max_length=12)
    state: str = Field(default="waiting", max_length=12)
    attempts: int = 0
    due_at: datetime
    lease_owner: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = None
    sending_since: datetime | None = None
    perhaps_twice: bool = False
    copies: int = 0
    failure_class: str | None = Field(default=None, max_length=20)
    failure: str | None = Field(default=None, max_length=1000)
    created_at: datetime
    sent_at: datetime | None = None


class DigestItem(SQLModel, table=True):
    """A suggestion in a digest. Its key says that none is ever sent to a subscriber twice, but for a programme that was
    ``not_yet_open`` at first: that it has opened is news again.
    """

    __tablename__ = "digest_item"

    subscription_id: UUID = Field(primary_key=True, foreign_key="subscription.id", ondelete="CASCADE")
    subject_number: int = Field(
        primary_key=True, foreign_key="profile.number", ondelete="CASCADE", index=True
    )
    candidate_number: int = Field(
        primary_key=True, foreign_key="profile.number", ondelete="CASCADE", index=True
    )
    not_yet_open: bool = Field(default=False, primary_key=True)
    digest_id: UUID = Field(foreign_key="digest.id", ondelete="CASCADE", index=True)
    position: int
