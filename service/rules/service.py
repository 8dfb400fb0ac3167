"""Versioned match rules: drafts are made and edited, nothing that is or was in force is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from matching import RulesetSettings
from schemas.inputs import JsonObject
from schemas.translation import message
from service.audit.log import write_down
from service.db.tables import Ruleset
from service.errors import Conflict, Invalid
from service.field_errors import faults_of
from service.http.merge_patch import merge_patch
from service.rules.checking import checked
from service.rules.views import RulesetAbout, RulesetFileAbout, RulesetState
from service.rulesets import repository
from service.rulesets.service import active_ruleset, find_ruleset
from service.security.authentication import AccountRole, Actor

SYSTEM = "Passerelle"
SUBJECT = "ruleset"
"""Of which kind rulesets are in the audit log."""
PUBLIC_STATES: Sequence[RulesetState] = ("active", "retired")
ALL_STATES: Sequence[RulesetState] = ("draft", "scheduled", *PUBLIC_STATES)
Shape = TypeVar("Shape", bound=BaseModel)


def states_seen_by(actor: Actor | None) -> Sequence[RulesetState]:
    """Everybody sees what is or was active, stewards see drafts as well."""
    return ALL_STATES if actor is not None and actor.role.reaches(AccountRole.STEWARD) else PUBLIC_STATES


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
    note_step(session, ruleset, "activated", SYSTEM, now, reason=ruleset.reason)
    return ruleset


def base_of(session: Session, ruleset: Ruleset) -> Ruleset:
    """The ruleset that one was drafted from; the active one where that is not known."""
    base = repository.by_version(session, ruleset.based_on) if ruleset.based_on else None
    return base or active_ruleset(session)


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
        settings=base.settings | {"valid_from": None, "valid_until": None},
        created_by=author,
        created_at=now,
    )
    return begin(session, draft)


def new_draft(
    session: Session,
    about: RulesetFileAbout,
    settings: RulesetSettings,
    *,
    key: str | None,
    author: str,
    now: datetime,
) -> Ruleset:
    """A new draft as a file has it, based on the active ruleset; ``key`` is that under which it was put in, if any."""
    draft = Ruleset(
        key=key,
        name=about.name,
        reason=about.reason,
        source=about.source,
        state="draft",
        based_on=active_ruleset(session).version,
        settings=settings.model_dump(mode="json"),
        created_by=author,
        created_at=now,
    )
    return begin(session, draft, key=key, source=about.source)


def begin(session: Session, draft: Ruleset, **details: Any) -> Ruleset:
    """Store a new draft, and write into the audit log who made it and why."""
    session.add(draft)
    session.flush()
    note_step(session, draft, "drafted", draft.created_by, draft.created_at, reason=draft.reason, **details)
    return draft


def put_settings(
    session: Session,
    draft: Ruleset,
    about: RulesetFileAbout,
    settings: RulesetSettings,
    *,
    author: str,
    now: datetime,
) -> None:
    """Put what a file says in place of what a draft said."""
    draft.name, draft.reason, draft.source = about.name, about.reason, about.source
    draft.settings = settings.model_dump(mode="json")
    draft.revision += 1
    session.add(draft)
    changes = {"name": draft.name, "reason": draft.reason, **draft.settings}
    note_step(session, draft, "changed", author, now, changes=changes, source=about.source)


def patch_draft(
    session: Session, ruleset: Ruleset, changes: JsonObject, *, author: str, now: datetime
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
    session.add(ruleset)
    note_step(session, ruleset, "changed", author, now, changes=changes)
    return ruleset


def validated(shape: type[Shape], said: JsonObject) -> Shape:
    """What a steward says, in this shape; raises ``Invalid`` with every value that cannot be accepted."""
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None


def note_step(session: Session, ruleset: Ruleset, did: str, by: str, at: datetime, **details: Any) -> None:
    """Write a step in the life of a ruleset into the audit log."""
    write_down(session, SUBJECT, ruleset.id, did, by=by, at=at, **details)
