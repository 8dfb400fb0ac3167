"""Versioned match rules: drafts are edited, one version is active, nothing active is ever edited."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from schemas.rules import RulesetSettings
from schemas.translation import message
from service.db.tables import Job, Ruleset
from service.errors import Conflict, Invalid, NotFound, field_error
from service.http.merge_patch import merge_patch
from service.jobs.service import start_job
from service.rules import repository

SYSTEM = "Passerelle"


def ensure_active_ruleset(session: Session, now: datetime) -> Ruleset:
    """The active ruleset; the balanced one is made and activated where there is none yet."""
    found = repository.active(session)
    if found is not None:
        return found
    ruleset = Ruleset(
        name="balanced",
        reason="The rules a new installation starts with.",
        state="active",
        settings=RulesetSettings.balanced().model_dump(mode="json"),
        created_by=SYSTEM,
        created_at=now,
        activated_by=SYSTEM,
        activated_at=now,
    )
    session.add(ruleset)
    session.flush()
    return ruleset


def active_ruleset(session: Session) -> Ruleset:
    """The active ruleset; raises ``NotFound`` before the first start has made one."""
    found = repository.active(session)
    if found is None:
        raise NotFound(message("No ruleset is active yet. Run: passerelle db upgrade"))
    return found


def find_ruleset(session: Session, ruleset_id: UUID) -> Ruleset:
    """The ruleset with this identifier; raises ``NotFound``."""
    found = repository.by_id(session, ruleset_id)
    if found is None:
        raise NotFound(message("There is no ruleset with this identifier."))
    return found


def draft_ruleset(
    session: Session, name: str, reason: str, based_on: UUID | None, *, author: str, now: datetime
) -> Ruleset:
    """A new draft with the settings of ``based_on``, or of the active ruleset."""
    base = find_ruleset(session, based_on) if based_on else active_ruleset(session)
    draft = Ruleset(
        name=name,
        reason=reason,
        state="draft",
        based_on=base.version,
        settings=base.settings,
        created_by=author,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def patch_draft(ruleset: Ruleset, changes: dict[str, Any]) -> Ruleset:
    """Change a draft by JSON merge patch (RFC 7396): its name, its reason and any of its settings."""
    if ruleset.state != "draft":
        raise Conflict(
            message("Only a draft can be changed. Make a new draft based on this ruleset and change that.")
        )
    ruleset.name = changes.pop("name", ruleset.name)
    ruleset.reason = changes.pop("reason", ruleset.reason)
    ruleset.settings = _validated(merge_patch(ruleset.settings, changes))
    ruleset.revision += 1
    return ruleset


def _validated(settings: dict[str, Any]) -> dict[str, Any]:
    try:
        return RulesetSettings.model_validate(settings).model_dump(mode="json")
    except ValidationError as error:
        raise Invalid(
            message("Some values cannot be accepted."), errors=[field_error(item) for item in error.errors()]
        ) from None


def activate(session: Session, ruleset: Ruleset, reason: str, *, actor: str, now: datetime) -> Job:
    """Make a draft the one active ruleset and have all suggestions recomputed; the job shows the progress."""
    if ruleset.state != "draft":
        raise Conflict(message("Only a draft can be activated. Make a new draft based on this ruleset."))
    former = repository.active(session)
    if former is not None:
        former.state, former.retired_at = "retired", now
        session.add(former)
        session.flush()
    ruleset.state, ruleset.activated_by, ruleset.activated_at = "active", actor, now
    ruleset.activation_reason = reason
    ruleset.revision += 1
    session.add(ruleset)
    session.flush()
    return start_job(session, "rematch", {"all": True}, requested_by=actor, now=now)
