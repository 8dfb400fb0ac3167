"""``/associations``, ``/authorities``, ``/programmes``, ``/projects``: the same five operations on each."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints

from schemas.duplicates import REGISTERED
from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import TerritoryCode
from schemas.profiles import CHANGED, INPUTS, PUBLIC, Page
from schemas.records import Priority, ProfileFields
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Profile
from service.errors import language_of
from service.field_errors import Fault
from service.http.etag import IfMatch, IfNoneMatch, check_precondition, entity_tag, names_tag
from service.http.idempotency import Idempotent
from service.http.merge_patch import MergePatch
from service.http.pages import Cursor, Limit, page, position
from service.profiles import service
from service.profiles.possible_duplicates import possible_duplicates
from service.profiles.public import public_profile
from service.profiles.service import ProfileFilter
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


def profile_routes(kind: Kind) -> APIRouter:
    """The routes of one kind of profile."""
    router = APIRouter(prefix=f"/{kind.plural}", tags=[kind.plural])
    _add_reading(router, kind)
    _add_writing(router, kind)
    return router


def _add_reading(router: APIRouter, kind: Kind) -> None:
    shown = PUBLIC[kind]

    @router.get("", response_model=Page[shown], name=f"list_{kind.plural}")  # type: ignore[valid-type]  # a type chosen at run time
    def list_profiles(
        wanted: Annotated[ListQuery, Query()],
        session: ReadingSession,
        actor: Caller,
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response:
        found = service.list_profiles(
            session,
            kind,
            ProfileFilter(wanted.territory, wanted.sector, wanted.priority, wanted.q, wanted.key),
            actor,
            after=position(cursor),
            limit=limit,
        )
        return JSONResponse(
            page(found, limit, lambda profile: profile.number, lambda profile: _show(profile, actor))
        )

    @router.get(
        "/{profile_id}",
        response_model=shown,
        name=f"read_{kind}",
        responses={304: {"description": "Not modified"}},
    )
    def read_profile(
        profile_id: UUID, session: ReadingSession, actor: Caller, if_none_match: IfNoneMatch = None
    ) -> Response:
        profile = service.find_profile(session, kind, profile_id, actor)
        tag = entity_tag(profile.version)
        if if_none_match is not None and names_tag(if_none_match, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return _answer(profile, actor)


def _add_writing(router: APIRouter, kind: Kind) -> None:
    answered, taken = PUBLIC[kind], INPUTS[kind]

    @router.post("", response_model=REGISTERED[kind], status_code=201, name=f"register_{kind}")
    def register_profile(
        said: Annotated[ProfileFields, Body()],
        request: Request,
        session: WritingSession,
        actor: Member,
        idempotent: Idempotent,
    ) -> Response:
        def register() -> Response:
            fields = said.model_dump(mode="json", exclude_unset=True)
            language = language_of(request)
            registered = service.register_profile(session, kind, fields, actor, language=language, now=now())
            profile = registered.profile
            shown = public_profile(profile, with_private=True) | _notes(registered.notes, language)
            if alike := possible_duplicates(registered.similar, Wording(session, language)):
                shown["possible_duplicates"] = alike
            return JSONResponse(
                shown,
                201,
                {
                    "ETag": entity_tag(profile.version),
                    "Location": f"/api/v1/{kind.plural}/{profile.id}",
                },
            )

        return idempotent.once(session, register)

    register_profile.__annotations__["said"] = Annotated[taken, Body()]

    @router.patch(
        "/{profile_id}",
        response_model=CHANGED[kind],
        name=f"change_{kind}",
        openapi_extra=_merge_patch_of(taken),
    )
    def change_profile(
        profile_id: UUID,
        patch: MergePatch,
        request: Request,
        session: WritingSession,
        actor: Member,
        if_match: IfMatch = None,
    ) -> Response:
        profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
        check_precondition(if_match, entity_tag(profile.version))
        language = language_of(request)
        notes = service.change_profile(session, profile, patch, actor, language=language, now=now())
        shown = _show(profile, actor) | _notes(notes, language)
        return JSONResponse(shown, headers={"ETag": entity_tag(profile.version)})

    @router.post("/{profile_id}/confirmation", response_model=answered, name=f"confirm_{kind}")
    def confirm_profile(
        profile_id: UUID, session: WritingSession, actor: Member, idempotent: Idempotent
    ) -> Response:
        """Say that the profile still holds. What was not confirmed for a year is doubted; after two years it is
        proposed to nobody until it is confirmed again."""

        def confirm() -> Response:
            profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
            service.confirm_profile(session, profile, actor, now())
            return _answer(profile, actor)

        return idempotent.once(session, confirm)

    @router.delete("/{profile_id}", status_code=204, name=f"delete_{kind}")
    def delete_profile(
        profile_id: UUID, session: WritingSession, actor: Member, if_match: IfMatch = None
    ) -> Response:
        profile = service.find_profile(session, kind, profile_id, actor, to_change=True)
        check_precondition(if_match, entity_tag(profile.version))
        service.delete_profile(session, profile, actor, now())
        return Response(status_code=204)


def _show(profile: Profile, actor: Actor | None) -> dict[str, Any]:
    return public_profile(profile, with_private=service.may_edit(actor, profile))


def _notes(notes: Sequence[Fault], language: Language) -> dict[str, Any]:
    """What an answer says of how places were understood, where there is something to say."""
    shown = [note.shown(language).model_dump(include={"pointer", "detail", "candidates"}) for note in notes]
    return {"notes": shown} if shown else {}


def _answer(profile: Profile, actor: Actor | None) -> Response:
    return JSONResponse(_show(profile, actor), headers={"ETag": entity_tag(profile.version)})


def _merge_patch_of(taken: type[BaseModel]) -> dict[str, Any]:
    description = (
        f"A JSON merge patch (RFC 7396) of {taken.__name__}: only what changes; `null` removes a value."
    )
    return {"requestBody": {"description": description}}
