"""``/{kind}/{id}/near-misses``: programmes that a profile misses, and the least that would make it eligible."""

from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request

from schemas.kinds import PAIRINGS, Kind
from schemas.partnerships import ProfileReference
from schemas.profiles import Page
from schemas.suggestions import ChangePublic, NearMissPublic
from service.clock import now
from service.db.session import ReadingSession
from service.db.tables import Profile
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Limit, whole_list
from service.profiles import repository as profiles
from service.profiles.records import as_input
from service.profiles.service import find_profile
from service.profiles.views import reference
from service.rulesets.service import active_ruleset
from service.security.authentication import Caller
from service.vocabularies.wording import Wording

if TYPE_CHECKING:
    from matching import NearMiss

SUBJECTS = tuple(kind for kind in Kind if Kind.PROGRAMME in PAIRINGS[kind] and kind is not Kind.AUTHORITY)
"""Who can change what a programme asks for; an authority cannot move."""


def subject_routes(kind: Kind) -> GuardedRouter:
    """The programmes that one kind of subject misses."""
    subjects = GuardedRouter(prefix=f"/{kind.plural}", tags=["suggestions"])

    @subjects.get("/{profile_id}/near-misses", name=f"near_misses_of_{kind}")
    def list_near_misses(
        profile_id: UUID, request: Request, session: ReadingSession, actor: Caller, limit: Limit = 5
    ) -> Page[NearMissPublic]:
        """Programmes that would fit but for a condition, best first, with what would have to change. Each change is
        a value to send in a PATCH of the profile, once it is true."""
        subject = find_profile(session, kind, profile_id, actor)
        found = request.app.state.index.near_misses(
            subject, active_ruleset(session), limit=limit, on=now().date()
        )
        wording = Wording(session, language_of(request))
        programmes = profiles.by_keys(session, [item.candidate for item in found])
        items = [
            _view(kind, item, reference(subject, wording.language), programmes[item.candidate], wording)
            for item in found
            if item.candidate in programmes
        ]
        return whole_list(Page[NearMissPublic], items)

    return subjects


def _view(
    kind: Kind, item: "NearMiss", subject: ProfileReference, programme: Profile, wording: Wording
) -> NearMissPublic:
    remedy = item.remedy
    return NearMissPublic(
        subject=subject,
        candidate=reference(programme, wording.language),
        score=item.score,
        changes=[
            ChangePublic(
                rule=change.rule,
                field=change.field,
                value=as_input(kind, {change.field: change.value})[change.field],
                detail=wording.say(change.sentence),
            )
            for change in remedy.changes
        ],
        waits=[wording.say(wait) for wait in remedy.waits],
        eligible_from=remedy.eligible_from,
    )
