"""Whether the conditions of a ruleset can be met, and what in them is useless; where the territories lie that they name."""

from collections.abc import Iterator

from sqlmodel import Session

from matching import (
    Finding,
    HardCondition,
    PlaceWithin,
    Preference,
    RulesetSettings,
    SatisfiabilityChecker,
    condition_sentence,
    contradiction,
    out_of_bounds,
    predicates_of,
)
from schemas.translation import Message, Names, Share, message
from schemas.wording import Words
from service.errors import Invalid
from service.field_errors import Fault
from service.rules.views import RemarkOnRules
from service.vocabularies import territory_repository as territories
from service.vocabularies.wording import PART_NAMES

CheckedRule = HardCondition | Preference
OUT_OF_BOUNDS = message("The weight of “{part}” is {share}, outside its bounds of {least} to {most}.")


def checked(session: Session, settings: RulesetSettings) -> RulesetSettings:
    """Settings with the territories that they name; raises ``Invalid`` for one that is not known, and for conditions that
    can never be met."""
    named = {code for _, rule in _rules(settings) for code in _territories_in(rule)}
    found = territories.by_codes(session, named)
    unknown = [
        Fault(pointer, message("These territories are not known: {codes}.", codes=Names(sorted(missing))))
        for pointer, rule in _rules(settings)
        if (missing := _territories_in(rule) - found.keys())
    ]
    if unknown:
        raise Invalid.of(unknown)
    named_paths = {code: territory.path for code, territory in sorted(found.items())}
    complete = RulesetSettings.model_validate(settings.model_dump(mode="json") | {"territories": named_paths})
    never = [Fault(pointer, each.said) for pointer, each in _findings(complete) if each.never]
    if never:
        raise Invalid.of(never)
    return complete


def remarks(settings: RulesetSettings, words: Words) -> list[RemarkOnRules]:
    """What is odd about rules that may stand all the same."""
    odd = [(pointer, each.said) for pointer, each in _findings(settings)]
    return [
        RemarkOnRules(pointer=pointer, detail=words.say(said))
        for pointer, said in (*odd, *_out_of_bounds(settings))
    ]


def _out_of_bounds(settings: RulesetSettings) -> Iterator[tuple[str, Message]]:
    everywhere = [("/weights", settings.weights)]
    pairings = [(f"/pairings/{pairing}", weights) for pairing, weights in settings.pairings.items()]
    for pointer, weights in (*everywhere, *pairings):
        for part in out_of_bounds(weights, settings.bounds):
            values = {
                "part": PART_NAMES[part],
                "share": Share(weights.share(part)),
                "least": Share(settings.bounds[part].least),
                "most": Share(settings.bounds[part].most),
            }
            yield f"{pointer}/{part}", Message(OUT_OF_BOUNDS.text, values)


def _rules(settings: RulesetSettings) -> Iterator[tuple[str, CheckedRule]]:
    yield from ((f"/conditions/{at}", rule) for at, rule in enumerate(settings.conditions))
    yield from ((f"/preferences/{at}", rule) for at, rule in enumerate(settings.preferences))


def _territories_in(rule: CheckedRule) -> set[str]:
    return {
        code
        for predicate in predicates_of(rule.condition)
        if isinstance(predicate, PlaceWithin)
        for code in predicate.places
    }


def _findings(settings: RulesetSettings) -> Iterator[tuple[str, Finding]]:
    """What is odd about single conditions, or else about those that hold for the same pairing."""
    checker = SatisfiabilityChecker(settings.territories)
    odd = False
    for pointer, rule in _rules(settings):
        for finding in checker.findings(rule.condition):
            odd = True
            yield "/".join([pointer, "condition", *map(str, finding.path)]), finding
    if not odd:
        yield from _together(settings, checker)


def _together(settings: RulesetSettings, checker: SatisfiabilityChecker) -> Iterator[tuple[str, Finding]]:
    for pairing in sorted({pairing for rule in settings.conditions for pairing in rule.between}):
        rules = settings.conditions_between(*pairing.split(":"))
        conditions = [rule.condition for rule in rules]
        if not checker.satisfiable(*conditions):
            core = checker.unsatisfiable_core(conditions)
            at = max(position for position, rule in enumerate(settings.conditions) if rule.condition in core)
            yield f"/conditions/{at}/condition", Finding((), contradiction(core), never=True)
            return
    for position, rule in enumerate(settings.conditions):
        if all(_follows(rule, settings, pairing, checker) for pairing in rule.between):
            said = message(
                "This follows from other conditions: {part}", part=condition_sentence(rule.condition)
            )
            yield f"/conditions/{position}/condition", Finding((), said)


def _follows(
    rule: HardCondition, settings: RulesetSettings, pairing: str, checker: SatisfiabilityChecker
) -> bool:
    """Whether other conditions for a pairing already ask for as much."""
    others = [
        other
        for other in settings.conditions_between(*pairing.split(":"))
        if other.key != rule.key and (other.when_unknown == "exclude" or rule.when_unknown == "allow")
    ]
    return bool(others) and checker.entailed(rule.condition, [other.condition for other in others])
