"""Suggestions as their readers see them: with reasons, conditions, precedents and an explanation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from sqlmodel import Session

from matching import (
    RulesetSettings,
    Suggestion,
    Traits,
    closing_day,
    max_open_introductions,
    rate_confidence,
    read_traits,
)
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.partnerships import ProfileReference
from schemas.suggestions import (
    ConfidencePublic,
    DecisionPublic,
    DecisionWord,
    EligibilityPublic,
    LikelihoodPublic,
    PartPublic,
    PrecedentPublic,
    SuggestionPublic,
)
from schemas.texts import text_in
from schemas.translation import Message, message
from service.db.tables import Decision, Profile, Ruleset
from service.precedents import repository as precedents
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.service import may_edit
from service.profiles.views import reference
from service.security.authentication import Actor
from service.suggestions import repository
from service.suggestions.explanations.composing import Explanation, compose
from service.suggestions.explanations.next_steps import next_steps
from service.suggestions.explanations.pair_reasons import pair_reasons
from service.suggestions.explanations.territories import names_only_country
from service.suggestions.explanations.track_record import Pair
from service.suggestions.identifiers import suggestion_id
from service.suggestions.index import MatchIndex
from service.suggestions.likelihoods import band_in_words, known_band
from service.vocabularies.wording import Wording

if TYPE_CHECKING:
    from matching import NearestPrecedent

ENDED_PROGRAMMES = 1
"""At most so many programmes that have ended are named beside a suggestion."""
THERE_WAS = message("There was a programme for this. It has ended.")
THERE_WAS_UNTIL = message("There was a programme for this. It has ended; last deadline: {day}.")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, when and in which language, with what is needed to answer."""

    session: Session
    index: MatchIndex
    language: Language
    now: datetime
    actor: Actor | None = None


