"""Suggestions for a profile: ranked, checked and explained at the moment they are asked for."""

from collections.abc import Sequence
from uuid import UUID

from matching import RulesetSettings, Suggestion
from schemas.kinds import PAIRINGS, Kind
from schemas.suggestions import DecisionInput, EmptyListPublic, SuggestionList, SuggestionWithNextSteps
from schemas.translation import Names, message
from service.db.tables import Decision, Profile, Ruleset
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.profiles import repository as profiles
from service.profiles.service import may_edit, may_see
from service.rulesets.service import active_ruleset
from service.security.authentication import Actor
from service.suggestions import repository
from service.suggestions.capacity import check_room, room_changed
from service.suggestions.empty_lists import empty_list_view
from service.suggestions.identifiers import numbers_of
from service.suggestions.views import RequestContext, SuggestionPresenter

SuggestedProfile = tuple[Suggestion, Profile]
SUGGESTIONS_PER_PROFILE = 5
"""How many suggestions of each profile are looked at for one that is new to both."""
NO_SUGGESTION = message("There is no suggestion with this identifier.")
NEVER_SUGGESTED = message(
    "This was never suggested to your organisation, so there is nothing to answer. Look at its list of suggestions."
)
RANKED = 100
"""How deep the rank of a single suggestion is looked for."""


def _kinds_asked(ruleset: Ruleset, kind: Kind, of: str | None) -> list[Kind]:
    """The kinds of candidate that ``of`` names (``authorities,programmes``), by default all that the rules propose."""
    allowed = _candidate_kinds(ruleset, kind)
    if of is None:
        return list(allowed)
    known = {other.plural: other for other in allowed}
    words = [word.strip() for word in of.split(",")]
    if not all(word in known for word in words):
        raise Invalid.at("/query/of", message("Give one or more of: {kinds}.", kinds=Names(known)))
    return list(dict.fromkeys(known[word] for word in words))


def suggestions_for(context: RequestContext, subject: Profile, of: str | None, limit: int) -> SuggestionList:
    """The best candidates of the kinds that ``of`` names, best first, each with its reasons; not those it declined."""
    ruleset = active_ruleset(context.session)
    kinds = _kinds_asked(ruleset, Kind(subject.kind), of)
    presenter = SuggestionPresenter(context, subject, ruleset)
    shown = _ranked(context, subject, kinds, ruleset, limit)
    items = presenter.present([(item, candidate, rank) for rank, (item, candidate) in enumerate(shown, 1)])
    steps = presenter.next_steps([candidate for _, candidate in shown])
    empty = None if items else _why_empty(context, subject, kinds, ruleset)
    return SuggestionList(items=items, next_cursor=None, next_steps=steps, empty=empty)


def _ranked(
    context: RequestContext, subject: Profile, kinds: Sequence[Kind], ruleset: Ruleset, limit: int
) -> list[SuggestedProfile]:
    """The best candidates that the subject has not declined."""
    declined = {subject.key: repository.declined_by(context.session, _number(subject))}
    found = context.index.suggest(
        [subject], kinds, ruleset, limit=limit, on=context.now.date(), excluded=declined
    )[0]
    candidates = profiles.by_keys(context.session, [item.candidate for item in found])
    return [(item, candidates[item.candidate]) for item in found if item.candidate in candidates]


def _why_empty(
    context: RequestContext, subject: Profile, kinds: Sequence[Kind], ruleset: Ruleset
) -> EmptyListPublic:
    """Why there is nobody: the subject may have declined them all."""
    anybody = context.index.suggest([subject], kinds, ruleset, limit=1, on=context.now.date())[0]
    return empty_list_view(context, subject, ruleset, kinds, declined=bool(anybody))


def best_new_suggestion(
    context: RequestContext, kind: Kind, subjects: Sequence[Profile]
) -> SuggestionWithNextSteps | None:
    """Of the suggestions for these profiles of one kind, the best one for two who do not work together yet."""
    ruleset = active_ruleset(context.session)
    lists = context.index.suggest(
        subjects, PAIRINGS[kind], ruleset, limit=SUGGESTIONS_PER_PROFILE, on=context.now.date()
    )
    offers = [(item, subject) for subject, found in zip(subjects, lists, strict=True) for item in found]
    candidates = profiles.by_keys(context.session, (item.candidate for item, _ in offers))
    for item, subject in sorted(offers, key=lambda offer: -offer[0].score):
        candidate = candidates.get(item.candidate)
        if (
            candidate
            and repository.together_since(context.session, _number(subject), _number(candidate)) is None
        ):
            return _presented(context, subject, ruleset, (item, candidate, None))
    return None


