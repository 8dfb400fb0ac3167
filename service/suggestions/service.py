"""Suggestions for a profile: ranked, checked and explained at the moment they are asked for."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matching import (
    RulesetSettings,
    Suggestion,
    Traits,
    condition_sentence,
    likelihood_band,
    max_open_introductions,
    rate_confidence,
    read_traits,
    shared_territories,
)
from schemas.kinds import PAIRINGS, Kind
from schemas.language import Language, text_in
from schemas.suggestions import DecisionInput
from schemas.translation import message
from service.db.tables import Decision, Profile, Ruleset
from service.errors import Forbidden, Invalid, NotFound
from service.http.times import utc
from service.precedents import repository as precedents
from service.profiles import repository as profiles
from service.profiles.public import name_of, reference
from service.profiles.records import matching_record
from service.profiles.service import may_edit, may_see
from service.rulesets.service import active_ruleset
from service.security.authentication import Actor
from service.suggestions import repository
from service.suggestions.capacity import room_changed
from service.suggestions.explanations import LEAST_POINTS, EarlierPartner, History, explain, parts_shown
from service.suggestions.identifiers import numbers_of, suggestion_id
from service.suggestions.index import MatchIndex
from service.vocabularies.wording import Wording

SUGGESTIONS_PER_PROFILE = 5
"""How many suggestions of each profile are looked at for one that is new to both."""
DECLINED = "declined"
NO_SUGGESTION = message("There is no suggestion with this identifier.")
RANKED = 100
"""How deep the rank of a single suggestion is looked for."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when and in which language, with what is needed to answer."""

    session: Session
    index: MatchIndex
    language: Language
    now: datetime
    actor: Actor | None = None


def kinds_asked(kind: Kind, of: str | None) -> list[Kind]:
    """The kinds of candidate that ``of`` names (``authorities,programmes``), by default all that fit the subject."""
    allowed = PAIRINGS[kind]
    if of is None:
        return list(allowed)
    known = {other.plural: other for other in allowed}
    words = [word.strip() for word in of.split(",")]
    if not all(word in known for word in words):
        raise Invalid.at("/query/of", message("Give one or more of: {kinds}.", kinds=", ".join(known)))
    return list(dict.fromkeys(known[word] for word in words))


def suggestions_for(
    asking: Asking, subject: Profile, kinds: Sequence[Kind], limit: int
) -> list[dict[str, Any]]:
    """The best candidates of these kinds for a profile, best first, each with its reasons; not those it declined."""
    ruleset = active_ruleset(asking.session)
    presenter = _Presenter(asking, subject, ruleset)
    shown = _ranked(asking, subject, kinds, ruleset, limit)
    return [presenter.present(item, candidate, rank) for rank, (item, candidate) in enumerate(shown, 1)]


def _ranked(
    asking: Asking, subject: Profile, kinds: Sequence[Kind], ruleset: Ruleset, limit: int
) -> list[tuple[Suggestion, Profile]]:
    decisions = repository.decisions_of(asking.session, _number(subject))
    declined = {number for number, decision in decisions.items() if decision.decision == DECLINED}
    found = asking.index.suggest(
        [subject], kinds, ruleset, limit=limit + len(declined), on=asking.now.date()
    )[0]
    candidates = profiles.by_keys(asking.session, [item.candidate for item in found])
    known = [(item, candidates[item.candidate]) for item in found if item.candidate in candidates]
    return [(item, candidate) for item, candidate in known if candidate.number not in declined][:limit]


def best_new_suggestion(asking: Asking, kind: Kind, subjects: Sequence[Profile]) -> dict[str, Any] | None:
    """Of the suggestions for these profiles of one kind, the best one for two who do not work together yet."""
    ruleset = active_ruleset(asking.session)
    lists = asking.index.suggest(
        subjects, PAIRINGS[kind], ruleset, limit=SUGGESTIONS_PER_PROFILE, on=asking.now.date()
    )
    offers = [(item, subject) for subject, found in zip(subjects, lists, strict=True) for item in found]
    candidates = profiles.by_keys(asking.session, (item.candidate for item, _ in offers))
    for item, subject in sorted(offers, key=lambda offer: -offer[0].score):
        candidate = candidates.get(item.candidate)
        if (
            candidate
            and repository.together_since(asking.session, _number(subject), _number(candidate)) is None
        ):
            return _Presenter(asking, subject, ruleset).present(item, candidate, None)
    return None


def _number(profile: Profile) -> int:
    return profile.number or 0


def find_suggestion(asking: Asking, identifier: UUID) -> dict[str, Any]:
    """One suggestion, computed anew; raises ``NotFound`` when either side is gone or not to be seen."""
    subject, candidate = suggested_pair(asking, identifier)
    ruleset = active_ruleset(asking.session)
    scored = asking.index.score(subject, candidate, ruleset, asking.now.date())
    if scored is None:
        raise NotFound(NO_SUGGESTION)
    ranked = [item.candidate for item, _ in _ranked(asking, subject, [scored.kind], ruleset, RANKED)]
    rank = ranked.index(candidate.key) + 1 if candidate.key in ranked else None
    return _Presenter(asking, subject, ruleset).present(scored, candidate, rank)


def decide(asking: Asking, identifier: UUID, actor: Actor, said: DecisionInput) -> dict[str, Any]:
    """Keep what a subject's organisation says to a suggestion; the suggestion as it stands then."""
    subject, candidate = suggested_pair(asking, identifier)
    if not may_edit(actor, subject):
        raise Forbidden(message("Your token does not speak for this organisation."))
    decision = Decision(
        subject_number=_number(subject),
        candidate_number=_number(candidate),
        decision=said.decision,
        reason=said.reason,
        decided_by=actor.name,
        decided_at=asking.now,
    )
    repository.save_decision(asking.session, decision)
    room_changed(asking.session, subject, candidate, asking.now)
    return find_suggestion(asking, identifier)


