"""What differs between two versions of the rules, in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from matching import HardCondition, Preference, RulesetSettings, condition_sentence
from schemas.exposure import Capacity
from schemas.inputs import JsonObject
from schemas.kinds import KIND_NAMES
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.translation import Message, PriorityKeys, Share, message
from schemas.weights import PARTS, Bounds, Weights
from service.vocabularies.wording import PART_NAMES, kinds_between

ComparedRule = HardCondition | Preference
LEVEL_NAMES = {
    "country": message("country"),
    "subdivision": message("subdivision"),
    "locality": message("locality"),
    "category": message("category of sectors"),
    "purpose": message("purpose within a sector"),
}
WEIGHT = message("Weight of “{part}”: {before} before, {after} now.")
WEIGHT_BETWEEN = message("Weight of “{part}” between {kinds}: {before} before, {after} now.")
BOUNDS = message("Bounds of the weight “{part}” when weights are learnt: {before} before, {after} now.")
WITHIN = message("{least} to {most}")
NONE = message("none")
LEVEL = message("Value of a match at the level “{level}”: {before} before, {after} now.")
AFFINITY = message("Similarity of these priorities ({priorities}): {before} before, {after} now.")
LIMIT = message("Largest share of a score that preferences decide: {before} before, {after} now.")
LEAST_SCORE = message("Points out of 100 that a suggestion needs: {before} before, {after} now.")
CAPACITY = message(
    "Introductions at a time where a profile does not say ({kind}): {before} before, {after} now."
)
ANY_NUMBER = message("any number")
SHOWN_DIGITS = 3
"""Shares are shown to a tenth of a per cent: smaller differences are none."""
NEWCOMERS_SETTING = message("Share of their chances left to newcomers: {before} before, {after} now.")
NEW_CONDITION = message("New condition between {kinds}: {condition}")
GONE_CONDITION = message("Removed condition between {kinds}: {condition}")
CHANGED_CONDITION = message("Changed condition between {kinds}: {condition} Before: {former}")
NEW_PREFERENCE = message("New preference between {kinds}, worth {points}: {condition}")
GONE_PREFERENCE = message("Removed preference between {kinds}, worth {points}: {condition}")
CHANGED_PREFERENCE = message(
    "Changed preference between {kinds}, worth {points}: {condition} Before: {former}"
)
KNOWN = message("What scores have led to is now known between {kinds}.")
NOT_KNOWN = message("What scores have led to is no longer known between {kinds}.")
KNOWN_OTHERWISE = message("What scores have led to has changed between {kinds}.")

VALIDITY = {
    "valid_from": (
        message("The rules apply from: {day}."),
        message("The rules no longer wait for a date: they apply as soon as they are activated."),
    ),
    "valid_until": (
        message("Last day of these rules: {day}."),
        message("The rules no longer have a last day."),
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where it stands, what it was and what it is (``None`` where it is not there), and a sentence."""

    pointer: str
    before: Any
    after: Any
    said: Message


def differences(before: RulesetSettings, after: RulesetSettings) -> list[Difference]:
    """Everything in which two versions differ, in the order in which rules are shown."""
    return [
        *_weights(before, after),
        *_bounds(before, after),
        *_levels(before, after),
        *_affinities(before, after),
        *_rules("conditions", before.conditions, after.conditions),
        *_rules("preferences", before.preferences, after.preferences),
        *_limit(before, after),
        *_capacity(before, after),
        *_min_score(before, after),
        *_exposure(before, after),
        *_calibration(before, after),
        *_validity(before, after),
    ]


