"""``/rulesets``: read, draft, change a draft, activate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from sqlmodel import Session

from matching import RulesetSettings
from schemas.inputs import JsonObject
from schemas.lessons import Lessons
from schemas.profiles import Page
from service.clock import now
from service.db.session import ReadingSession, WritingSession, reading
from service.db.tables import Ruleset
from service.errors import language_of
from service.http.etag import IfMatch, check_precondition, entity_tag, names_tag
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position
from service.rules import learnt as learnt_drafts
from service.rules import lifecycle, service
from service.rules.differences import differences
from service.rules.forms import condition_forms
from service.rules.lessons import lesson_view
from service.rules.repository import answered_suggestions
from service.rules.showing import answer, ruleset_view
from service.rules.views import (
    ConditionForms,
    DifferencePublic,
    RulesetAbout,
    RulesetActivation,
    RulesetDiff,
    RulesetDraft,
    RulesetPublic,
    RulesetRollback,
    RulesetState,
)
from service.rulesets import repository
from service.rulesets.service import active_ruleset, find_ruleset
from service.security.authentication import Caller, Steward
from service.security.rate_limits import costs
from service.vocabularies.wording import Wording

if TYPE_CHECKING:
    from matching import Lesson

router = GuardedRouter(prefix="/rulesets", tags=["rules"])


@router.get("", response_model_exclude_unset=True)
def list_rulesets(
    request: Request,
    session: ReadingSession,
    actor: Caller,
    state: Annotated[RulesetState | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[RulesetPublic]:
    """Rulesets, newest first. Everybody sees what is or was active, stewards see drafts as well."""
    states = [known for known in service.states_seen_by(actor) if state in (None, known)]
    found = repository.newest_first(session, position(cursor), limit + 1, states)
    language = language_of(request)
    return page(
        Page[RulesetPublic],
        found,
        limit,
        lambda item: item.version,
        lambda item: ruleset_view(session, item, language),
    )


@router.get("/active", response_model=RulesetPublic)
def read_active_ruleset(request: Request, session: ReadingSession) -> Response:
    """The ruleset that makes today's suggestions."""
    return answer(request, session, active_ruleset(session))


@router.get("/lessons")
def read_lessons(request: Request, session: ReadingSession, _actor: Steward) -> Lessons:
    """What decisions and partnerships teach about the weights that hold, and what scores have meant. Nothing changes by
    itself: send a lesson's ``patch`` to a draft to take it up. It takes up to half a minute on a large track record."""
    learnt = _learnt(request, session, active_ruleset(session))
    return Lessons(items=[lesson_view(lesson, language_of(request)) for lesson in learnt])


@router.post("/lessons", response_model=RulesetPublic, status_code=201, openapi_extra=costs(50))
def draft_lessons(
    request: Request,
    session: WritingSession,
    actor: Steward,
    idempotent: Idempotent,
    said: RulesetAbout | None = None,
) -> Response:
    """A draft of what decisions and partnerships teach: for each pairing the weights that would have predicted better what
    followed, kept within the ``bounds`` of the rules, with the ``evidence`` for them and what the bounds stood against. It
    changes nothing until it is activated."""
    language = language_of(request)
    with reading(request.app.state.engine) as beforehand:
        if (former := idempotent.answered(beforehand)) is not None:
            return former
        active = active_ruleset(beforehand)
        learnt = _learnt(request, beforehand, active)

    def drafted() -> Response:
        wording = Wording(session, language)
        made = learnt_drafts.draft_learnt(
            session, active.version, learnt, said or RulesetAbout(), wording, author=actor.name, now=now()
        )
        return answer(request, session, made, status=201)

    return idempotent.once(session, drafted)


@router.get("/conditions")
def read_condition_forms(request: Request) -> ConditionForms:
    """Every condition there is, as a form offers it: what it is called, of whom it may be asked, and its gaps to fill."""
    return ConditionForms(items=condition_forms(language_of(request)))


@router.get("/{ruleset_id}", response_model=RulesetPublic)
def read_ruleset(ruleset_id: UUID, request: Request, session: ReadingSession, actor: Caller) -> Response:
    """One ruleset; drafts for stewards only."""
    seen = service.states_seen_by(actor)
    return answer(request, session, find_ruleset(session, ruleset_id, seen))


@router.get("/{ruleset_id}/diff")
def read_diff(
    ruleset_id: UUID,
    request: Request,
    session: ReadingSession,
    actor: Caller,
    against: Annotated[
        UUID | None, Query(description="By default the ruleset it was drafted from, or the active one.")
    ] = None,
) -> RulesetDiff:
    """What differs in a ruleset from another, in plain sentences."""
    seen = service.states_seen_by(actor)
    ruleset = find_ruleset(session, ruleset_id, seen)
    other = find_ruleset(session, against, seen) if against else service.base_of(session, ruleset)
    wording = Wording(session, language_of(request))
    items = [
        DifferencePublic(
            pointer=each.pointer, before=each.before, after=each.after, detail=wording.say(each.said)
        )
        for each in differences(*(RulesetSettings.model_validate(each.settings) for each in (other, ruleset)))
    ]
    return RulesetDiff(ruleset=ruleset.id, against=other.id, items=items)


