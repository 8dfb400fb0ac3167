"""Which rules are in force: by a steward's word or by the calendar, exactly one ruleset at any instant."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from matching import RulesetSettings
from schemas.translation import message
from service.db.tables import Ruleset
from service.errors import Conflict, Invalid
from service.outbox.announcing import announce_everything
from service.rules.history import put_in_force_by
from service.rules.service import SYSTEM, note_step
from service.rulesets import generation_repository as generations
from service.rulesets import repository


def activate(session: Session, ruleset: Ruleset, reason: str, *, actor: str, now: datetime) -> Ruleset:
    """Make a draft the one active ruleset, at once or from the day on which its validity begins."""
    if ruleset.state != "draft":
        raise Conflict(message("Only a draft can be activated. Make a new draft based on this ruleset."))
    settings, today = RulesetSettings.model_validate(ruleset.settings), now.date()
    if settings.valid_until is not None and settings.valid_until < today:
        raise Invalid.at(
            "/valid_until", message("The last day of these rules is past: {day}.", day=settings.valid_until)
        )
    ruleset.activation_reason = reason
    if settings.valid_from is not None and settings.valid_from > today:
        return _step(session, ruleset, "scheduled", "scheduled", reason, actor=actor, now=now)
    return _take_over(session, ruleset, reason, actor=actor, now=now)


def withdraw(session: Session, ruleset: Ruleset, reason: str, *, actor: str, now: datetime) -> Ruleset:
    """Make a scheduled ruleset a draft again; raises ``Conflict`` for any other."""
    if ruleset.state != "scheduled":
        raise Conflict(message("Only a scheduled ruleset can be withdrawn."))
    ruleset.activation_reason = None
    return _step(session, ruleset, "draft", "withdrawn", reason, actor=actor, now=now)


def to_activate(session: Session, ruleset_id: UUID) -> Ruleset | None:
    """The draft of this identifier; ``None`` for what an activation would be refused."""
    ruleset = repository.by_id(session, ruleset_id)
    return ruleset if ruleset is not None and ruleset.state == "draft" else None


def to_go_back_to(session: Session, today: date) -> Ruleset | None:
    """The ruleset that a rollback on this day would put back in force."""
    active = repository.active(session)
    return _former(session, active, today) if active else None


def roll_back(
    session: Session, reason: str, named: Callable[[Ruleset], bool] | None, *, actor: str, now: datetime
) -> Ruleset:
    """Put the ruleset back in force whose place the active one took; raises ``Conflict`` where there is none.

    The active one must be ``named``. Where its sender names none, only an activation is taken back: pressed twice, a
    rollback takes nothing more back.
    """
    active = repository.active(session, to_change=True)
    if active is not None:
        _check_named(session, active, named)
    former = _former(session, active, now.date()) if active else None
    if active is None or former is None:
        raise Conflict(message("No ruleset was active before this one, so there is none to go back to."))
    _step(session, active, "retired", "rolled_back", reason, actor=actor, now=now)
    return _restore(session, former, reason, actor=actor, now=now)


def _check_named(session: Session, active: Ruleset, named: Callable[[Ruleset], bool] | None) -> None:
    if named is not None and not named(active):
        raise Conflict(
            message(
                "Version {version} is in force, not the one that you name. Look at the rules in force, then decide again.",
                version=str(active.version),
            )
        )
    if named is None and put_in_force_by(session, active.id) == "restored":
        raise Conflict(
            message(
                "Version {version} is in force again already. To go back further, name this version in “from”.",
                version=str(active.version),
            )
        )


def keep_to_calendar(session: Session, now: datetime) -> bool:
    """Have the rules in force that this day (UTC) asks for; whether others came into force.

    What has reached its last day gives way to what was in force before it. What was scheduled takes its place, in the
    name of whoever scheduled it and for the same reason.
    """
    today = now.date()
    active = repository.active(session)
    changed = active is not None and _is_over(active, today) and _expire(session, now)
    due = [ruleset for ruleset in repository.scheduled(session) if _begins(ruleset) <= today]
    for ruleset in sorted(due, key=lambda each: (_begins(each), each.version)):
        by, reason = ruleset.activated_by or SYSTEM, ruleset.activation_reason or ruleset.reason
        if _is_over(ruleset, today):
            _step(session, ruleset, "retired", "expired", reason, actor=by, now=now)
        else:
            _take_over(session, ruleset, reason, actor=by, now=now)
            changed = True
    return changed


def _expire(session: Session, now: datetime) -> bool:
    active = repository.active(session, to_change=True)
    former = _former(session, active, now.date()) if active else None
    if active is None or former is None or not _is_over(active, now.date()):
        return False
    reason = active.activation_reason or active.reason
    _step(session, active, "retired", "expired", reason, actor=SYSTEM, now=now)
    _restore(session, former, reason, actor=SYSTEM, now=now)
    return True


def _former(session: Session, ruleset: Ruleset, today: date) -> Ruleset | None:
    """The ruleset whose place one took; where that is over by now, the one before it."""
    former = ruleset
    while former.replaced is not None:
        found = repository.by_version(session, former.replaced)
        if found is None or not _is_over(found, today):
            return found
        former = found
    return None


def _is_over(ruleset: Ruleset, today: date) -> bool:
    last = RulesetSettings.model_validate(ruleset.settings).valid_until
    return last is not None and last < today


def _begins(ruleset: Ruleset) -> date:
    return RulesetSettings.model_validate(ruleset.settings).valid_from or date.min


def _take_over(session: Session, ruleset: Ruleset, reason: str, *, actor: str, now: datetime) -> Ruleset:
    former = repository.active(session, to_change=True)
    if former is not None:
        _step(session, former, "retired", "retired", reason, actor=actor, now=now)
        ruleset.replaced = former.version
    return _put_in_force(session, ruleset, "activated", reason, actor=actor, now=now)


def _restore(session: Session, former: Ruleset, reason: str, *, actor: str, now: datetime) -> Ruleset:
    former.retired_at = None
    generations.show_again(session, former.version or 0)
    return _put_in_force(session, former, "restored", reason, actor=actor, now=now)


def _put_in_force(
    session: Session, ruleset: Ruleset, did: str, reason: str, *, actor: str, now: datetime
) -> Ruleset:
    ruleset.activated_at = now
    _step(session, ruleset, "active", did, reason, actor=actor, now=now)
    announce_everything(session, now)
    return ruleset


def _step(
    session: Session, ruleset: Ruleset, state: str, did: str, reason: str, *, actor: str, now: datetime
) -> Ruleset:
    ruleset.state = state
    if state == "retired":
        ruleset.retired_at = now
    else:
        ruleset.activated_by = actor if state != "draft" else None
    ruleset.revision += 1
    session.add(ruleset)
    session.flush()
    note_step(session, ruleset, did, actor, now, reason=reason)
    return ruleset