def _weights(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    yield from _of_weights("/weights", before.weights, after.weights, None)
    for pairing in sorted(before.pairings.keys() | after.pairings.keys()):
        sides = pairing.split(":")
        former, present = before.weights_for(*sides), after.weights_for(*sides)
        yield from _of_weights(f"/pairings/{pairing}", former, present, pairing)


def _of_weights(pointer: str, before: Weights, after: Weights, pairing: str | None) -> Iterator[Difference]:
    for part in PARTS:
        former, present = before.share(part), after.share(part)
        if round(former, SHOWN_DIGITS) != round(present, SHOWN_DIGITS):
            values = {"part": PART_NAMES[part], "before": Share(former), "after": Share(present)}
            said = WEIGHT if pairing is None else WEIGHT_BETWEEN
            more = {} if pairing is None else {"kinds": kinds_between([pairing])}
            yield Difference(f"{pointer}/{part}", former, present, Message(said.text, values | more))


def _bounds(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    for part in PARTS:
        former, present = before.bounds.get(part), after.bounds.get(part)
        if former != present:
            values = {"part": PART_NAMES[part], "before": _within(former), "after": _within(present)}
            yield Difference(f"/bounds/{part}", _plain(former), _plain(present), Message(BOUNDS.text, values))


def _within(bounds: Bounds | None) -> Message:
    return (
        Message(WITHIN.text, {"least": Share(bounds.least), "most": Share(bounds.most)}) if bounds else NONE
    )


def _levels(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    for name in ("region_levels", "sector_levels"):
        former, present = getattr(before, name).model_dump(), getattr(after, name).model_dump()
        for level, worth in present.items():
            if former[level] != worth:
                values = {"level": LEVEL_NAMES[level], "before": former[level], "after": worth}
                yield Difference(f"/{name}/{level}", former[level], worth, Message(LEVEL.text, values))


def _affinities(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    names: Sequence[Priority] = list(PRIORITIES)
    for one in names:
        for other in names:
            former, present = (each.affinities.get(one, {}).get(other) for each in (before, after))
            if former != present:
                values = {
                    "priorities": PriorityKeys((one, other)),
                    "before": former or 0,
                    "after": present or 0,
                }
                yield Difference(
                    f"/affinities/{one}/{other}", former, present, Message(AFFINITY.text, values)
                )


def _rules(name: str, before: Sequence[ComparedRule], after: Sequence[ComparedRule]) -> Iterator[Difference]:
    former, present = ({rule.key: rule for rule in rules} for rules in (before, after))
    for key in [*present, *(key for key in former if key not in present)]:
        one, other = former.get(key), present.get(key)
        if one != other:
            yield Difference(f"/{name}/{key}", _plain(one), _plain(other), _of_rule(one, other))


def _of_rule(before: ComparedRule | None, after: ComparedRule | None) -> Message:
    rule = after or before
    assert rule is not None  # noqa: S101 - one of the two is there
    values: JsonObject = {
        "kinds": kinds_between(rule.between),
        "condition": condition_sentence(rule.condition),
    }
    if isinstance(rule, Preference):
        values["points"] = Share(rule.points)
    new, gone, changed = _RULE_SENTENCES[type(rule)]
    if before is None or after is None:
        return Message((new if after else gone).text, values)
    return Message(changed.text, values | {"former": condition_sentence(before.condition)})


_RULE_SENTENCES: Mapping[type[ComparedRule], tuple[Message, Message, Message]] = {
    HardCondition: (NEW_CONDITION, GONE_CONDITION, CHANGED_CONDITION),
    Preference: (NEW_PREFERENCE, GONE_PREFERENCE, CHANGED_PREFERENCE),
}


def _limit(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    former, present = before.preference_limit, after.preference_limit
    if former != present:
        values = {"before": Share(former), "after": Share(present)}
        yield Difference("/preference_limit", former, present, Message(LIMIT.text, values))


def _capacity(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    for kind in Capacity.model_fields:
        former, present = getattr(before.capacity, kind), getattr(after.capacity, kind)
        if former != present:
            values = {
                "kind": KIND_NAMES[kind],
                "before": former or ANY_NUMBER,
                "after": present or ANY_NUMBER,
            }
            yield Difference(f"/capacity/{kind}", former, present, Message(CAPACITY.text, values))


def _min_score(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    former, present = before.min_score, after.min_score
    if former != present:
        values = {"before": 100 * former, "after": 100 * present}
        yield Difference("/min_score", former, present, Message(LEAST_SCORE.text, values))


def _exposure(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    former, present = before.exposure.newcomers, after.exposure.newcomers
    if former != present:
        values = {"before": Share(former), "after": Share(present)}
        yield Difference("/exposure/newcomers", former, present, Message(NEWCOMERS_SETTING.text, values))


def _calibration(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    for pairing in sorted(before.calibration.keys() | after.calibration.keys()):
        former, present = before.calibration.get(pairing), after.calibration.get(pairing)
        if former != present:
            said = KNOWN_OTHERWISE if former and present else KNOWN if present else NOT_KNOWN
            sentence = Message(said.text, {"kinds": kinds_between([pairing])})
            yield Difference(f"/calibration/{pairing}", _plain(former), _plain(present), sentence)


def _validity(before: RulesetSettings, after: RulesetSettings) -> Iterator[Difference]:
    for name, (begin, dropped) in VALIDITY.items():
        former, present = getattr(before, name), getattr(after, name)
        if former != present:
            said = Message(begin.text, {"day": present}) if present else dropped
            yield Difference(f"/{name}", _plain_day(former), _plain_day(present), said)


def _plain_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(said: BaseModel | None) -> JsonObject | None:
    return said.model_dump(mode="json") if said else None
