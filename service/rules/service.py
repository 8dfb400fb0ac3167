"""Versioned match rules: drafts are edited, one version is active, nothing active is ever edited."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from schemas.rules import RulesetAbout, RulesetSettings
from schemas.translation import message
from service.db.tables import Ruleset
from service.errors import Conflict, Invalid, NotFound
from service.field_errors import faults_of
from service.http.merge_patch import merge_patch
from service.http.times import utc
from service.outbox.announcing import announce_everything
from service.rules import repository
from service.rules.checking import checked

SYSTEM = "Passerelle"
Shape = TypeVar("Shape", bound=BaseModel)


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
    _note(ruleset, "activated", SYSTEM, now, reason=ruleset.reason)
    session.add(ruleset)
    session.flush()
    return ruleset


def active_ruleset(session: Session) -> Ruleset:
    """The active ruleset; raises ``NotFound`` before the first start has made one."""
    found = repository.active(session)
    if found is None:
        raise NotFound(message("No ruleset is active yet. Run: passerelle db upgrade"))
    return found


def find_ruleset(
    session: Session, ruleset_id: UUID, states: Collection[str] | None = None, *, to_change: bool = False
) -> Ruleset:
    """The ruleset with this identifier, in one of ``states`` if any are named; raises ``NotFound``.

    Ask for it ``to_change`` before you change it.
    """
    found = repository.by_id(session, ruleset_id, to_change=to_change)
    if found is None or (states is not None and found.state not in states):
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
    _note(draft, "drafted", author, now, reason=reason)
    session.add(draft)
    session.flush()
    return draft


def patch_draft(
    session: Session, ruleset: Ruleset, changes: dict[str, Any], *, author: str, now: datetime
) -> Ruleset:
    """Change a draft by JSON merge patch (RFC 7396): its name, its reason and any of its settings."""
    if ruleset.state != "draft":
        raise Conflict(
            message("Only a draft can be changed. Make a new draft based on this ruleset and change that.")
        )
    about = validated(RulesetAbout, {name: changes[name] for name in ("name", "reason") if name in changes})
    patch = {name: value for name, value in changes.items() if name not in ("name", "reason")}
    # What scores have meant is known of the settings under which it was learnt, and of no others.
    unknown = {"calibration": None} if patch and "calibration" not in patch else {}
    settings = checked(session, validated(RulesetSettings, merge_patch(ruleset.settings, patch | unknown)))
    ruleset.name, ruleset.reason = about.name or ruleset.name, about.reason or ruleset.reason
    ruleset.settings = settings.model_dump(mode="json")
    ruleset.revision += 1
    _note(ruleset, "changed", author, now, changes=changes)
    session.add(ruleset)
    return ruleset


def validated(shape: type[Shape], said: dict[str, Any]) -> Shape:
    """What a steward says, in this shape; raises ``Invalid`` with every value that cannot be accepted."""
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None


def activate(session: Session, ruleset: Ruleset, reason: str, *, actor: str, now: datetime) -> Ruleset:
    """Make a draft the one active ruleset: every suggestion from now on is made by it."""
    if ruleset.state != "draft":
        raise Conflict(message("Only a draft can be activated. Make a new draft based on this ruleset."))
    former = repository.active(session)
    if former is not None:
        former.state, former.retired_at = "retired", now
        _note(former, "retired", actor, now, reason=reason)
        session.add(former)
        session.flush()
    ruleset.state, ruleset.activated_by, ruleset.activated_at = "active", actor, now
    ruleset.activation_reason = reason
    _note(ruleset, "activated", actor, now, reason=reason)
    ruleset.revision += 1
    session.add(ruleset)
    session.flush()
    announce_everything(session, now)
    return ruleset


def _note(ruleset: Ruleset, did: str, by: str, at: datetime, **details: Any) -> None:
    """Add a step to a ruleset's history; the list is replaced, so that the change is seen and stored."""
    ruleset.history = [*ruleset.history, {"did": did, "by": by, "at": utc(at), **details}]
