"""Sectors that the model reads in a text: ``POST /sectors/proposals`` and ``/{kind}/{id}/proposed-sectors``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.language import Language
from schemas.profiles import Page
from schemas.sectors import sectors
from schemas.suggestions import ProposedSector, TextToRead
from service.db.session import ReadingSession
from service.errors import language_of
from service.profiles import repository as profiles
from service.profiles.public import reference
from service.profiles.records import matching_record
from service.profiles.service import find_profile
from service.security.authentication import Caller

if TYPE_CHECKING:
    from matching import SectorProposal

SHOWN_PROFILES = 3
router = APIRouter(tags=["vocabularies"])


@router.post("/sectors/proposals", response_model=Page[ProposedSector])
def propose_for_text(said: TextToRead, request: Request, session: ReadingSession) -> Response:
    """The sectors that a text speaks for, the likeliest first; nothing is stored."""
    record = {"key": "text", "kind": Kind.ASSOCIATION.value, "description": said.text}
    return _answer(session, request.app.state.index.propose_sectors(record), language_of(request))


def subject_routes(kind: Kind) -> APIRouter:
    """The proposals for the profiles of one kind."""
    subjects = APIRouter(prefix=f"/{kind.plural}", tags=["vocabularies"])

    @subjects.get(
        "/{profile_id}/proposed-sectors",
        response_model=Page[ProposedSector],
        name=f"proposed_sectors_for_{kind}",
    )
    def propose_for_profile(
        profile_id: UUID, request: Request, session: ReadingSession, actor: Caller
    ) -> Response:
        """The sectors that its texts speak for and that it does not name yet, the likeliest first."""
        record = matching_record(find_profile(session, kind, profile_id, actor))
        return _answer(session, request.app.state.index.propose_sectors(record), language_of(request))

    return subjects


def _answer(session: Session, proposals: "Sequence[SectorProposal]", language: Language) -> Response:
    near = {key for item in proposals for key in item.profiles[:SHOWN_PROFILES]}
    known = {key: reference(profile, language) for key, profile in profiles.by_keys(session, near).items()}
    items: list[dict[str, Any]] = [
        {
            "code": item.sector,
            "key": sectors()[item.sector].key,
            "name": sectors()[item.sector].names[language],
            "status": "proposed",
            "weight": item.weight,
            "because": {
                "words": list(item.words),
                "profiles": [known[key] for key in item.profiles[:SHOWN_PROFILES] if key in known],
            },
        }
        for item in proposals
    ]
    return JSONResponse({"items": items, "next_cursor": None})
