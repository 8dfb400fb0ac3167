"""All there is to say of one suggestion: what the two share, with whom the candidate has worked, what the rules prefer, and what
state a programme is in."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session

from matching import RulesetSettings, condition_sentence, programme_notice
from schemas.kinds import Kind
from schemas.language import Language
from schemas.translation import Phrases, message
from service.profiles.records import matching_record
from service.suggestions.explanations.common_ground import common_ground
from service.suggestions.explanations.reasons import Reason, Topic
from service.suggestions.explanations.track_record import Pair, track_record_reasons


def pair_reasons(
    session: Session,
    pair: Pair,
    settings: RulesetSettings,
    language: Language,
    today: date,
    *,
    has_partners: bool,
) -> list[Reason]:
    """What speaks for a candidate, strongest first, and what is to know of it; ``has_partners`` is whether any of its
    partnerships are known."""
    return [
        *common_ground(pair.suggestion, pair.subject_traits, pair.candidate_traits),
        *track_record_reasons(session, pair, language, has_partners=has_partners),
        *_preferred(pair, settings),
        *_notice(pair, today),
    ]


def _preferred(pair: Pair, settings: RulesetSettings) -> Iterator[Reason]:
    met = {key for part in pair.suggestion.parts if part.name == "preferences" for key in part.because}
    found = [condition_sentence(rule.condition) for rule in settings.preferences if rule.key in met]
    if found:
        sentence = message("Preferred by the rules: {parts}.", parts=Phrases(found))
        yield Reason(Topic.PREFERENCE, sentence)


def _notice(pair: Pair, today: date) -> Iterator[Reason]:
    if pair.candidate.kind == Kind.PROGRAMME:
        notice = programme_notice(matching_record(pair.candidate), today)
        if notice:
            yield Reason(Topic.NOTICE, notice)
