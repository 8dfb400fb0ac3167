"""``/associations``, ``/authorities``, ``/programmes``, ``/projects``: the same five operations on each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from schemas.duplicates import REGISTERED
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import TerritoryCode
from schemas.profiles import CHANGED, INPUTS, PUBLIC, Page, ProfileInput, StoredProfile
from schemas.records import Priority
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Profile
from service.errors import language_of
from service.field_errors import Fault
from service.http.answers import model_response
from service.http.etag import IfMatch, IfNoneMatch, check_precondition, entity_tag, not_modified
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position
from service.profiles import service
from service.profiles.possible_duplicates import possible_duplicates
from service.profiles.service import ProfileFilter
from service.profiles.views import PRIVATE, Shape, profile_view
from service.security.authentication import Actor, Caller, Member
from service.vocabularies.wording import Wording

QueryText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ListQuery(BaseModel):
    """How a list of profiles is narrowed."""

    territory: TerritoryCode | None = Field(None, description="A territory's code; all below it counts too.")
    sector: QueryText | None = Field(
        None, description="A sector's code, key or name; its children count too."
    )
    priority: Priority | None = Field(None, description="One of the four priorities.")
    q: QueryText | None = Field(
        None,
        description="Words, or beginnings of words, of what a profile says and of its places, sectors, priorities "
        "and mechanism, in any of the four languages.",
    )
    key: QueryText | None = Field(None, description="The sender's own key.")


def profile_routes(kind: Kind) -> GuardedRouter:
    """The routes of one kind of profile."""
    router = GuardedRouter(prefix=f"/{kind.plural}", tags=[kind.plural])
    _add_reading(router, kind)
    _add_writing(router, kind)
    return router


def _add_reading(router: GuardedRouter, kind: Kind) -> None:
    if TYPE_CHECKING:
        shown: TypeAlias = StoredProfile
    else:
        shown = PUBLIC[kind]

    @router.get("", response_model_exclude_unset=True, name=f"list_{kind.plural}")
    def list_profiles(
        wanted: Annotated[ListQuery, Query()],
        session: ReadingSession,
        actor: Caller,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Page[shown]:
        found = service.list_profiles(
            session,
            kind,
            ProfileFilter(wanted.territory, wanted.sector, wanted.priority, wanted.q, wanted.key),
            actor,
            after=position(cursor),
            limit=limit,
        )
        return page(
            Page[shown],
            found,
            limit,
            lambda profile: profile.number,
            lambda profile: _view(shown, profile, actor),
        )

    @router.get(
        "/{profile_id}",
        response_model=shown,
        response_model_exclude_unset=True,
        name=f"read_{kind}",
        responses={304: {"description": "Not modified"}},
    )
    def read_profile(
        profile_id: UUID,
        response: Response,
        session: ReadingSession,
        actor: Caller,
        if_none_match: IfNoneMatch = None,
    ) -> shown | Response:
        profile = service.find_profile(session, kind, profile_id, actor)
        response.headers["ETag"] = entity_tag(profile.version)
        return not_modified(if_none_match, response) or _view(shown, profile, actor)


def _add_writing(router: GuardedRouter, kind: Kind) -> None:
    if TYPE_CHECKING:
        taken: TypeAlias = ProfileInput
        changed: TypeAlias = StoredProfile
    else:
        taken, changed = INPUTS[kind], CHANGED[kind]
    shown = PUBLIC[kind]

    @router.post("", response_model=REGISTERED[kind], status_code=201, name=f"register_{kind}")
    def register_profile(
        said: taken,
        request: Request,
        session: WritingSession,
        actor: Member,
        idempotent: Idempotent,
    ) -> Response:
        def register() -> Response:
            language = language_of(request)
            registered = service.register_profile(
                session,
                kind,
                said,
                actor,
                language=language,
                most_owned=request.app.state.settings.max_projects,
                now=now(),
            )
            profile = registered.profile
            similar = possible_duplicates(registered.similar, Wording(session, language), actor)
            said_once = _notes(registered.notes, language) | (
                {"possible_duplicates": similar} if similar else {}
            )
            view = profile_view(REGISTERED[kind], profile, actor, with_private=True, **said_once)
            headers = {
                "ETag": entity_tag(profile.version),
                "Location": f"/api/v1/{kind.plural}/{profile.id}",
            }
            return model_response(view, 201, headers)

        return idempotent.once(session, register, not_kept=PRIVATE)

    @router.patch(
        "/{profile_id}",
        response_model_exclude_unset=True,
        name=f"change_{kind}",
        openapi_extra=_merge_patch_of(INPUTS[kind]),
    )
    def change_profile(
        profile_id: UUID,
        patch: JsonObject,
        request: Request,
        response: Response,
        session: WritingSession,
        actor: Member,
        if_match: IfMatch = None,
    ) -> changed:
        profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
        check_precondition(if_match, entity_tag(profile.version))
        language = language_of(request)
        notes = service.change_profile(session, profile, patch, actor, language=language, now=now())
        response.headers["ETag"] = entity_tag(profile.version)
        return _view(changed, profile, actor, **_notes(notes, language))

    @router.post("/{profile_id}/confirmation", response_model=shown, name=f"confirm_{kind}")
    def confirm_profile(
        profile_id: UUID, session: WritingSession, actor: Member, idempotent: Idempotent
    ) -> Response:
        """Say that the profile still holds. What was not confirmed for a year is doubted; after two years it is
        proposed to nobody until it is confirmed again."""

        def confirm() -> Response:
            profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
            service.confirm_profile(session, profile, actor, now())
            headers = {"ETag": entity_tag(profile.version)}
            return model_response(_view(shown, profile, actor), headers=headers)

        return idempotent.once(session, confirm, not_kept=PRIVATE)

    @router.delete("/{profile_id}", status_code=204, name=f"delete_{kind}")
    def delete_profile(
        profile_id: UUID, session: WritingSession, actor: Member, if_match: IfMatch = None
    ) -> Response:
        profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
        check_precondition(if_match, entity_tag(profile.version))
        service.delete_profile(session, profile, actor, now())
        return Response(status_code=204)


def _view(shape: type[Shape], profile: Profile, actor: Actor | None, **more: object) -> Shape:
    return profile_view(shape, profile, actor, with_private=service.may_edit(actor, profile), **more)


def _notes(notes: Sequence[Fault], language: Language) -> dict[str, object]:
    """What an answer says of how places were understood, where there is something to say."""
    shown = [note.shown(language).model_dump(include={"pointer", "detail", "candidates"}) for note in notes]
    return {"notes": shown} if shown else {}


def _merge_patch_of(taken: type[BaseModel]) -> JsonObject:
    description = (
        f"A JSON merge patch (RFC 7396) of {taken.__name__}: only what changes; `null` removes a value."
    )
    return {"requestBody": {"description": description}}
