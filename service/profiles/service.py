"""Profiles through the API: registered, read, changed and deleted by those who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.profiles import ProfileInput
from schemas.sectors import resolve_sector
from schemas.translation import message
from service.audit.log import write_down
from service.db.base import new_id
from service.db.counters import next_changes
from service.db.tables import Profile
from service.db.text_search import forget_texts
from service.errors import Conflict, Forbidden, Invalid, Moved, NotFound
from service.field_errors import Fault
from service.http.idempotency_repository import forget_answers_about
from service.http.merge_patch import merge_patch
from service.outbox.announcing import announce_profiles
from service.profiles import repository
from service.profiles.duplicates import DuplicateFound, similar_in_public
from service.profiles.keys import distinct_key, shown_key
from service.profiles.records import as_input, places_in, record_hash
from service.profiles.saving import ExaminedRecord, make_findable, store_new_record, write_document
from service.profiles.validation import CheckedRecord, PlaceFinder, check_fields, check_record
from service.security import repository as tokens
from service.security.authentication import AccountRole, Actor
from service.vocabularies.search_queries import read_query
from service.vocabularies.territories import find_territory

KINDS_BOUND_ON_REGISTRATION = (Kind.ASSOCIATION, Kind.AUTHORITY)
"""The kinds a token can speak for from its registration on."""
SPEAKS_ALREADY = message(
    "Your token already belongs to an organisation. A platform manager can register others."
)
ORGANISATION_KINDS = (*KINDS_BOUND_ON_REGISTRATION, Kind.PROGRAMME)
"""The kinds a token can speak for."""


@dataclass(frozen=True, slots=True)
class ProfileFilter:
    """What a list of profiles is narrowed to."""

    territory: str | None = None
    sector: str | None = None
    priority: str | None = None
    text: str | None = None
    key: str | None = None


def find_profile(
    session: Session, kind: Kind, profile_id: UUID, actor: Actor | None, *, to_change: bool = False
) -> Profile:
    """The profile, if the caller may see it; raises ``NotFound``, or ``Moved`` if it was merged. Ask for it ``to_change`` before you change it."""
    profile = repository.by_id(session, kind, profile_id, to_change=to_change)
    remains = repository.merged_into(session, kind, profile_id) if profile is None else None
    if remains is not None and may_see(actor, remains):
        raise Moved(profile_id, remains.id)
    if profile is None or not may_see(actor, profile):
        raise NotFound(message("There is no profile of this kind with this identifier."))
    return profile


def find_organisation(session: Session, given: str) -> Profile:
    """The organisation with this identifier or key, for which a token can speak.

    Raises ``NotFound``, and ``Conflict`` for a project.
    """
    profile = repository.by_id_or_key(session, given)
    if profile is None:
        raise NotFound(message("There is no profile with this identifier or key: {given}.", given=given))
    if profile.kind not in ORGANISATION_KINDS:
        raise Conflict(
            message("A token belongs to an association, a local authority or a funding programme.")
        )
    return profile


def find_named(session: Session, given: str, actor: Actor | None) -> Profile | None:
    """The profile with this identifier or key, if the caller may see it; that of somebody else is as good as none."""
    found = repository.by_id_or_key(session, given)
    if found is not None and may_see(actor, found):
        return found
    organisation = actor.organisation_number if actor else None
    return repository.own_by_key(session, given, organisation) if organisation is not None else None


def may_see(actor: Actor | None, profile: Profile) -> bool:
    """Whether the caller may see this profile at all."""
    return profile.published or may_edit(actor, profile)


def may_edit(actor: Actor | None, profile: Profile) -> bool:
    """Whether the caller may change this profile and see what is not public in it."""
    return actor is not None and actor.may_edit(profile.owner_number, profile.number)


def list_profiles(
    session: Session,
    kind: Kind,
    wanted: ProfileFilter,
    actor: Actor | None,
    *,
    after: int | None,
    limit: int,
) -> Sequence[Profile]:
    """At most ``limit`` + 1 profiles after number ``after``; raises ``Invalid`` for an unknown territory or sector."""
    named = find_named(session, wanted.key, actor) if wanted.key else None
    return repository.listed(
        session,
        kind,
        labels=_labels(session, wanted),
        terms=read_query(session, wanted.text) if wanted.text else None,
        key=named.key if named else wanted.key,
        after=after,
        limit=limit + 1,
        unpublished_of=actor.organisation_number if actor else None,
    )


def _labels(session: Session, wanted: ProfileFilter) -> list[str]:
    labels = []
    if wanted.territory:
        if find_territory(session, wanted.territory) is None:
            raise Invalid.at(
                "/query/territory",
                message("There is no territory with this code. Look it up under /api/v1/territories."),
            )
        labels.append(f"territory:{wanted.territory}")
    if wanted.sector:
        code = resolve_sector(wanted.sector)
        if code is None:
            raise Invalid.at(
                "/query/sector", message("There is no such sector. Look it up under /api/v1/sectors.")
            )
        labels.append(f"sector:{code}")
    if wanted.priority:
        labels.append(f"priority:{wanted.priority}")
    return labels


@dataclass(frozen=True, slots=True)
class RegisteredProfile:
    """A new profile, those that may be the same, and how its places were understood."""

    profile: Profile
    similar: list[DuplicateFound]
    notes: list[Fault]


def register_profile(
    session: Session,
    kind: Kind,
    said: ProfileInput,
    actor: Actor,
    *,
    language: Language,
    most_owned: int,
    now: datetime,
) -> RegisteredProfile:
    """Store a new profile.

    A member without an organisation becomes the voice of the one it registers; one with an organisation may register
    ``most_owned`` programmes and as many projects.
    """
    _check_may_register(kind, actor)
    _check_room(session, kind, actor, most_owned)
    checked = _without_remarks(kind, check_fields(kind, said, PlaceFinder(session), language))
    owner, profile_id = _owner(session, kind, checked.document, actor), new_id()
    record = ExaminedRecord(
        kind,
        _free_key(session, said.key, profile_id, actor),
        checked.document,
        record_hash(kind, checked.document),
        said.published,
        checked.remarks,
        checked.notes,
        id=profile_id,
        owner_number=owner,
    )
    saved = store_new_record(session, record, now)
    profile = repository.stored(session, profile_id)
    _note_step(session, profile, "registered", actor, now)
    similar = (
        saved.similar if actor.role.reaches(AccountRole.STEWARD) else similar_in_public(session, profile)
    )
    if kind in KINDS_BOUND_ON_REGISTRATION and actor.role is AccountRole.MEMBER:
        bound = tokens.bind_to_organisation(session, UUID(actor.id), profile.number or 0)
        if not bound:
            raise Forbidden(SPEAKS_ALREADY)
    return RegisteredProfile(profile, similar, checked.notes)


def _free_key(session: Session, wanted: str | None, profile_id: UUID, actor: Actor) -> str:
    """The key for a new profile: the one that its sender wants, unless a profile has it that the sender may not know of."""
    if wanted is None:
        return str(profile_id)
    if find_named(session, wanted, actor) is None and repository.by_key(session, wanted) is not None:
        return distinct_key(wanted, profile_id)
    return wanted


def _check_may_register(kind: Kind, actor: Actor) -> None:
    if actor.role.reaches(AccountRole.STEWARD):
        return
    if kind in KINDS_BOUND_ON_REGISTRATION and actor.organisation_number is not None:
        raise Forbidden(SPEAKS_ALREADY)
    if kind not in KINDS_BOUND_ON_REGISTRATION and actor.organisation_number is None:
        raise Forbidden(
            message("Register your association or local authority first, then its programmes and projects.")
        )


def _check_room(session: Session, kind: Kind, actor: Actor, most: int) -> None:
    """Raise ``Conflict`` where an organisation has as many programmes or projects as it may."""
    organisation = actor.organisation_number
    if organisation is None or kind in KINDS_BOUND_ON_REGISTRATION or actor.role.reaches(AccountRole.STEWARD):
        return
    repository.hold(session, [organisation])
    if repository.count_owned(session, kind, organisation) >= most:
        raise Conflict(
            message(
                "Your organisation has {most} of these, the most that it can have. Delete one that is over, or ask a platform manager.",
                most=most,
            )
        )


def _owner(session: Session, kind: Kind, document: JsonObject, actor: Actor) -> int | None:
    """To whom a profile belongs that the caller registers; a project's document is made to say so."""
    if kind in KINDS_BOUND_ON_REGISTRATION:
        return None
    if kind is Kind.PROJECT and "association" in document:
        return _named_association(session, document, actor)
    number = actor.organisation_number
    if kind is Kind.PROJECT and number is not None:
        organisation = repository.by_numbers(session, [number]).get(number)
        if organisation is not None and organisation.kind == Kind.ASSOCIATION:
            document["association"] = organisation.key
    return number


