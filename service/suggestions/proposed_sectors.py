"""Sectors that the model reads in a text: ``POST /sectors/proposals`` and ``/{kind}/{id}/proposed-sectors``."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.language import Language
from schemas.partnerships import ProfileReference
from schemas.profiles import Page
from schemas.sectors import sectors
from schemas.suggestions import ProposedSector, SpeaksForASector, TextToRead
from service.db.session import ReadingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.pages import whole_list
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.service import find_profile
from service.profiles.views import reference
from service.security.authentication import Caller

if TYPE_CHECKING:
    from matching import SectorProposal

SHOWN_PROFILES = 3
router = GuardedRouter(tags=["vocabularies"])


@router.post("/sectors/proposals")
def propose_for_text(said: TextToRead, request: Request, session: ReadingSession) -> Page[ProposedSector]:
    """The sectors that a text speaks for, the most likely first; nothing is stored."""
    record = {"key": "text", "kind": Kind.ASSOCIATION.value, "description": said.text}
    return _views(session, request.app.state.index.propose_sectors(record), language_of(request))


def subject_routes(kind: Kind) -> GuardedRouter:
    """The proposals for the profiles of one kind."""
    subjects = GuardedRouter(prefix=f"/{kind.plural}", tags=["vocabularies"])

    @subjects.get(
        "/{profile_id}/proposed-sectors",
        name=f"proposed_sectors_for_{kind}",
    )
    def propose_for_profile(
        profile_id: UUID, request: Request, session: ReadingSession, actor: Caller
    ) -> Page[ProposedSector]:
        """The sectors that its texts speak for and that it does not name yet, the most likely first."""
        record = matching_record(find_profile(session, kind, profile_id, actor))
        return _views(session, request.app.state.index.propose_sectors(record), language_of(request))

    return subjects


def _views(
    session: Session, proposals: "Sequence[SectorProposal]", language: Language
) -> Page[ProposedSector]:
    near = {key for item in proposals for key in item.profiles[:SHOWN_PROFILES]}
    known = {key: reference(profile, language) for key, profile in profiles.by_keys(session, near).items()}
    return whole_list(Page[ProposedSector], [_view(item, known, language) for item in proposals])


def _view(
    item: "SectorProposal", known: Mapping[str, ProfileReference], language: Language
) -> ProposedSector:
    sector = sectors()[item.sector]
    return ProposedSector(
        code=item.sector,
        key=sector.key,
        name=sector.names[language],
        status="proposed",
        weight=item.weight,
        because=SpeaksForASector(
            words=list(item.words),
            profiles=[known[key] for key in item.profiles[:SHOWN_PROFILES] if key in known],
        ),
    )
