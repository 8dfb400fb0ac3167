"""Stored profiles as their readers see them."""

from typing import TypeVar

from pydantic import BaseModel

from matching import programme_state
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.partnerships import ProfileReference
from schemas.records import FIELDS
from schemas.texts import on_one_line, text_in
from service.clock import now
from service.db.tables import Profile
from service.profiles.keys import shown_key
from service.profiles.records import matching_record
from service.security.authentication import Actor

Shape = TypeVar("Shape", bound=BaseModel)
PRIVATE = ("contact_email",)
"""Fields that only those see who may change the profile."""

EMPTY: dict[str, JsonObject] = {
    kind: {
        name: field.get_default(call_default_factory=True) if not field.is_required() else None
        for name, field in fields.model_fields.items()
    }
    for kind, fields in FIELDS.items()
}


def profile_view(
    shape: type[Shape], profile: Profile, actor: Actor | None, *, with_private: bool, **more: object
) -> Shape:
    """The profile as the caller sees it, in the shape of its kind; with its private fields only ``with_private``.

    ``more`` is what is said of it only now.
    """
    shown = {
        "id": profile.id,
        "kind": Kind(profile.kind),
        "key": shown_key(profile.key, actor),
        **EMPTY[Kind(profile.kind)],
        **profile.document,
        "published": profile.published,
        "sources": profile.sources,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
        "confirmed_at": profile.confirmed_at,
        **more,
    }
    if association := profile.document.get("association"):
        shown["association"] = shown_key(association, actor)
    if profile.kind == Kind.PROGRAMME:
        shown["state"] = programme_state(matching_record(profile), now().date())
    if not with_private:
        for name in PRIVATE:
            shown[name] = None
    return shape.model_validate(shown, strict=False)


def name_of(profile: Profile, language: Language) -> str:
    """The profile's name in this language, or in the nearest one that it has; on one line, however it was once stored."""
    return on_one_line(text_in(profile.document["name"], language))


def reference(profile: Profile, language: Language) -> ProfileReference:
    """A profile as one side of a partnership or suggestion."""
    return ProfileReference(kind=Kind(profile.kind), id=profile.id, name=name_of(profile, language))
