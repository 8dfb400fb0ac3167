"""Profiles that may be the same as one, in words: what they are, where, and what speaks for it."""

from collections.abc import Iterable, Sequence

from schemas.duplicates import PossibleDuplicate
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.places import Place
from schemas.translation import Message, message
from service.db.tables import Profile
from service.profiles.duplicates import DuplicateFound
from service.profiles.keys import shown_key
from service.profiles.records import home_of
from service.profiles.views import name_of
from service.security.authentication import Actor
from service.vocabularies.wording import Wording

IN_COMMON: dict[str, Message] = {
    "registration_number": message("the registration number"),
    "name": message("the name, or nearly"),
    "place": message("the place"),
    "website": message("the website"),
    "contact_email": message("the e-mail address"),
    "description": message("the description, or nearly"),
    "association": message("the association"),
    "operator": message("the funder"),
    "budget": message("the budget"),
    "starts": message("the beginning"),
}
"""What two profiles can have in common, as it stands in a sentence."""


def possible_duplicates(
    found: Iterable[DuplicateFound], wording: Wording, actor: Actor
) -> list[PossibleDuplicate]:
    """Profiles that may be the same as one, for whoever registers that one: only those that everybody may see."""
    return [
        PossibleDuplicate(
            kind=Kind(item.profile.kind),
            id=item.profile.id,
            key=shown_key(item.profile.key, actor),
            name=name_of(item.profile, wording.language),
            places=home_places(item.profile),
            degree=item.match.similarity,
            because=list(item.match.fields),
            detail=duplicate_sentence(item.profile, item.match.fields, wording),
        )
        for item in found
        if item.profile.published
    ]


def home_places(profile: Profile) -> list[Place]:
    """Where a profile itself is."""
    return [Place.model_validate(place) for place in home_of(Kind(profile.kind), profile.document)]


def duplicate_sentence(profile: Profile, because: Sequence[str], wording: Wording) -> str:
    """That a profile may be the same, and by which of its fields."""
    codes = tuple(
        place.get("code") or place["country"] for place in home_of(Kind(profile.kind), profile.document)
    )
    in_common = tuple(IN_COMMON[name] for name in because)
    values: JsonObject = {"name": name_of(profile, wording.language), "in_common": in_common}
    if not codes:
        return wording.say(message("This may be {name}. In common: {in_common}.", **values))
    if profile.kind == Kind.ASSOCIATION:
        said = message(
            "This may be {name}, registered in {place}. In common: {in_common}.", place=codes, **values
        )
    else:
        said = message("This may be {name} ({place}). In common: {in_common}.", place=codes, **values)
    return wording.say(said)