def suggested_pair(asking: Asking, identifier: UUID) -> tuple[Profile, Profile]:
    """Subject and candidate of a suggestion; raises ``NotFound`` unless the caller may see both and they are ever paired."""
    numbers = numbers_of(identifier)
    found = profiles.by_numbers(asking.session, numbers) if numbers else {}
    sides = [
        found[number] for number in numbers or () if number in found and may_see(asking.actor, found[number])
    ]
    if len(sides) != 2 or Kind(sides[1].kind) not in PAIRINGS[Kind(sides[0].kind)]:
        raise NotFound(NO_SUGGESTION)
    return sides[0], sides[1]


class _Presenter:
    """Puts the suggestions of one subject into words and JSON."""

    def __init__(self, asking: Asking, subject: Profile, ruleset: Ruleset) -> None:
        self._asking, self._subject, self._ruleset = asking, subject, ruleset
        self._settings = RulesetSettings.model_validate(ruleset.settings)
        self._record = matching_record(subject)
        self._traits = read_traits(self._record)
        self._wording = Wording(asking.session, asking.language)
        mine = may_edit(asking.actor, subject)
        self._decisions = repository.decisions_of(asking.session, _number(subject)) if mine else {}

    def present(self, item: Suggestion, candidate: Profile, rank: int | None) -> dict[str, Any]:
        record = matching_record(candidate)
        today = self._asking.now.date()
        waiting = self._waiting(record, candidate)
        checks = self._asking.index.conditions(self._subject, record, self._ruleset, today, waiting)
        return {
            "id": str(suggestion_id(_number(self._subject), _number(candidate))),
            "subject": reference(self._subject, self._asking.language),
            "candidate": reference(candidate, self._asking.language),
            "score": item.score,
            "rank": rank,
            "parts": parts_shown(item),
            "eligibility": [
                {"rule": check.rule, "met": check.met, "detail": self._wording.say(check.sentence)}
                for check in checks
            ],
            "likelihood": self._likelihood(item),
            "confidence": self._confidence(candidate.key, record, today),
            "precedents": self._precedents(record),
            "explanation": self._explanation(item, candidate, read_traits(record)),
            "decision": _shown_decision(self._decisions.get(_number(candidate))),
            "ruleset_version": self._ruleset.version,
            "computed_at": utc(self._asking.now),
        }

    def _waiting(self, record: dict[str, Any], candidate: Profile) -> Set[str]:
        """Who waits for a candidate's answer, where that matters."""
        if max_open_introductions(record, self._settings.capacity) is None:
            return frozenset()
        return repository.waiting_for(self._asking.session, candidate)

    def _likelihood(self, item: Suggestion) -> dict[str, Any] | None:
        """What scores like this one have meant so far, if the ruleset knows."""
        known = self._settings.calibration.get(f"{self._subject.kind}:{item.kind}")
        if known is None:
            return None
        found = likelihood_band(item.score, known)
        least, most = round(100 * found.least), round(100 * found.most)
        return {
            "least": found.least,
            "most": found.most,
            "detail": self._wording.say(
                message(
                    "Of a hundred proposals with such a score, {least} to {most} have led to a partnership.",
                    least=least,
                    most=most,
                )
            ),
        }

    def _confidence(self, key: str, candidate: dict[str, Any], today: date) -> dict[str, Any]:
        found = rate_confidence(self._record, candidate, self._asking.index.partnerships_of(key), today)
        return {
            "level": found.level,
            "detail": self._wording.say(found.sentence),
            "because": [self._wording.say(sentence) for sentence in found.because],
        }

    def _explanation(self, item: Suggestion, candidate: Profile, traits: Traits) -> str:
        return explain(
            item,
            self._traits,
            traits,
            (name_of(self._subject, self._asking.language), name_of(candidate, self._asking.language)),
            History(
                self._earlier_partner(item, candidate),
                repository.together_since(self._asking.session, _number(self._subject), _number(candidate)),
                self._asking.index.partnerships_of(candidate.key) > 0,
            ),
            [
                condition_sentence(rule.condition)
                for rule in self._settings.preferences
                for part in item.parts
                if part.name == "preferences" and rule.key in part.because
            ],
            self._wording,
        )

    def _earlier_partner(self, item: Suggestion, candidate: Profile) -> EarlierPartner | None:
        part = next(part for part in item.parts if part.name == "track_record")
        if not part.because or part.points < LEAST_POINTS:
            return None
        partner = profiles.by_key(self._asking.session, part.because[0])
        if partner is None:
            return None
        since = repository.together_since(self._asking.session, _number(candidate), _number(partner))
        shared = shared_territories(self._traits, read_traits(matching_record(partner)))
        return EarlierPartner(name_of(partner, self._asking.language), since, shared)

    def _precedents(self, candidate: dict[str, Any]) -> list[dict[str, Any]]:
        language, shown = self._asking.language, []
        for near in self._asking.index.precedents(self._record, candidate):
            row = precedents.by_key(self._asking.session, near.key)
            if row is not None:
                document = row.document
                shown.append(
                    {
                        "key": near.key,
                        "name": text_in(document["name"], language),
                        "similarity": near.similarity,
                        "helped": text_in(document.get("helped"), language) or None,
                        "hindered": text_in(document.get("hindered"), language) or None,
                    }
                )
        return shown


def _shown_decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "decision": decision.decision,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_at": utc(decision.decided_at),
    }
