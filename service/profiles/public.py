"""A stored profile as JSON for its reader. Documents were validated when stored and are not checked again."""

from typing import Any

from schemas.kinds import Kind
from schemas.language import Language, text_in
from schemas.records import FIELDS
from service.db.tables import Profile
from service.http.times import utc

PRIVATE = ("contact_email",)
"""Fields that only those see who may change the profile."""

EMPTY: dict[str, dict[str, Any]] = {
    kind: {
        name: field.get_default(call_default_factory=True) if not field.is_required() else None
        for name, field in fields.model_fields.items()
    }
    for kind, fields in FIELDS.items()
}


def public_profile(profile: Profile, *, with_private: bool) -> dict[str, Any]:
    """The profile as others see it; with its private fields only ``with_private``."""
    shown = {
        "id": str(profile.id),
        "kind": profile.kind,
        "key": profile.key,
        **EMPTY[Kind(profile.kind)],
        **profile.document,
        "published": profile.published,
        "sources": profile.sources,
        "created_at": utc(profile.created_at),
        "updated_at": utc(profile.updated_at),
        "confirmed_at": utc(profile.confirmed_at),
    }
    if not with_private:
        for name in PRIVATE:
            shown[name] = None
    return shown


def name_of(profile: Profile, language: Language) -> str:
    """The profile's name in this language, or in the nearest one that it has."""
    return text_in(profile.document["name"], language)


def reference(profile: Profile, language: Language) -> dict[str, str]:
    """A profile as one side of a partnership or suggestion."""
    return {"kind": profile.kind, "id": str(profile.id), "name": name_of(profile, language)}
