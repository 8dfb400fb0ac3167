"""``/{kind}/{id}/near-misses``: programmes that a profile misses, and the least that would make it eligible."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from schemas.kinds import PAIRINGS, Kind
from schemas.profiles import Page
from schemas.suggestions import NearMissPublic
from service.clock import now
from service.db.session import ReadingSession
from service.errors import language_of
from service.http.pages import Limit
from service.profiles import repository as profiles
from service.profiles.public import reference
from service.profiles.records import as_input
from service.profiles.service import find_profile
from service.rulesets.service import active_ruleset
from service.security.authentication import Caller
from service.vocabularies.wording import Wording

SUBJECTS = tuple(kind for kind in Kind if Kind.PROGRAMME in PAIRINGS[kind] and kind is not Kind.AUTHORITY)
"""Who can change what a programme asks for; an authority cannot move."""


def subject_routes(kind: Kind) -> APIRouter:
    """The programmes that one kind of subject misses."""
    subjects = APIRouter(prefix=f"/{kind.plural}", tags=["suggestions"])

    @subjects.get(
        "/{profile_id}/near-misses", response_model=Page[NearMissPublic], name=f"near_misses_of_{kind}"
    )
    def list_near_misses(
        profile_id: UUID, request: Request, session: ReadingSession, actor: Caller, limit: Limit = 5
    ) -> Response:
        """Programmes that would fit but for a condition, best first, with what would have to change. Each change is
        a value to send in a PATCH of the profile, once it is true."""
        subject = find_profile(session, kind, profile_id, actor)
        found = request.app.state.index.near_misses(
            subject, active_ruleset(session), limit=limit, on=now().date()
        )
        wording = Wording(session, language_of(request))
        programmes = profiles.by_keys(session, [item.candidate for item in found])
        items: list[dict[str, Any]] = [
            {
                "subject": reference(subject, wording.language),
                "candidate": reference(programmes[item.candidate], wording.language),
                "score": item.score,
                "changes": [
                    {
                        "rule": change.rule,
                        "field": change.field,
                        "value": as_input(kind, {change.field: change.value})[change.field],
                        "detail": wording.say(change.sentence),
                    }
                    for change in item.remedy.changes
                ],
                "waits": [wording.say(wait) for wait in item.remedy.waits],
                "eligible_from": item.remedy.eligible_from and item.remedy.eligible_from.isoformat(),
            }
            for item in found
            if item.candidate in programmes
        ]
        return JSONResponse({"items": items, "next_cursor": None})

    return subjects
