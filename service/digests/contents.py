"""What a digest says, in the subscriber's language, ready to be put into a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel.dates import format_date
from sqlmodel import Session

from matching import Part, RulesetSettings, Suggestion, programme_notice, read_traits
from schemas.kinds import Kind
from schemas.language import Language
from schemas.translation import Message, message
from service.db.tables import Profile, StoredSuggestion, Subscription
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.views import name_of
from service.rulesets.service import find_version
from service.suggestions.explanations import reasons_in_words
from service.suggestions.likelihoods import band_in_words, known_band
from service.suggestions.points import whole_points
from service.vocabularies.wording import PART_NAMES, Wording

MAX_CONFIRMATION_REQUESTS = 5
"""Profiles that a mail asks about; the page behind it names all."""
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
    """The points of one part, with the most it could have."""

    label: str
    points: int
    most: int

    @property
    def percent(self) -> int:
        """How much of it is filled; a share so small that it is no whole point is empty."""
        return round(100 * self.points / self.most) if self.most else 0


@dataclass(frozen=True, slots=True)
class DigestSuggestion:
    """One suggestion: whom, why in one sentence, and how far they meet.

    ``for_whom`` is named where it is not the organisation itself; ``notice`` is what to know of a programme's state, and
    ``band`` what such scores have meant so far.
    """

    kind: str
    name: str
    website: str | None
    for_whom: str | None
    reason: str
    notice: str | None
    points: int
    band: str | None
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
    today: date,
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
    writer = _SuggestionWriter(session, subscription, known, today)
    return Letter(
        digest=digest,
        to=subscription.email,
        organisation=name_of(known[subscription.organisation_number], language),
        language=language,
        frequency=subscription.frequency,
        unsubscribe_token=subscription.unsubscribe_token,
        suggestions=tuple(map(writer.write, suggestions)),
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


class _SuggestionWriter:
    """Puts the suggestions of one mail into words."""

    def __init__(
        self, session: Session, subscription: Subscription, known: Mapping[int, Profile], today: date
    ) -> None:
        self._session, self._subscription, self._known, self._today = session, subscription, known, today
        self._wording = Wording(session, Language(subscription.language))
        self._rulesets: dict[int, RulesetSettings] = {}

    def write(self, item: StoredSuggestion) -> DigestSuggestion:
        """One suggestion."""
        subject, candidate = self._known[item.subject_number], self._known[item.candidate_number]
        parts = tuple(
            Part(name, weight, similarity, tuple(because)) for name, weight, similarity, because in item.parts
        )
        suggestion = Suggestion(candidate.key, Kind(candidate.kind), item.score, parts)
        points = whole_points(parts)
        own = subject.number == self._subscription.organisation_number
        return DigestSuggestion(
            kind=self._say(KIND_HEADINGS[suggestion.kind]),
            name=self._names(item, candidate),
            website=candidate.document.get("website"),
            for_whom=None if own else name_of(subject, self._language),
            reason=self._reason(suggestion, subject, candidate),
            notice=self._notice(candidate),
            points=sum(each.points for each in points),
            band=self._band(item, subject, suggestion.kind),
            bars=tuple(Bar(self._say(PART_NAMES[each.name]), each.points, each.most) for each in points),
        )

    @property
    def _language(self) -> Language:
        return self._wording.language

    def _say(self, sentence: Message) -> str:
        return self._wording.say(sentence)

    def _names(self, item: StoredSuggestion, candidate: Profile) -> str:
        others = (self._known[number] for number in item.together_with if number in self._known)
        shown = [candidate, *(other for other in others if other.published)]
        return NAMES_ON_ONE_LINE.join(name_of(each, self._language) for each in shown)

    def _reason(self, suggestion: Suggestion, subject: Profile, candidate: Profile) -> str:
        name = name_of(candidate, self._language)
        traits = read_traits(matching_record(subject)), read_traits(matching_record(candidate))
        reasons = reasons_in_words(suggestion, *traits, name, self._wording)
        return next(reasons, None) or self._say(Message(WORDS_MEET.text, {"candidate": name}))

    def _notice(self, candidate: Profile) -> str | None:
        if candidate.kind != Kind.PROGRAMME:
            return None
        notice = programme_notice(matching_record(candidate), self._today)
        return self._say(notice) if notice else None

    def _band(self, item: StoredSuggestion, subject: Profile, candidate: Kind) -> str | None:
        version = item.ruleset_version
        if version not in self._rulesets:
            settings = find_version(self._session, version).settings
            self._rulesets[version] = RulesetSettings.model_validate(settings)
        band = known_band(self._rulesets[version], subject.kind, candidate, item.score)
        return self._say(band_in_words(band)) if band else None
