"""What a digest says, in the subscriber's language, ready to be put into a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from babel.dates import format_date
from sqlmodel import Session

from matching import Part, Suggestion, read_traits
from schemas.kinds import Kind
from schemas.language import Language
from schemas.translation import Message, message
from schemas.weights import PartName
from schemas.wording import render
from service.db.tables import Profile, StoredSuggestion, Subscription
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.views import name_of
from service.suggestions.explanations import reasons_in_words
from service.vocabularies.wording import PART_NAMES, Wording

MAX_CONFIRMATION_REQUESTS = 5
"""Profiles that a mail asks about; the page behind it names all."""
SHOWN_PARTS: tuple[PartName, ...] = ("region", "sector", "priority")
KIND_HEADINGS: dict[Kind, Message] = {
    Kind.ASSOCIATION: message("Association"),
    Kind.AUTHORITY: message("Authority"),
    Kind.PROGRAMME: message("Programme"),
    Kind.PROJECT: message("Project"),
}
NAMES_ON_ONE_LINE = " · "
"""Between authorities that govern the same."""
WORDS_MEET = message("Your own words and those of {candidate} have much in common.")


@dataclass(frozen=True, slots=True)
class Bar:
    """How far two meet in one part, in whole per cent."""

    label: str
    percent: int


@dataclass(frozen=True, slots=True)
class DigestSuggestion:
    """One suggestion: whom, why in one sentence, and how far they meet. ``for_whom`` is named where it is not the organisation itself."""

    kind: str
    name: str
    website: str | None
    for_whom: str | None
    reason: str
    points: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """A profile of the subscriber's that was not confirmed for a year: its name, and the day it was."""

    name: str
    day: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A digest before it is a mail."""

    digest: UUID
    to: str
    organisation: str
    language: Language
    frequency: str
    unsubscribe_token: str
    suggestions: tuple[DigestSuggestion, ...]
    confirmation_requests: tuple[ConfirmationRequest, ...] = ()


def letter_for(
    session: Session,
    subscription: Subscription,
    digest: UUID,
    suggestions: Sequence[StoredSuggestion],
    in_doubt: Sequence[Profile] = (),
) -> Letter:
    """The digest of these suggestions, with a request to confirm these profiles of the subscriber's own."""
    language = Language(subscription.language)
    numbers = {
        number
        for item in suggestions
        for number in (item.subject_number, item.candidate_number, *item.together_with)
    }
    known = profiles.by_numbers(session, {*numbers, subscription.organisation_number})
    wording = Wording(session, language)
    return Letter(
        digest=digest,
        to=subscription.email,
        organisation=name_of(known[subscription.organisation_number], language),
        language=language,
        frequency=subscription.frequency,
        unsubscribe_token=subscription.unsubscribe_token,
        suggestions=tuple(
            _digest_suggestion(
                item,
                known[item.subject_number],
                known[item.candidate_number],
                [known[number] for number in item.together_with if number in known],
                subscription,
                wording,
            )
            for item in suggestions
        ),
        confirmation_requests=confirmation_requests(in_doubt[:MAX_CONFIRMATION_REQUESTS], language),
    )


def confirmation_requests(in_doubt: Sequence[Profile], language: Language) -> tuple[ConfirmationRequest, ...]:
    """Profiles in doubt, as their organisation is asked about them."""
    return tuple(
        ConfirmationRequest(
            name_of(profile, language), str(format_date(profile.confirmed_at, "long", locale=language.value))
        )
        for profile in in_doubt
    )


def _digest_suggestion(
    item: StoredSuggestion,
    subject: Profile,
    candidate: Profile,
    others: Sequence[Profile],
    subscription: Subscription,
    wording: Wording,
) -> DigestSuggestion:
    parts = tuple(
        Part(name, weight, similarity, tuple(because)) for name, weight, similarity, because in item.parts
    )
    suggestion = Suggestion(candidate.key, Kind(candidate.kind), item.score, parts)
    name = name_of(candidate, wording.language)
    traits = read_traits(matching_record(subject)), read_traits(matching_record(candidate))
    reasons = reasons_in_words(suggestion, *traits, name, wording)
    own = subject.number == subscription.organisation_number
    return DigestSuggestion(
        kind=render(wording.language, KIND_HEADINGS[suggestion.kind]),
        name=NAMES_ON_ONE_LINE.join(
            [name, *(name_of(other, wording.language) for other in others if other.published)]
        ),
        website=candidate.document.get("website"),
        for_whom=None if own else name_of(subject, wording.language),
        reason=next(reasons, None) or render(wording.language, Message(WORDS_MEET.text, {"candidate": name})),
        points=round(item.score * 100),
        bars=tuple(
            Bar(render(wording.language, PART_NAMES[part.name]), round(part.similarity * 100))
            for part in parts
            if part.name in SHOWN_PARTS
        ),
    )
