"""What a digest says, in the subscriber's language, ready to be put into a mail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from matching import Part, RulesetSettings, Suggestion, Traits, read_traits
from schemas.dates import as_precise_as_known
from schemas.kinds import Kind
from schemas.language import Language
from schemas.translation import Message, message
from service.db.tables import Profile, StoredSuggestion, Subscription
from service.digests.confirmations import Questions
from service.partnerships.repository import FoundPartnership
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.views import name_of
from service.rulesets.service import find_version
from service.suggestions.explanations.composing import Explanation, compose
from service.suggestions.explanations.next_steps import next_steps
from service.suggestions.explanations.pair_reasons import pair_reasons
from service.suggestions.explanations.reasons import Reason
from service.suggestions.explanations.track_record import Pair
from service.suggestions.likelihoods import band_in_words, known_band
from service.suggestions.points import whole_points
from service.vocabularies.wording import PART_NAMES, Wording

MAX_CONFIRMATION_REQUESTS = 5
"""Profiles that a mail asks about; the page behind it names all."""
MAX_NAMED_PARTNERSHIPS = 5
"""Partnerships that a mail asks about; the page behind it has all."""
FOR_YOUR_OWN: dict[Kind, Message] = {
    Kind.PROGRAMME: message("For your programme: {name}"),
    Kind.PROJECT: message("For your project: {name}"),
}
KIND_HEADINGS: dict[Kind, Message] = {
    Kind.ASSOCIATION: message("Association"),
    Kind.AUTHORITY: message("Local authority"),
    Kind.PROGRAMME: message("Funding programme"),
    Kind.PROJECT: message("Project"),
}
NAMES_ON_ONE_LINE = " · "
"""Between authorities that govern the same."""


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
    """One suggestion: whom, why in two sentences, and how far they meet.

    ``for_whom`` says so where it is not for the organisation itself; ``notice`` is what to know of a programme's state, and
    ``band`` is what such scores have meant so far.
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
    day: date


@dataclass(frozen=True, slots=True)
class NamedPartnership:
    """A partnership that somebody has named with the subscriber, ``own``: with whom, and when it began, as they say."""

    id: UUID
    partner: str
    own: str
    since: str | None

    @property
    def start(self) -> str | date | None:
        """Its beginning, as precise as it is known."""
        return as_precise_as_known(self.since) if self.since else None


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
    next_steps: tuple[str, ...] = ()
    confirmation_requests: tuple[ConfirmationRequest, ...] = ()
    named_partnerships: tuple[NamedPartnership, ...] = ()


def letter_for(
    session: Session,
    subscription: Subscription,
    digest: UUID,
    suggestions: Sequence[StoredSuggestion],
    today: date,
    questions: Questions,
) -> Letter:
    """The digest of these suggestions, with what the subscriber is asked."""
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
        suggestions=tuple(writer.write(suggestions)),
        next_steps=tuple(writer.next_steps(suggestions)),
        confirmation_requests=confirmation_requests(questions.in_doubt[:MAX_CONFIRMATION_REQUESTS], language),
        named_partnerships=named_partnerships(questions.named[:MAX_NAMED_PARTNERSHIPS], language),
    )


def confirmation_requests(in_doubt: Sequence[Profile], language: Language) -> tuple[ConfirmationRequest, ...]:
    """Profiles in doubt, as their organisation is asked about them."""
    return tuple(
        ConfirmationRequest(name_of(profile, language), profile.confirmed_at.date())
        for profile in in_doubt
        if profile.confirmed_at
    )


def named_partnerships(found: Sequence[FoundPartnership], language: Language) -> tuple[NamedPartnership, ...]:
    """Partnerships that others have named, as an organisation is asked about them."""
    named = []
    for partnership, query, candidate in found:
        partner, own = (query, candidate) if partnership.named_by == "query" else (candidate, query)
        names = name_of(partner, language), name_of(own, language)
        named.append(NamedPartnership(partnership.id, *names, partnership.since))
    return tuple(named)


