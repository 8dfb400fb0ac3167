"""How people write: letters swapped, dropped or doubled, accents left out, capitals, other languages' names."""

from random import Random

from anyascii import anyascii

from schemas.inputs import JsonObject
from schemas.language import Language
from seed.synthetic.spots import Spot

MISSPELT = 0.04
WITHOUT_ACCENTS = 0.15
AS_CODE = 0.3
OPTIONAL = {
    "description": 0.8, "languages": 0.6, "sectors": 0.85, "priorities": 0.6, "website": 0.25, "contact_email": 0.7,
    "founded": 0.6, "registered": 0.7, "registration_number": 0.3, "members": 0.6, "elected_board": 0.4,
    "published_accounts": 0.3, "offers": 0.3, "needs": 0.4, "residence": 0.93, "population": 0.7, "operator": 0.7,
    "mechanism": 0.8, "applicants": 0.7, "opens": 0.6, "closes": 0.7, "budget": 0.6, "project_min": 0.3,
    "project_max": 0.5, "cofinancing": 0.4, "conditions": 0.3, "own_contribution": 0.5, "starts": 0.7,
}  # fmt: skip
"""How often each field that may be missing is filled in."""


def with_gaps(random: Random, record: JsonObject) -> JsonObject:
    """The record with some of its fields left out, as people leave them."""
    return {name: value for name, value in record.items() if random.random() < OPTIONAL.get(name, 1.0)}


def written_place(random: Random, spot: Spot, language: Language) -> str | JsonObject:
    """A place as somebody might give it: its code, or its name in some spelling."""
    if spot.level == "country":
        return spot.code
    if random.random() < AS_CODE:
        return spot.code
    name = spot.names.get(language) or spot.name
    return {"country": spot.country, "place": written(random, name)}


def written(random: Random, text: str) -> str:
    """A text with the accidents of writing."""
    if random.random() < WITHOUT_ACCENTS:
        text = anyascii(text)
    return misspelt(random, text) if random.random() < MISSPELT and len(text) > 4 else text


def misspelt(random: Random, text: str) -> str:
    """A text with one letter swapped with the next, dropped or doubled; never the first."""
    at = random.randrange(1, len(text) - 1)
    return random.choice(
        [
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
        ]
    )


def near_duplicate(random: Random, record: JsonObject, key: str) -> JsonObject:
    """The same organisation registered once more by somebody else: another key, another spelling, other gaps."""
    name = str(record["name"])
    other = random.choice([name.upper(), anyascii(name), misspelt(random, name) if len(name) > 4 else name])
    return with_gaps(random, record | {"key": key, "name": other})
