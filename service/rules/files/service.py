"""Rulesets as YAML files: written so that they read well, read so that each mistake is reported with its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import yaml
from sqlmodel import Session

from matching import HardCondition, Preference, RulesetSettings, condition_sentence
from schemas.texts import on_one_line
from schemas.weights import PARTS, Weights
from schemas.wording import Words
from service.db.tables import Ruleset
from service.errors import Invalid
from service.rules.checking import checked
from service.rules.files.yaml_lines import Lines, line_of, read_yaml_text
from service.rules.service import new_draft, put_settings, validated
from service.rules.views import RulesetFileAbout
from service.rulesets import repository

FILE_HEADER = (
    "# Rules of Passerelle. Weights may be on any scale; the sentences behind # are there for the reader.\n"
)
ABOUT = ("name", "reason", "source")
DERIVED = ("territories",)
"""Settings that are filled in when rules are stored."""


@dataclass(frozen=True, slots=True)
class RulesetFile:
    """What a file says: about the rules, and the rules themselves."""

    about: RulesetFileAbout
    settings: RulesetSettings


def as_yaml(ruleset: Ruleset, words: Words) -> str:
    """A ruleset as a file; :func:`read_file` reads the same from it."""
    settings = RulesetSettings.model_validate(ruleset.settings)
    plain = settings.model_dump(
        mode="json", exclude={*DERIVED, "conditions", "preferences"}, exclude_defaults=True
    )
    plain |= {"weights": _percents(settings.weights)}
    if settings.pairings:
        plain["pairings"] = {pairing: _percents(weights) for pairing, weights in settings.pairings.items()}
    parts = [FILE_HEADER, _dumped(_about(ruleset)), _dumped(plain)]
    parts += _rules("conditions", settings.conditions, words)
    parts += _rules("preferences", settings.preferences, words)
    return "\n".join(parts)


def _about(ruleset: Ruleset) -> dict[str, str]:
    source = {"source": ruleset.source} if ruleset.source else {}
    return {"name": ruleset.name, "reason": ruleset.reason, **source}


def _percents(weights: Weights) -> dict[str, float]:
    """Weights in percent, where these are read back as the same weights; else as they are."""
    percents: dict[str, float] = {str(part): float(f"{100 * weights.share(part):.10g}") for part in PARTS}
    if Weights.model_validate(percents) == weights:
        return percents
    return {str(part): weights.share(part) for part in PARTS}


def _dumped(said: Any) -> str:
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)


def _rules(name: str, rules: Sequence[HardCondition | Preference], words: Words) -> Iterator[str]:
    if rules:
        shown = (_rule(rule, words) for rule in rules)
        yield f"{name}:\n" + "".join(shown)


def _rule(rule: HardCondition | Preference, words: Words) -> str:
    said = on_one_line(words.say(condition_sentence(rule.condition)))
    lines = _dumped([rule.model_dump(mode="json", exclude_none=True)])
    return f"  # {said}\n" + "".join(f"  {line}\n" for line in lines.splitlines())


def read_file(session: Session, text: str) -> RulesetFile:
    """What a file says; raises ``Invalid`` with the line of everything that cannot be accepted."""
    said, lines = read_yaml_text(text)
    about = {name: said.pop(name) for name in ABOUT if name in said}
    try:
        about_file = validated(RulesetFileAbout, about)
        settings = validated(
            RulesetSettings, {name: value for name, value in said.items() if name not in DERIVED}
        )
        return RulesetFile(about_file, checked(session, settings))
    except Invalid as error:
        raise _with_lines(error, lines) from None


def about_in(text: str) -> RulesetFileAbout:
    """What a file says about its rules; raises ``Invalid``."""
    said, _ = read_yaml_text(text)
    return validated(RulesetFileAbout, {name: said[name] for name in ABOUT if name in said})


def draft_file(session: Session, text: str, name: str, reason: str, *, author: str, now: datetime) -> Ruleset:
    """A new draft of what a file says, under this name and for this reason; raises ``Invalid``."""
    said = read_file(session, text)
    about = RulesetFileAbout(name=name, reason=reason, source=said.about.source)
    return new_draft(session, about, said.settings, key=None, author=author, now=now)


def _with_lines(error: Invalid, lines: Lines) -> Invalid:
    return Invalid.of([replace(fault, line=line_of(fault.pointer, lines)) for fault in error.errors])


def put_file(session: Session, key: str, text: str, *, author: str, now: datetime) -> tuple[Ruleset, bool]:
    """Have the newest ruleset with a key say what a file says, and whether one was made for that.

    The same file again changes nothing. A draft is changed; what is or was active stays, and a new draft follows it.
    """
    said = read_file(session, text)
    newest = repository.newest_of_key(session, key, to_change=True)
    settings = said.settings.model_dump(mode="json")
    if newest is None or (newest.state != "draft" and newest.settings != settings):
        return new_draft(session, said.about, said.settings, key=key, author=author, now=now), True
    about = RulesetFileAbout(name=newest.name, reason=newest.reason, source=newest.source)
    if newest.state == "draft" and (newest.settings, about) != (settings, said.about):
        put_settings(session, newest, said.about, said.settings, author=author, now=now)
    return newest, False