@router.post("", response_model=RulesetPublic, status_code=201)
def draft_ruleset(
    said: RulesetDraft, request: Request, session: WritingSession, actor: Steward, idempotent: Idempotent
) -> Response:
    """Make a draft. It changes nothing for anybody until it is activated."""

    def draft() -> Response:
        made = service.draft_ruleset(
            session, said.name, said.reason, said.based_on, author=actor.name, now=now()
        )
        return answer(request, session, made, status=201)

    return idempotent.once(session, draft)


@router.patch(
    "/{ruleset_id}",
    response_model=RulesetPublic,
    openapi_extra={
        "requestBody": {
            "description": "A JSON merge patch (RFC 7396) of a draft's name, reason and settings; "
            "weights may be on any scale and are kept as shares that add up to 1."
        }
    },
)
def change_draft(
    ruleset_id: UUID,
    patch: JsonObject,
    request: Request,
    session: WritingSession,
    actor: Steward,
    if_match: IfMatch = None,
) -> Response:
    """Change a draft; only what is given changes."""
    ruleset = find_ruleset(session, ruleset_id, to_change=True)
    check_precondition(if_match, entity_tag(ruleset.revision))
    return answer(
        request, session, service.patch_draft(session, ruleset, patch, author=actor.name, now=now())
    )


@router.post("/{ruleset_id}/activate", response_model=RulesetPublic)
def activate_ruleset(
    ruleset_id: UUID,
    said: RulesetActivation,
    request: Request,
    session: WritingSession,
    actor: Steward,
    idempotent: Idempotent,
    if_match: IfMatch = None,
) -> Response:
    """Make a draft the active ruleset; the former one is retired, and every suggestion follows at once. A draft that says
    ``valid_from`` a later day is scheduled for it."""
    _get_ready(request, lambda beforehand: lifecycle.to_activate(beforehand, ruleset_id))

    def activate() -> Response:
        ruleset = find_ruleset(session, ruleset_id, to_change=True)
        check_precondition(if_match, entity_tag(ruleset.revision))
        return answer(
            request, session, lifecycle.activate(session, ruleset, said.reason, actor=actor.name, now=now())
        )

    return idempotent.once(session, activate)


@router.post("/{ruleset_id}/withdraw", response_model=RulesetPublic)
def withdraw_ruleset(
    ruleset_id: UUID,
    said: RulesetActivation,
    request: Request,
    session: WritingSession,
    actor: Steward,
    if_match: IfMatch = None,
) -> Response:
    """Make a scheduled ruleset a draft again, so that it can be changed or left."""
    ruleset = find_ruleset(session, ruleset_id, to_change=True)
    check_precondition(if_match, entity_tag(ruleset.revision))
    return answer(
        request, session, lifecycle.withdraw(session, ruleset, said.reason, actor=actor.name, now=now())
    )


@router.post("/rollback", response_model=RulesetPublic)
def roll_back(
    said: RulesetRollback,
    request: Request,
    session: WritingSession,
    actor: Steward,
    idempotent: Idempotent,
    if_match: IfMatch = None,
) -> Response:
    """Take the last activation back: the ruleset before it is active again, and its lists are as they were. `from` or the
    ETag in `If-Match` names the version that is taken back; where another is in force, nothing changes (409)."""
    _get_ready(request, lambda beforehand: lifecycle.to_go_back_to(beforehand, now().date()))

    def restored() -> Response:
        back = lifecycle.roll_back(session, said.reason, _named(said, if_match), actor=actor.name, now=now())
        return answer(request, session, back)

    return idempotent.once(session, restored)


def _named(said: RulesetRollback, if_match: str | None) -> Callable[[Ruleset], bool] | None:
    """Whether a ruleset is the one that a rollback names; ``None`` where it names none."""
    if said.from_version is None and if_match is None:
        return None
    return lambda active: (
        said.from_version in (None, active.version)
        and (if_match is None or names_tag(if_match, entity_tag(active.revision)))
    )


def _learnt(request: Request, session: Session, active: Ruleset) -> "list[Lesson]":
    from matching import lessons

    index = request.app.state.index
    return lessons(index.model(active), index.track_record(), answered_suggestions(session))


def _get_ready(request: Request, coming: Callable[[Session], Ruleset | None]) -> None:
    """Work out what the rules that come into force need, before they do: nobody but the steward waits for that."""
    with reading(request.app.state.engine) as session:
        ruleset = coming(session)
    if ruleset is not None:
        request.app.state.index.warm_up(ruleset)