class SuggestionPresenter:
    """Puts the suggestions of one subject into words."""

    def __init__(self, context: RequestContext, subject: Profile, ruleset: Ruleset) -> None:
        self._context, self._subject, self._ruleset = context, subject, ruleset
        self._settings = RulesetSettings.model_validate(ruleset.settings)
        self._record = matching_record(subject)
        self._traits = read_traits(self._record)
        self._wording = Wording(context.session, context.language)
        self._read: dict[str, Traits] = {}
        mine = may_edit(context.actor, subject)
        self._ended: dict[str, list[tuple[NearestPrecedent, Profile]]] = {}
        self._decisions = repository.decisions_of(context.session, _number(subject)) if mine else {}

    def present(self, items: Sequence[tuple[Suggestion, Profile, int | None]]) -> list[SuggestionPublic]:
        """Some of its suggestions with the rank of each, explained one beside the other."""
        reasons = [
            pair_reasons(
                self._context.session,
                Pair(item, self._subject, candidate, self._traits, self._traits_of(candidate)),
                self._settings,
                self._context.language,
                self._context.now.date(),
                has_partners=self._context.index.partnerships_of(candidate.key) > 0,
            )
            for item, candidate, _ in items
        ]
        return [
            self._view(item, candidate, rank, explanation)
            for (item, candidate, rank), explanation in zip(
                items, compose(reasons, self._wording), strict=True
            )
        ]

    def next_steps(self, candidates: Sequence[Profile]) -> list[str]:
        """What to do next with these, each step said once."""
        together = repository.partners_of(self._context.session, _number(self._subject))
        steps = next_steps(
            self._traits.kind,
            [Kind(candidate.kind) for candidate in candidates],
            work_together=any(candidate.number in together for candidate in candidates),
            only_country=names_only_country(self._traits, map(self._traits_of, candidates)),
        )
        return [self._wording.say(step) for step in steps]

    def _traits_of(self, candidate: Profile) -> Traits:
        """What is read in a candidate, once for its reasons and for the next steps."""
        if candidate.key not in self._read:
            self._read[candidate.key] = read_traits(matching_record(candidate))
        return self._read[candidate.key]

    def _view(
        self, item: Suggestion, candidate: Profile, rank: int | None, explanation: Explanation
    ) -> SuggestionPublic:
        record = matching_record(candidate)
        today = self._context.now.date()
        return SuggestionPublic(
            id=suggestion_id(_number(self._subject), _number(candidate)),
            subject=reference(self._subject, self._context.language),
            candidate=reference(candidate, self._context.language),
            together_with=self._together_with(item),
            state=item.state,
            score=item.score,
            rank=rank,
            parts=part_views(item),
            eligibility=self.eligibility(candidate),
            likelihood=self._likelihood(item),
            confidence=self._confidence(candidate.key, record, today),
            precedents=list(self._precedents(record)),
            explanation=explanation.text,
            details=list(explanation.details),
            decision=_decision_view(self._decisions.get(_number(candidate))),
            ruleset_version=self._ruleset.version or 0,
            computed_at=self._context.now,
        )

    def eligibility(self, candidate: Profile) -> list[EligibilityPublic]:
        """What each condition says of the subject with a candidate."""
        record, today = matching_record(candidate), self._context.now.date()
        waiting = self._waiting(record, candidate)
        checks = self._context.index.conditions(self._subject, record, self._ruleset, today, waiting)
        return [
            EligibilityPublic(rule=check.rule, met=check.met, detail=self._wording.say(check.sentence))
            for check in checks
        ]

    def _together_with(self, item: Suggestion) -> list[ProfileReference]:
        """The others that govern the same."""
        if not item.together_with:
            return []
        others = profiles.by_keys(self._context.session, item.together_with)
        return [reference(others[key], self._context.language) for key in item.together_with if key in others]

    def _waiting(self, record: JsonObject, candidate: Profile) -> dict[str, str]:
        """Who waits for a candidate's answer, where that matters."""
        if max_open_introductions(record, self._settings.capacity) is None:
            return {}
        return repository.waiting_for(self._context.session, candidate)

    def _likelihood(self, item: Suggestion) -> LikelihoodPublic | None:
        """What scores like this one have meant so far, if the ruleset knows."""
        found = known_band(self._settings, self._subject.kind, item.kind, item.score)
        if found is None:
            return None
        detail = self._wording.say(band_in_words(found))
        return LikelihoodPublic(least=found.least, most=found.most, detail=detail)

    def _confidence(self, key: str, candidate: JsonObject, today: date) -> ConfidencePublic:
        found = rate_confidence(self._record, candidate, self._context.index.partnerships_of(key), today)
        return ConfidencePublic(
            level=found.level,
            detail=self._wording.say(found.sentence),
            because=[self._wording.say(sentence) for sentence in found.because],
        )

    def _precedents(self, candidate: JsonObject) -> Iterator[PrecedentPublic]:
        language, told = self._context.language, set[str]()
        for near in self._context.index.precedents(self._record, candidate):
            row = precedents.by_key(self._context.session, near.key)
            if row is not None:
                document = row.document
                told |= set(document.get("profiles", ()))
                yield PrecedentPublic(
                    key=near.key,
                    name=text_in(document["name"], language),
                    similarity=near.similarity,
                    helped=text_in(document.get("helped"), language) or None,
                    hindered=text_in(document.get("hindered"), language) or None,
                )
        yield from (
            self._ended_programme(near, profile)
            for near, profile in self._ended_programmes(candidate)
            if profile.key not in told
        )

    def _ended_programme(self, near: "NearestPrecedent", profile: Profile) -> PrecedentPublic:
        programme, day = reference(profile, self._context.language), closing_day(profile.document)
        sentence = Message(THERE_WAS_UNTIL.text, {"day": day}) if day else THERE_WAS
        return PrecedentPublic(
            key=near.key,
            name=programme.name,
            programme=programme,
            detail=self._wording.say(sentence),
            similarity=near.similarity,
            helped=None,
            hindered=None,
        )

    def _ended_programmes(self, candidate: JsonObject) -> "list[tuple[NearestPrecedent, Profile]]":
        """Programmes that have ended and would have fitted whoever of the two is none; the subject's are found once."""
        record = candidate if self._subject.kind == Kind.PROGRAMME else self._record
        if record["key"] not in self._ended:
            found = self._context.index.ended_programmes(
                record, self._ruleset, limit=ENDED_PROGRAMMES, on=self._context.now.date()
            )
            known = profiles.by_keys(self._context.session, (near.key for near in found))
            self._ended[record["key"]] = [(near, known[near.key]) for near in found if near.key in known]
        return self._ended[record["key"]]


def part_views(suggestion: Suggestion) -> list[PartPublic]:
    """The parts of a score."""
    return [
        PartPublic(
            name=part.name,
            weight=part.weight,
            similarity=part.similarity,
            points=part.points,
            because=list(part.because),
        )
        for part in suggestion.parts
    ]


def _decision_view(decision: Decision | None) -> DecisionPublic | None:
    if decision is None:
        return None
    return DecisionPublic(
        decision=cast("DecisionWord", decision.decision),
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )


def _number(profile: Profile) -> int:
    return profile.number or 0