def _candidate_kinds(ruleset: Ruleset, subject: Kind) -> Sequence[Kind]:
    return RulesetSettings.model_validate(ruleset.settings).candidate_kinds(subject)


def _number(profile: Profile) -> int:
    return profile.number or 0


def find_suggestion(context: RequestContext, identifier: UUID) -> SuggestionWithNextSteps:
    """One suggestion, computed now; raises ``NotFound`` when either side is gone or not to be seen."""
    subject, candidate = suggested_pair(context, identifier)
    ruleset = active_ruleset(context.session)
    scored = context.index.score(subject, candidate, ruleset, context.now.date())
    if scored is None:
        raise NotFound(NO_SUGGESTION)
    shown = _ranked(context, subject, [scored.kind], ruleset, RANKED)
    ranked = [item.candidate for item, _ in shown]
    rank = ranked.index(candidate.key) + 1 if candidate.key in ranked else None
    return _presented(context, subject, ruleset, (scored, candidate, rank))


def _presented(
    context: RequestContext, subject: Profile, ruleset: Ruleset, shown: tuple[Suggestion, Profile, int | None]
) -> SuggestionWithNextSteps:
    """One suggestion by itself."""
    presenter = SuggestionPresenter(context, subject, ruleset)
    [view] = presenter.present([shown])
    return SuggestionWithNextSteps(**dict(view), next_steps=presenter.next_steps([shown[1]]))


def decide(
    context: RequestContext, identifier: UUID, actor: Actor, said: DecisionInput, most_open: int
) -> SuggestionWithNextSteps:
    """Keep what a subject's organisation says to a suggestion; the suggestion as it stands then.

    Raises ``Conflict`` for a pair that was never suggested, and for interest where the candidate has no room or the
    organisation waits for the answers of ``most_open`` others.
    """
    subject, candidate = suggested_pair(context, identifier)
    if not may_edit(actor, subject):
        raise Forbidden(message("Your token does not belong to this organisation."))
    if not _is_suggested(context, subject, candidate):
        raise Conflict(NEVER_SUGGESTED)
    if said.decision == repository.INTERESTED:
        check_room(context.session, subject, candidate, most_open)
    decision = Decision(
        subject_number=_number(subject),
        candidate_number=_number(candidate),
        decision=said.decision,
        reason=said.reason,
        decided_by=actor.name,
        decided_at=context.now,
    )
    repository.save_decision(context.session, decision)
    room_changed(context.session, subject, candidate, context.now)
    return find_suggestion(context, identifier)


def _is_suggested(context: RequestContext, subject: Profile, candidate: Profile) -> bool:
    """Whether a candidate stands in a subject's list, as it was stored or as it is now, or was decided on before."""
    if repository.decided_or_listed(context.session, _number(subject), _number(candidate)):
        return True
    ruleset = active_ruleset(context.session)
    ranked = _ranked(context, subject, [Kind(candidate.kind)], ruleset, RANKED)
    return any(candidate.key in (item.candidate, *item.together_with) for item, _ in ranked)


def suggested_pair(context: RequestContext, identifier: UUID) -> tuple[Profile, Profile]:
    """Subject and candidate of a suggestion; raises ``NotFound`` unless the caller may see both and they are ever paired."""
    numbers = numbers_of(identifier)
    found = profiles.by_numbers(context.session, numbers) if numbers else {}
    sides = [
        found[number] for number in numbers or () if number in found and may_see(context.actor, found[number])
    ]
    if len(sides) != 2:
        raise NotFound(NO_SUGGESTION)
    subject, candidate = sides
    kinds = _candidate_kinds(active_ruleset(context.session), Kind(subject.kind))
    if Kind(candidate.kind) not in kinds:
        raise NotFound(NO_SUGGESTION)
    return subject, candidate
