"""``/rulesets``: read, draft, change a draft, activate."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.records import ShortText
from schemas.rules import RulesetSettings
from schemas.translation import message
from service.app_state import wake_workers
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Ruleset
from service.errors import BadRequest, NotFound
from service.http.etag import check_precondition, entity_tag
from service.rules import repository, service
from service.security import Caller, Role, Steward

router = APIRouter(prefix="/rulesets", tags=["rules"])
Reason = Annotated[str, Field(min_length=3, max_length=2000)]
State = Literal["draft", "scheduled", "active", "retired"]
IfMatch = Annotated[str | None, Header(description="The ETag you last saw; refused with 412 when outdated.")]


class RulesetDraft(BaseModel):
    """A new draft: what it is called, why it is made, and the ruleset it starts from (the active one)."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=120)]
    reason: Reason
    based_on: UUID | None = None


class Activation(BaseModel):
    """Why a draft becomes the active ruleset."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class RulesetPublic(RulesetSettings):
    """A ruleset: its settings, and who made it, why and when."""

    id: UUID
    version: int
    name: str
    reason: str
    state: State
    based_on: UUID | None
    created_by: str
    created_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    activation_reason: str | None
    retired_at: datetime | None


class RulesetPage(BaseModel):
    """One page of rulesets, newest first."""

    items: list[RulesetPublic]
    next_cursor: str | None
