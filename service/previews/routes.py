"""``/rulesets/{id}/preview``: what a draft would change, before anybody is touched by it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from schemas.previews import PreviewPublic, PreviewRequest
from schemas.rules import RulesetSettings
from service.clock import now
from service.db.session import ReadingSession
from service.db.tables import Ruleset
from service.errors import language_of
from service.previews.showing import Showing, back_test_shown
from service.profiles import repository as profiles
from service.rules.lessons import decisions_told
from service.rules.service import active_ruleset, find_ruleset
from service.security import Steward
from service.suggestions.index import MatchIndex
from service.vocabularies.wording import Wording

router = APIRouter(prefix="/rulesets", tags=["rules"])


@router.post("/{ruleset_id}/preview", response_model=PreviewPublic)
def preview_ruleset(
    ruleset_id: UUID,
    request: Request,
    session: ReadingSession,
    _actor: Steward,
    said: PreviewRequest | None = None,
) -> Response:
    """What would change if these rules were in force: how many suggestions come, go and move, for whom, who would be left
    with nobody and by which condition, the biggest changes with old and new reasons, and whether what came to be would
    have been found. Nothing is stored."""
    wanted = said or PreviewRequest()
    draft, active = find_ruleset(session, ruleset_id), active_ruleset(session)
    wording = Wording(session, language_of(request))
    found = _preview(session, request.app.state.index, (active, draft), wanted, wording)
    return JSONResponse({"ruleset": str(draft.id), "against": str(active.id), **found})


def _preview(
    session: Session,
    index: MatchIndex,
    rulesets: tuple[Ruleset, Ruleset],
    wanted: PreviewRequest,
    wording: Wording,
) -> dict[str, Any]:
    from matching.preview import back_test, back_test_decisions, preview

    active, draft = rulesets
    former, rules = index.model(active), RulesetSettings.model_validate(draft.settings)
    today = now().date()
    found = preview(former, rules, wanted.subjects, today)
    keys = {key for turn in found.biggest for key in (turn.subject, turn.candidate)}
    named = profiles.by_keys(session, keys | {one.subject for one in found.left_out})
    shown = Showing(former, former.with_ruleset(rules), named, wording, today).preview(found)
    if not wanted.back_test:
        return shown | {"back_test": None}
    interested = [(one, other) for one, other, said in decisions_told(session) if said]
    tests = {
        "track_record": back_test(former, rules, index.track_record(), today),
        "decisions": back_test_decisions(former, rules, interested, today),
    }
    return shown | {"back_test": {name: back_test_shown(test, wording) for name, test in tests.items()}}
