"""``/rulesets``: read, draft, change a draft, activate."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from schemas.language import Language
from schemas.lessons import Lessons
from schemas.profiles import Page
from schemas.rules import (
    ConditionForms,
    RulesetActivation,
    RulesetDraft,
    RulesetPublic,
    RulesetSettings,
    RulesetState,
)
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Ruleset
from service.errors import language_of
from service.http.etag import IfMatch, check_precondition, entity_tag
from service.http.idempotency import Idempotent
from service.http.merge_patch import MergePatch
from service.http.pages import Cursor, Limit, page, position
from service.http.times import utc
from service.rules import repository, service
from service.rules.checking import remarks
from service.rules.forms import condition_forms
from service.rules.lessons import decisions_told, public_lesson
from service.security import Caller, Role, Steward
from service.vocabularies.wording import Wording

router = APIRouter(prefix="/rulesets", tags=["rules"])
PUBLIC_STATES: tuple[RulesetState, ...] = ("active", "retired")
ALL_STATES: tuple[RulesetState, ...] = ("draft", "scheduled", *PUBLIC_STATES)


@router.get("", response_model=Page[RulesetPublic])
def list_rulesets(
    request: Request,
    session: ReadingSession,
    actor: Caller,
    state: Annotated[RulesetState | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Rulesets, newest first. Everybody sees what is or was active, stewards see drafts as well."""
    allowed = ALL_STATES if actor is not None and actor.role.reaches(Role.STEWARD) else PUBLIC_STATES
    states = [known for known in allowed if state in (None, known)]
    found = repository.newest_first(session, position(cursor), limit + 1, states)
    return JSONResponse(
        page(
            found, limit, lambda item: item.version, lambda item: _shown(session, item, language_of(request))
        )
    )


@router.get("/active", response_model=RulesetPublic)
def read_active_ruleset(request: Request, session: ReadingSession) -> Response:
    """The ruleset that makes today's suggestions."""
    return _answer(request, session, service.active_ruleset(session))


@router.get("/lessons", response_model=Lessons)
def read_lessons(request: Request, session: ReadingSession, _actor: Steward) -> Response:
    """What decisions and partnerships teach about the weights that hold, and what scores have meant. Nothing changes by
    itself: send a lesson's ``patch`` to a draft to take it up. It takes up to half a minute on a large track record."""
    ruleset = service.active_ruleset(session)
    language = language_of(request)
    learnt = request.app.state.index.lessons(ruleset, decisions_told(session))
    return JSONResponse({"items": [public_lesson(lesson, language) for lesson in learnt]})


@router.get("/conditions", response_model=ConditionForms)
def read_condition_forms(request: Request) -> Response:
    """Every condition there is, as a form offers it: what it is called, of whom it may be asked, and its gaps to fill."""
    return JSONResponse({"items": condition_forms(language_of(request))})


@router.get("/{ruleset_id}", response_model=RulesetPublic)
def read_ruleset(ruleset_id: UUID, request: Request, session: ReadingSession, actor: Caller) -> Response:
    """One ruleset; drafts for stewards only."""
    seen = ALL_STATES if actor is not None and actor.role.reaches(Role.STEWARD) else PUBLIC_STATES
    return _answer(request, session, service.find_ruleset(session, ruleset_id, seen))


@router.post("", response_model=RulesetPublic, status_code=201)
def draft_ruleset(
    said: RulesetDraft, request: Request, session: WritingSession, actor: Steward, idempotent: Idempotent
) -> Response:
    """Make a draft. It changes nothing for anybody until it is activated."""

    def draft() -> Response:
        made = service.draft_ruleset(
            session, said.name, said.reason, said.based_on, author=actor.name, now=now()
        )
        return _answer(request, session, made, status=201)

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
    patch: MergePatch,
    request: Request,
    session: WritingSession,
    actor: Steward,
    if_match: IfMatch = None,
) -> Response:
    """Change a draft; only what is given changes."""
    ruleset = service.find_ruleset(session, ruleset_id, to_change=True)
    check_precondition(if_match, entity_tag(ruleset.revision))
    return _answer(
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
    """Make a draft the active ruleset; the former one is retired, and every suggestion follows at once."""

    def activate() -> Response:
        ruleset = service.find_ruleset(session, ruleset_id, to_change=True)
        check_precondition(if_match, entity_tag(ruleset.revision))
        return _answer(
            request, session, service.activate(session, ruleset, said.reason, actor=actor.name, now=now())
        )

    return idempotent.once(session, activate)


def _answer(request: Request, session: ReadingSession, ruleset: Ruleset, *, status: int = 200) -> Response:
    headers = {"ETag": entity_tag(ruleset.revision)}
    if status == 201:
        headers["Location"] = f"/api/v1/rulesets/{ruleset.id}"
    return JSONResponse(_shown(session, ruleset, language_of(request)), status, headers)


def _shown(session: ReadingSession, ruleset: Ruleset, language: Language) -> dict[str, Any]:
    base = repository.by_version(session, ruleset.based_on) if ruleset.based_on else None
    instants = ("created_at", "activated_at", "retired_at")
    settings = RulesetSettings.model_validate(ruleset.settings)
    return {
        "id": str(ruleset.id),
        "version": ruleset.version,
        "name": ruleset.name,
        "reason": ruleset.reason,
        "state": ruleset.state,
        "based_on": str(base.id) if base else None,
        **settings.model_dump(mode="json"),
        "created_by": ruleset.created_by,
        "activated_by": ruleset.activated_by,
        "activation_reason": ruleset.activation_reason,
        "history": ruleset.history,
        **{name: utc(value) if (value := getattr(ruleset, name)) else None for name in instants},
        "remarks": remarks(settings, Wording(session, language)) if ruleset.state == "draft" else [],
    }
