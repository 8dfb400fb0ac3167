"""With whom a candidate has worked, in words: partner, year, and what that partner has in common with the subject."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from matching import Suggestion, Traits, read_traits, shared_territories
from schemas.language import Language
from schemas.translation import Message, SectorCodes, message
from service.db.tables import Profile
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.views import name_of
from service.suggestions import repository
from service.suggestions.explanations.reasons import LEAST_POINTS, Reason, Topic
from service.suggestions.explanations.territories import is_country


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion with the two profiles that it is about, and what was read in them."""

    suggestion: Suggestion
    subject: Profile
    candidate: Profile
    subject_traits: Traits
    candidate_traits: Traits


def track_record_reasons(
    session: Session, pair: Pair, language: Language, *, has_partners: bool
) -> Iterator[Reason]:
    """What is known of a candidate's partnerships: with the subject or with one like it."""
    since = repository.together_since(session, pair.subject.number or 0, pair.candidate.number or 0)
    part = next((part for part in pair.suggestion.parts if part.name == "track_record"), None)
    counts = part is not None and part.points >= LEAST_POINTS
    because = part.because if part else ()
    if since is not None:
        yield Reason(
            Topic.TOGETHER,
            Message(WORKS_WITH_YOU_SINCE.text, {"year": since[:4]}) if since else WORKS_WITH_YOU,
        )
    elif counts and because and (partner := profiles.by_key(session, because[0])):
        yield _earlier_partner(session, pair, partner, language)
    elif has_partners and (counts or pair.subject.kind == pair.candidate.kind):
        yield Reason(Topic.TRACK_RECORD, HAS_PARTNERS, is_weak=True)


def _earlier_partner(session: Session, pair: Pair, partner: Profile, language: Language) -> Reason:
    since = repository.together_since(session, pair.candidate.number or 0, partner.number or 0)
    values = {"partner": name_of(partner, language), "year": (since or "")[:4]}
    plain = Message((PARTNERSHIP_BEGUN if since else PARTNERSHIP).text, values)
    return Reason(
        Topic.TRACK_RECORD,
        _with_tie(bool(since), values, pair, partner) or plain,
        plain,
        partner=partner.key,
        again=Message(ALSO_WITH.text, values),
    )


def _with_tie(dated: bool, values: dict[str, str], pair: Pair, partner: Profile) -> Message | None:
    """The partnership with what its partner shares with the subject: a region or town, or else a field of work that the
    candidate does not share itself."""
    shared = shared_territories(pair.subject_traits, read_traits(matching_record(partner)))
    if places := tuple(code for code in shared if not is_country(code)):
        return Message((BEGUN_PLACE if dated else WITH_PLACE).text, values | {"places": places})
    theirs = set(_sectors(partner)) - set(_sectors(pair.candidate))
    if fields := SectorCodes(code for code in _sectors(pair.subject) if code in theirs):
        return Message((BEGUN_FIELD if dated else WITH_FIELD).text, values | {"sectors": fields})
    return None


def _sectors(profile: Profile) -> list[str]:
    return profile.document.get("sectors") or []


WORKS_WITH_YOU_SINCE = message("Has worked with you since {year}.")
WORKS_WITH_YOU = message("Works with you already.")
HAS_PARTNERS = message("Has had partnerships before.")
ALSO_WITH = message("Also with: {partner}.")
PARTNERSHIP = message("Known partner: {partner}.")
PARTNERSHIP_BEGUN = message("Partnership begun in {year}: {partner}.")
WITH_PLACE = message("Known partner: {partner} (territory in common with you: {places}).")
WITH_FIELD = message("Known partner: {partner} (field in common with you: {sectors}).")
BEGUN_PLACE = message("Partnership begun in {year}: {partner} (territory in common with you: {places}).")
BEGUN_FIELD = message("Partnership begun in {year}: {partner} (field in common with you: {sectors}).")
