"""Import records that matching tests share; places are resolved by hand."""

import random
from typing import Any

from matching import Part, Suggestion
from schemas.inputs import JsonObject
from schemas.weights import ScorePartName

KAOLACK: JsonObject = {"country": "SN", "code": "SN-KL", "path": ["SN", "SN-KL"]}
DIOURBEL: JsonObject = {"country": "SN", "code": "SN-DB", "path": ["SN", "SN-DB"]}
PADUA: JsonObject = {"country": "IT", "code": "IT-PD", "path": ["IT", "IT-34", "IT-PD"]}
VENETO: JsonObject = {"country": "IT", "code": "IT-34", "path": ["IT", "IT-34"]}
SICILY: JsonObject = {"country": "IT", "code": "IT-82", "path": ["IT", "IT-82"]}
MAHDIA: JsonObject = {"country": "TN", "code": "TN-53", "path": ["TN", "TN-53"]}


def association(key: str = "friends", **fields: Any) -> JsonObject:
    """An association from Kaolack in Padua that gives small loans, with some fields changed."""
    return {
        "kind": "association",
        "key": key,
        "name": key,
        "origin": [KAOLACK],
        "residence": [PADUA],
        "sectors": ["24040"],
        "priorities": ["communities"],
        **fields,
    }


def authority(key: str, territory: JsonObject, role: str | None = None, **fields: Any) -> JsonObject:
    """An authority of a territory."""
    return {"kind": "authority", "key": key, "name": key, "territory": territory, "role": role, **fields}


def programme(key: str = "fund", **fields: Any) -> JsonObject:
    """A programme from Senegal to Italy, with some fields changed."""
    return {"kind": "programme", "key": key, "name": key, "origin": ["SN"], "residence": ["IT"], **fields}


def project(key: str = "well", **fields: Any) -> JsonObject:
    """A project in Kaolack."""
    return {"kind": "project", "key": key, "name": key, "origin": [KAOLACK], "sectors": ["14031"], **fields}


CANDIDATES: list[JsonObject] = [
    authority("veneto", VENETO, "residence"),
    authority("kaolack", KAOLACK, "origin", sectors=["24040"]),
    authority("diourbel", DIOURBEL, "origin"),
    authority("sicily", SICILY, "residence"),
    authority("mahdia", MAHDIA, "origin"),
    programme(),
    association("tunisians", origin=[MAHDIA], residence=[SICILY], sectors=["11330"], priorities=["rights"]),
]


EVERYWHERE = ["association:authority", "association:programme", "authority:programme", "authority:authority"]
RULES: dict[str, Any] = {
    "conditions": [
        {
            "key": "not-water",
            "between": EVERYWHERE[:2],
            "condition": {
                "type": "not",
                "of": {"type": "sector_within", "of": "association", "sectors": ["140"]},
            },
        }
    ],
    "preferences": [
        {"key": "new", "between": EVERYWHERE, "condition": {"type": "not_partners_yet"}, "points": 0.05},
        {
            "key": "rights",
            "between": EVERYWHERE[:2],
            "condition": {"type": "priority_in", "of": "association", "priorities": ["rights"]},
            "points": 0.2,
        },
    ],
    "preference_limit": 0.2,
}
"""What a ruleset may ask for and prefer besides its weights."""

PLACES = (KAOLACK, DIOURBEL, MAHDIA, PADUA, VENETO, SICILY)
TEXTS = ("Un puits au village", "A school", "Microcredito per le donne", "Agua para todos", "Des jardins", "")
SECTORS = ("24040", "11120", "14031", "311", "12220")


def crowd(count: int) -> list[JsonObject]:
    """Profiles of all kinds, many of them alike, some that no one may be shown."""
    drawn = random.Random(3)  # noqa: S311 - to be reproducible, not secret

    def record(number: int) -> dict[str, Any]:
        kind = drawn.choice(["association", "authority", "programme", "project"])
        common = {
            "kind": kind,
            "key": f"{kind}-{number:04d}",
            "name": f"Amis {drawn.randrange(9)}",
            "description": drawn.choice(TEXTS),
            "sectors": drawn.sample(SECTORS, drawn.randrange(3)),
            "priorities": drawn.sample(["rights", "communities", "capacities"], drawn.randrange(3)),
        }
        if kind == "authority":
            return common | {
                "territory": drawn.choice(PLACES),
                "role": drawn.choice(["origin", "residence"]),
                "population": (900, 40_000, 900_000, None)[number % 4],
            }
        ends: dict[str, Any] = {
            "origin": drawn.sample(PLACES, drawn.choice([0, 1, 1, 2])),
            "residence": drawn.sample(PLACES, drawn.choice([0, 1, 1])),
        }
        if kind == "programme":
            ends |= {
                "applicants": drawn.choice([["association"], ["registered associations"], ["comuni"], []]),
                "closes": drawn.choice(["2020-01-01", "2030-01-01", None]),
            }
        if kind == "association":
            ends["registered"] = drawn.choice([True, False, None])
        return common | ends

    return [record(number) for number in range(count)]


def part_of(suggestion: Suggestion, name: ScorePartName) -> Part:
    """One part of a suggestion."""
    return next(part for part in suggestion.parts if part.name == name)
