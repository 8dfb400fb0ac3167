"""What programmes and documented practices do: names and everyday words in four languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.language import Language
from schemas.yaml_files import read_yaml


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A kind of programme or practice: its stable key, its names and its everyday words."""

    key: str
    names: Mapping[Language, str]
    words: Mapping[Language, tuple[str, ...]]


@cache
def mechanisms() -> Mapping[str, Mechanism]:
    """All mechanisms by key (source: the kinds of the condensed report of the JMDI; wording ours)."""
    return {
        entry["key"]: Mechanism(
            key=entry["key"],
            names={language: entry[language][0] for language in Language},
            words={language: tuple(entry[language][1:]) for language in Language},
        )
        for entry in read_yaml("schemas", "vocabularies", "mechanisms.yaml")
    }
