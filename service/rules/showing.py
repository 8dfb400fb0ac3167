"""Rulesets as their readers see them."""

from datetime import date
from typing import Protocol

from fastapi import Request, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from matching import RulesetSettings
from schemas.language import Language
from schemas.previews import PreviewRequest
from service.clock import now
from service.db.tables import Ruleset
from service.errors import language_of
from service.http.answers import model_response
from service.http.etag import entity_tag
from service.rules import service
from service.rules.checking import remarks
from service.rules.history import history_of
from service.rules.learnt import evidence_views
from service.rules.views import RulesetPublic
from service.rulesets.service import active_ruleset
from service.vocabularies.wording import Wording


class PreviewPreparation(Protocol):
    """What can work out beforehand what the preview of a draft needs."""

    def expect_preview(self, draft: RulesetSettings, ruleset: Ruleset, subjects: int, on: date) -> None:
        """Prepare for a preview of ``draft`` against the ruleset in force."""


def answer(request: Request, session: Session, ruleset: Ruleset, *, status: int = 200) -> Response:
    """A ruleset as the answer to a request. Whoever drafts rules will soon ask what they would change: that is prepared."""
    headers = {"ETag": entity_tag(ruleset.revision)}
    if status == 201:
        headers["Location"] = f"/api/v1/rulesets/{ruleset.id}"
    response = model_response(ruleset_view(session, ruleset, language_of(request)), status, headers)
    if ruleset.state == "draft":
        index: PreviewPreparation = request.app.state.index
        active, subjects = active_ruleset(session), PreviewRequest().subjects
        rules = RulesetSettings.model_validate(ruleset.settings)
        response.background = BackgroundTask(index.expect_preview, rules, active, subjects, now().date())
    return response


def ruleset_view(session: Session, ruleset: Ruleset, language: Language) -> RulesetPublic:
    """A ruleset as its reader sees it."""
    base = service.base_of(session, ruleset) if ruleset.based_on else None
    settings, wording = RulesetSettings.model_validate(ruleset.settings), Wording(session, language)
    shown = {
        "id": ruleset.id,
        "version": ruleset.version,
        "key": ruleset.key,
        "name": ruleset.name,
        "reason": ruleset.reason,
        "source": ruleset.source,
        "state": ruleset.state,
        "based_on": base.id if base else None,
        **settings.model_dump(mode="json"),
        "created_by": ruleset.created_by,
        "activated_by": ruleset.activated_by,
        "activation_reason": ruleset.activation_reason,
        "history": history_of(session, ruleset.id),
        "evidence": evidence_views(ruleset.evidence, wording),
        "created_at": ruleset.created_at,
        "activated_at": ruleset.activated_at,
        "retired_at": ruleset.retired_at,
        "remarks": remarks(settings, wording) if ruleset.state == "draft" else [],
    }
    return RulesetPublic.model_validate(shown)
