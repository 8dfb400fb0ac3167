"""``/duplicates``: profiles that may be the same, looked at by stewards; and the question before one registers."""

from typing import TYPE_CHECKING, Annotated, TypeAlias
from uuid import UUID

from fastapi import Query, Request, Response

from schemas.duplicates import (
    Dismissal,
    DuplicatePublic,
    DuplicateState,
    Merge,
    MergedPublic,
    PossibleDuplicates,
)
from schemas.kinds import Kind
from schemas.profiles import INPUTS, Page
from schemas.records import ProfileFields
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.duplicates import repository, service
from service.duplicates.views import duplicate_view, merged_view
from service.errors import language_of
from service.http.answers import model_response
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position, whole_list
from service.profiles.duplicates import Written, similar_profiles
from service.profiles.possible_duplicates import possible_duplicates
from service.profiles.service import find_profile
from service.profiles.validation import PlaceFinder, check_fields
from service.security.authentication import AccountRole, Member, Steward
from service.vocabularies.wording import Wording

router = GuardedRouter(prefix="/duplicates", tags=["duplicates"])


@router.get("", response_model_exclude_unset=True)
def list_duplicates(
    request: Request,
    session: ReadingSession,
    _actor: Steward,
    state: Annotated[DuplicateState | None, Query(description="Only those in this state.")] = "open",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DuplicatePublic]:
    """Pairs of profiles that may be the same, in the order in which they were found."""
    found = repository.listed(session, state, position(cursor), limit + 1)
    wording = Wording(session, language_of(request))
    return page(
        Page[DuplicatePublic],
        found,
        limit,
        lambda item: item[0].number,
        lambda item: duplicate_view(*item, wording),
    )


@router.get("/{duplicate_id}", response_model_exclude_unset=True)
def read_duplicate(
    duplicate_id: UUID, request: Request, session: ReadingSession, _actor: Steward
) -> DuplicatePublic:
    """One pair of profiles that may be the same."""
    return _view(service.find_pair(session, duplicate_id), request, session)


@router.post("/{duplicate_id}/dismissal", response_model=DuplicatePublic)
def dismiss_duplicate(
    duplicate_id: UUID,
    said: Dismissal,
    request: Request,
    session: WritingSession,
    actor: Steward,
    idempotent: Idempotent,
) -> Response:
    """Say that the two are not the same. They are not found together again."""

    def dismiss() -> Response:
        found = service.find_pair(session, duplicate_id, to_change=True)
        service.dismiss(session, found, reason=said.reason, by=actor.name, now=now())
        return model_response(_view(found, request, session))

    return idempotent.once(session, dismiss)


@router.post("/{duplicate_id}/merge", response_model=MergedPublic)
def merge_duplicate(
    duplicate_id: UUID, said: Merge, session: WritingSession, actor: Steward, idempotent: Idempotent
) -> Response:
    """Merge the two into the one to ``keep``. What the other says fills gaps; its projects, tokens, partnerships,
    decisions and subscription go over; its identifier and key go on to lead to the one that remains."""

    def merge() -> Response:
        found = service.find_pair(session, duplicate_id, to_change=True)
        was, into = service.merge(
            session, found, keep=said.keep, reason=said.reason, by=actor.name, now=now()
        )
        return model_response(merged_view(was, into))

    return idempotent.once(session, merge)


def kind_routes(kind: Kind) -> GuardedRouter:
    """What may be the same as a profile of one kind, and what was merged into one."""
    routes = GuardedRouter(prefix=f"/{kind.plural}", tags=["duplicates"])
    if TYPE_CHECKING:
        taken: TypeAlias = ProfileFields
    else:
        taken = INPUTS[kind]

    @routes.post(
        "/possible-duplicates", response_model_exclude_unset=True, name=f"possible_duplicates_of_{kind}"
    )
    def ask_for_duplicates(
        said: taken,
        request: Request,
        session: ReadingSession,
        actor: Member,
    ) -> PossibleDuplicates:
        """Which profiles may be the same as one that is not registered yet. Nothing is stored. E-mail addresses are
        compared for stewards only."""
        language = language_of(request)
        document = check_fields(kind, said, PlaceFinder(session), language).document
        public = not actor.role.reaches(AccountRole.STEWARD)
        [found] = similar_profiles(session, [Written(0, kind, document, public)])
        wording = Wording(session, language)
        return PossibleDuplicates(possible_duplicates=possible_duplicates(found, wording, actor))

    @routes.get("/{profile_id}/merged", name=f"merged_into_{kind}")
    def list_merged(profile_id: UUID, session: ReadingSession, actor: Steward) -> Page[MergedPublic]:
        """The profiles that were merged into this one, as they were, the latest first."""
        into = find_profile(session, kind, profile_id, actor)
        found = repository.merged_into(session, into.number or 0)
        return whole_list(Page[MergedPublic], [merged_view(was, into) for was in found])

    return routes


def _view(found: repository.DuplicatePair, request: Request, session: ReadingSession) -> DuplicatePublic:
    return duplicate_view(*found, Wording(session, language_of(request)))
