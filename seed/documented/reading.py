"""The documented initiatives as this folder's files describe them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from schemas.kinds import Kind
from schemas.yaml_files import read_yaml

Entry = dict[str, Any]
REPORT = "EC-UN Joint Migration and Development Initiative, condensed report on the experience of local authorities (about 2010)"
INITIATIVES = ("initiatives-remittances", "initiatives-capacities", "initiatives-communities-rights")
FILES = {Kind.ASSOCIATION: "associations", Kind.AUTHORITY: "authorities", Kind.PROGRAMME: "programmes"}
DOCUMENTED_PREFIX = "documented:"
"""Keys of documented profiles begin so, and never meet the keys of others."""


@cache
def initiatives() -> Mapping[str, Entry]:
    """All documented initiatives by key."""
    return {entry["key"]: entry for name in INITIATIVES for entry in _read(name)}


def profile_records() -> list[tuple[Entry, Entry]]:
    """A record for each association, authority and programme that is named, with the source of each fact."""
    return [_profile(kind, entry) for kind, name in FILES.items() for entry in _read(name)]


def _profile(kind: Kind, entry: Entry) -> tuple[Entry, Entry]:
    said = dict(entry)
    section, took_part = said.pop("section"), [initiatives()[key] for key in initiatives_of(said)]
    del said["initiative"]
    record = {
        "kind": kind.value,
        "description": _together([initiative["summary"] for initiative in took_part]),
        "sectors": _united(took_part, "sectors"),
        "priorities": _united(took_part, "priorities"),
        **said,
        "key": DOCUMENTED_PREFIX + entry["key"],
    }
    sections = {name: section for name in said if name != "key"}
    read_in = ", ".join(dict.fromkeys(initiative["section"] for initiative in took_part))
    sections |= dict.fromkeys(("description", "sectors", "priorities"), read_in)
    return record, {"document": REPORT, "sections": sections}


def initiatives_of(entry: Entry) -> list[str]:
    """The keys of the initiatives in which a profile takes part, its own one first."""
    named = entry["initiative"]
    return [named] if isinstance(named, str) else list(named)


def _together(texts: list[Entry]) -> Entry:
    return {language: " ".join(text[language] for text in texts) for language in texts[0]}


def _united(took_part: list[Entry], field: str) -> list[str]:
    return list(dict.fromkeys(item for initiative in took_part for item in initiative[field]))


def partnerships() -> list[tuple[str, str, str, str | None]]:
    """Documented partnerships: keys of both sides, the source, since when."""
    return [
        (
            DOCUMENTED_PREFIX + one,
            DOCUMENTED_PREFIX + other,
            f"{REPORT}, section {section}",
            str(since) if since else None,
        )
        for one, other, section, _, since in _read("partnerships")
    ]


def corridors() -> list[tuple[str, str, str, Entry | None]]:
    """Documented corridors: territories of origin and residence, the source, what it says."""
    return [
        (origin, residence, f"{REPORT}, section {section}", statement)
        for origin, residence, section, statement in _read("corridors")
    ]


def practices() -> list[Entry]:
    """Every initiative as a precedent, with the keys of the profiles that took part and its source."""
    took_part: dict[str, dict[str, None]] = {key: {} for key in initiatives()}
    for name in FILES.values():
        for entry in _read(name):
            for initiative in initiatives_of(entry):
                took_part[initiative][DOCUMENTED_PREFIX + entry["key"]] = None
    for one, other, _, initiative, _ in _read("partnerships"):
        took_part[initiative] |= {DOCUMENTED_PREFIX + one: None, DOCUMENTED_PREFIX + other: None}
    return [_practice(entry, list(took_part[key])) for key, entry in initiatives().items()]


def _practice(entry: Entry, profiles: list[str]) -> Entry:
    practice = {name: value for name, value in entry.items() if name not in ("summary", "section")}
    return {
        **practice,
        "description": entry["summary"],
        "profiles": profiles,
        "source": {"document": REPORT, "section": entry["section"]},
        "since": str(entry["since"]) if "since" in entry else None,
        "until": str(entry["until"]) if "until" in entry else None,
    }


@cache
def _read(name: str) -> list[Any]:
    entries: list[Any] = read_yaml("seed.documented", f"{name}.yaml")
    return entries