def _named_association(session: Session, document: JsonObject, actor: Actor) -> int | None:
    association = find_named(session, document["association"], actor)
    if association is None or association.kind != Kind.ASSOCIATION:
        raise Invalid.at("/association", message("There is no association with this key."))
    if not actor.may_edit(association.owner_number, association.number):
        raise Forbidden(
            message("A project can only be registered by its own association or by a platform manager.")
        )
    document["association"] = association.key
    return association.number


def _without_remarks(kind: Kind, checked: CheckedRecord, former: JsonObject | None = None) -> CheckedRecord:
    """The record, if all of it was found or was there before; else raises ``Invalid``."""
    remarks = [remark for remark in checked.remarks if not _was_there(kind, remark, checked.document, former)]
    if remarks:
        raise Invalid.of(remarks)
    return checked


def _was_there(kind: Kind, remark: Fault, document: JsonObject, former: JsonObject | None) -> bool:
    # What an import once kept although it is in no vocabulary may stay while other fields are changed.
    if former is None:
        return False
    if remark.pointer.startswith("/sectors/"):
        return document["sectors"][int(remark.pointer.rsplit("/", 1)[1])] in former.get("sectors", [])
    unknown = [
        place for place in places_in(kind, document) if not place.get("code") and "covers" not in place
    ]
    return all(place in places_in(kind, former) for place in unknown)


