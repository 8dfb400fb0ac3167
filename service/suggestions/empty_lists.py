"""Why a list of suggestions is empty, and what would fill it, in words."""

from collections.abc import Mapping, Sequence

from matching import EmptyList, RulesetSettings, read_traits
from schemas.empty_lists import EmptyListCause
from schemas.kinds import KIND_NAMES, Kind
from schemas.suggestions import EmptyListPublic
from schemas.translation import Message, message
from service.db.tables import Profile, Ruleset
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.profiles.views import name_of
from service.suggestions.views import RequestContext, SuggestionPresenter
from service.vocabularies.wording import Wording

NO_PLACE = message("This profile names no territory, and suggestions need one in common.")
NOBODY_THERE = message(
    "Nobody registered shares a territory with this profile. Looked for: {kinds}. Territories: {places}."
)
KEPT_OUT = message(
    "Some share a territory with this profile, but a condition rules each of them out. The closest: {name}. {condition}"
)
LITTLE_IN_COMMON = message(
    "Some share a territory with this profile, but too little else. Points out of 100 that a suggestion needs: {points}."
)
DECLINED = message("Every suggestion has been declined.")

NAME_PLACES: Mapping[Kind, Message] = {
    Kind.ASSOCIATION: message("Add your members’ home area and area of residence to your profile."),
    Kind.AUTHORITY: message("Add the territory you govern to your profile."),
    Kind.PROGRAMME: message("Add the home areas or areas of residence that the programme is for."),
    Kind.PROJECT: message("Add the area of the project and the project lead’s area of residence."),
}
INVITE = message("The list fills as soon as somebody from there registers. Spread the word.")
MORE_PLACES = message("Add every territory that your profile does not name yet: each one counts.")
SEE_NEAR_MISSES = message("What would have to change for a programme is listed under “near misses”.")
SAY_MORE = message(
    "Add to your profile: sectors, priorities and, in your own words, what you do and what you need."
)
RECONSIDER = message("Change the decision on a suggestion, and it is shown again.")


def empty_list_view(
    context: RequestContext, subject: Profile, ruleset: Ruleset, kinds: Sequence[Kind], *, declined: bool
) -> EmptyListPublic:
    """Why a profile is shown nobody of these kinds; ``declined`` where it would be but for its own decisions."""
    wording = Wording(context.session, context.language)
    if declined:
        return _view(wording, EmptyListCause.DECLINED, DECLINED, [RECONSIDER])
    found = context.index.explain_empty_list(subject, kinds, ruleset, context.now.date())
    return _view(
        wording,
        found.cause,
        _sentence(context, subject, ruleset, found, kinds),
        _helps(subject, found, kinds),
    )


def _view(
    wording: Wording, cause: EmptyListCause, detail: Message, helps: Sequence[Message]
) -> EmptyListPublic:
    return EmptyListPublic(
        cause=cause, detail=wording.say(detail), what_helps=[wording.say(each) for each in helps]
    )


def _sentence(
    context: RequestContext, subject: Profile, ruleset: Ruleset, found: EmptyList, kinds: Sequence[Kind]
) -> Message:
    if found.cause is EmptyListCause.NO_PLACE:
        return NO_PLACE
    if found.cause is EmptyListCause.NOBODY_THERE:
        traits = read_traits(matching_record(subject))
        places = tuple(path[-1] for path in traits.paths())
        values = {"kinds": tuple(KIND_NAMES[kind] for kind in kinds), "places": places}
        return Message(NOBODY_THERE.text, values)
    nearest = profiles.by_key(context.session, found.nearest) if found.nearest else None
    if nearest is None:
        settings = RulesetSettings.model_validate(ruleset.settings)
        return Message(LITTLE_IN_COMMON.text, {"points": 100 * settings.cutoff})
    checks = SuggestionPresenter(context, subject, ruleset).eligibility(nearest)
    unmet = next((check.detail for check in checks if check.met is False), "")
    return Message(KEPT_OUT.text, {"name": name_of(nearest, context.language), "condition": unmet})


def _helps(subject: Profile, found: EmptyList, kinds: Sequence[Kind]) -> list[Message]:
    kind = Kind(subject.kind)
    if found.cause is EmptyListCause.NO_PLACE:
        return [NAME_PLACES[kind]]
    if found.cause is EmptyListCause.NOBODY_THERE:
        return [INVITE] if kind is Kind.AUTHORITY else [INVITE, MORE_PLACES]
    if found.cause is EmptyListCause.CONDITIONS and Kind.PROGRAMME in kinds:
        return [SEE_NEAR_MISSES]
    return [SAY_MORE] if found.cause is EmptyListCause.LITTLE_IN_COMMON else [INVITE]