class _SuggestionWriter:
    """Puts the suggestions of one mail into words."""

    def __init__(
        self, session: Session, subscription: Subscription, known: Mapping[int, Profile], today: date
    ) -> None:
        self._session, self._subscription, self._known, self._today = session, subscription, known, today
        self._wording = Wording(session, Language(subscription.language))
        self._rulesets: dict[int, RulesetSettings] = {}
        self._traits: dict[str, Traits] = {}

    def write(self, items: Sequence[StoredSuggestion]) -> Iterator[DigestSuggestion]:
        """The suggestions of a mail, explained one beside the other."""
        reasons = [self._reasons(item) for item in items]
        for item, explanation in zip(items, compose(reasons, self._wording), strict=True):
            yield self._written(item, explanation)

    def next_steps(self, items: Sequence[StoredSuggestion]) -> Iterator[str]:
        """What to do next, each step said once for all of a mail."""
        kinds = [
            (self._known[item.subject_number].kind, Kind(self._known[item.candidate_number].kind))
            for item in items
        ]
        steps = (
            step
            for subject in dict.fromkeys(subject for subject, _ in kinds)
            for step in next_steps(Kind(subject), (candidate for of, candidate in kinds if of == subject))
        )
        yield from dict.fromkeys(map(self._say, steps))

    def _reasons(self, item: StoredSuggestion) -> list[Reason]:
        subject, candidate = self._known[item.subject_number], self._known[item.candidate_number]
        return pair_reasons(
            self._session,
            Pair(
                _suggestion(item, candidate),
                subject,
                candidate,
                self._traits_of(subject),
                self._traits_of(candidate),
            ),
            self._settings(item.ruleset_version),
            self._language,
            self._today,
            has_partners=False,
        )

    def _traits_of(self, profile: Profile) -> Traits:
        if profile.key not in self._traits:
            self._traits[profile.key] = read_traits(matching_record(profile))
        return self._traits[profile.key]

    def _written(self, item: StoredSuggestion, explanation: Explanation) -> DigestSuggestion:
        subject, candidate = self._known[item.subject_number], self._known[item.candidate_number]
        suggestion = _suggestion(item, candidate)
        points = whole_points(suggestion.parts)
        own = subject.number == self._subscription.organisation_number
        return DigestSuggestion(
            kind=self._say(KIND_HEADINGS[suggestion.kind]),
            name=self._names(item, candidate),
            website=candidate.document.get("website"),
            for_whom=None if own else self._for_whom(subject),
            reason=" ".join(explanation.reasons),
            notice=explanation.notice,
            points=sum(each.points for each in points),
            band=self._band(item, subject, suggestion.kind),
            bars=tuple(Bar(self._say(PART_NAMES[each.name]), each.points, each.most) for each in points),
        )

    @property
    def _language(self) -> Language:
        return self._wording.language

    def _say(self, sentence: Message) -> str:
        return self._wording.say(sentence)

    def _for_whom(self, subject: Profile) -> str:
        sentence = FOR_YOUR_OWN[Kind(subject.kind)]
        return self._say(Message(sentence.text, {"name": name_of(subject, self._language)}))

    def _names(self, item: StoredSuggestion, candidate: Profile) -> str:
        others = (self._known[number] for number in item.together_with if number in self._known)
        shown = [candidate, *(other for other in others if other.published)]
        return NAMES_ON_ONE_LINE.join(name_of(each, self._language) for each in shown)

    def _band(self, item: StoredSuggestion, subject: Profile, candidate: Kind) -> str | None:
        settings = self._settings(item.ruleset_version)
        band = known_band(settings, subject.kind, candidate, item.score)
        return self._say(band_in_words(band)) if band else None

    def _settings(self, version: int) -> RulesetSettings:
        if version not in self._rulesets:
            settings = find_version(self._session, version).settings
            self._rulesets[version] = RulesetSettings.model_validate(settings)
        return self._rulesets[version]


def _suggestion(item: StoredSuggestion, candidate: Profile) -> Suggestion:
    parts = tuple(
        Part(name, weight, similarity, tuple(because)) for name, weight, similarity, because in item.parts
    )
    return Suggestion(candidate.key, Kind(candidate.kind), item.score, parts)