def change_profile(
    session: Session, profile: Profile, patch: JsonObject, actor: Actor, *, language: Language, now: datetime
) -> list[Fault]:
    """Change a profile by JSON merge patch (RFC 7396); how its places were understood.

    What cannot be accepted changes nothing.
    """
    _check_may_edit(actor, profile)
    kind = Kind(profile.kind)
    patch = dict(patch)
    published = patch.pop("published", profile.published)
    key = patch.pop("key", profile.key)
    if key not in (profile.key, shown_key(profile.key, actor)):
        raise Invalid.at("/key", message("A key cannot be changed. Register a new profile instead."))
    if not isinstance(published, bool):
        raise Invalid.at("/published", message("Give true or false."))
    said = merge_patch(as_input(kind, profile.document), patch)
    read = check_record(kind, said, PlaceFinder(session), language)
    checked = _without_remarks(kind, read, profile.document)
    if kind is Kind.PROJECT and checked.document.get("association") != profile.document.get("association"):
        profile.owner_number = _owner(session, kind, checked.document, actor)
    profile.published = published
    write_document(session, profile, checked.document, now)
    make_findable(session, profile, now, fresh=False)
    _note_step(session, profile, "changed", actor, now)
    return checked.notes


def confirm_profile(session: Session, profile: Profile, actor: Actor, now: datetime) -> None:
    """Take down that a profile still holds as it is."""
    _check_may_edit(actor, profile)
    write_document(session, profile, profile.document, now)


def delete_profile(session: Session, profile: Profile, actor: Actor, now: datetime) -> None:
    """Delete a profile and all that hangs on it: its tokens and its partnerships."""
    _check_may_edit(actor, profile)
    forget_texts(session, [profile.number or 0])
    forget_answers_about(session, profile.id)
    change_number = next_changes(session, "profile")
    announce_profiles(session, [*repository.listing(session, profile.number or 0)], now)
    _note_step(session, profile, "deleted", actor, now)
    repository.delete_profile(session, profile, change_number)


def _note_step(session: Session, profile: Profile, did: str, actor: Actor, now: datetime) -> None:
    """Write a step in the life of a programme into the audit log: who decides over money is answerable for it."""
    if profile.kind == Kind.PROGRAMME:
        write_down(session, profile.kind, profile.id, did, by=actor.name, at=now, version=profile.version)


def _check_may_edit(actor: Actor, profile: Profile) -> None:
    if not may_edit(actor, profile):
        raise Forbidden(message("Your token does not belong to this organisation."))
