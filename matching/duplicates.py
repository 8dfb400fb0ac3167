"""Whether two profiles of a kind may be one and the same: told by number, address, name, place and text.

Nobody compares all pairs. Profiles that may be the same leave a common trace (:func:`traces`), by which a store finds
them; :func:`likeness` then says how alike two are, and by what. What stands against it (another phase, another
registration number, places apart) is weighed as well: a false alarm costs a steward's time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from schemas.concepts import function_words
from schemas.kinds import Kind
from schemas.language import all_texts
from schemas.records import PLACE_FIELDS
from schemas.text_folding import fold

Record = Mapping[str, Any]
Path = tuple[str, ...]
"""The codes from a country down to a place in it."""
WORTH_A_LOOK = 0.8
"""How alike two profiles are, from 0 to 1, that a person should look at."""
ALIKE_NAMES = 0.88
SIMILAR_NAMES = 0.6
ALIKE_TEXTS = 0.8
SHORTEST_TEXT = 8
"""Different words a description must have to be told from others by them."""
LONGEST_NAME = 8
"""Words of a name that are left out one by one; longer names are told by their text."""
SKETCH = 4
"""Traces of a long text: near-identical texts share at least one of so many with a chance of nearly 1."""
FORMS = frozenset(
    (
        "aps", "asbl", "asociacion", "ass", "asso", "assoc", "associacao", "associacio", "association",
        "associations", "associazione", "ayuntamiento", "citta", "city", "ciudad", "club", "comitato", "comite",
        "commission", "committee", "communaute", "commune", "community", "comune", "comunidad", "comunita",
        "council", "federacion", "federation", "federazione", "fondation", "fondazione", "foundation",
        "fundacion", "gobierno", "government", "governo", "group", "groupe", "grupo", "gruppo", "inc", "loi",
        "ltd", "mairie", "metropole", "municipalidad", "municipalite", "municipality", "municipio", "network",
        "ngo", "odv", "ong", "onlus", "organisation", "organizacion", "organization", "organizzazione",
        "progetto", "program", "programa", "programma", "programme", "proiect", "project", "projet", "province",
        "provincia", "proyecto", "red", "region", "regione", "reseau", "rete", "societe", "state", "town",
        "union", "unione", "ville",
    )
)  # fmt: skip
"""Words that say what a thing is and not which one."""
NUMERAL = re.compile(r"^(?=.)(?:\d+|x{0,3}(?:ix|iv|v?i{0,3}))$")
STATUTE = re.compile(r"\bloi (?:de |du 1er juillet )?1901\b")
HOSTS_OF_MANY = frozenset(
    {"facebook.com", "instagram.com", "linkedin.com", "helloasso.com", "youtube.com", "x.com"}
)
OWN_ADDRESSES = (Kind.ASSOCIATION, Kind.AUTHORITY)
"""Kinds that have an address and a website of their own; projects and programmes bear their holder's."""


class Likeness(NamedTuple):
    """How alike two profiles are, from 0 to 1, and what they have in common: names of fields."""

    degree: float
    because: tuple[str, ...]


def traces(record: Record) -> set[str]:
    """What near-identical profiles of a kind share at least one of: short hashes that tell nothing of the profile."""
    return {blake2b(trace.encode(), digest_size=8).hexdigest() for trace in _traces(record)}


def _traces(record: Record) -> Iterator[str]:
    kind = Kind(record["kind"])
    number = _number(record)
    if number:
        yield f"number {number}"
    if kind in OWN_ADDRESSES:
        yield from (f"at {address}" for address in _addresses(record).values())
    if kind is Kind.AUTHORITY and (code := record["territory"].get("code")):
        yield f"territory {code}"
    for name in all_texts(record["name"]):
        yield from _traces_of_name(name, record)
    for text in all_texts(record.get("description")):
        if len(words := _words(text)) >= SHORTEST_TEXT:
            yield from (f"text {least}" for least in _sketch(words))


def _traces_of_name(name: str, record: Record) -> Iterator[str]:
    words = sorted({_skeleton(word) for word in _distinctive(name)})
    yield "name " + " ".join(words)
    if len(words) > LONGEST_NAME:
        yield from (f"text {least}" for least in _sketch(words))
    elif len(words) > 2:
        for left_out in words:
            yield "name " + " ".join(word for word in words if word != left_out)
    else:
        for word in words:
            yield from (f"name {word} in {place[-1]}" for place in _paths(record)[:4])


def _sketch(words: Iterable[str]) -> list[str]:
    """The least of the words' hashes: texts with nearly the same words have nearly the same least ones."""
    return sorted(blake2b(word.encode(), digest_size=8).hexdigest() for word in words)[:SKETCH]


def likeness(one: Record, other: Record) -> Likeness | None:
    """How alike two profiles of the same kind are; ``None`` unless a person should look at them."""
    kind = Kind(one["kind"])
    if kind != other["kind"] or _contradict(one, other):
        return None
    names = _names_alike(one, other)
    apart = _apart(_paths(one), _paths(other))
    shared = _shared(one, other, names)
    degree = 0.0
    if "registration_number" in shared:
        degree = 0.98
    elif names >= ALIKE_NAMES and not apart:
        degree = names * (1.0 if "place" in shared else 0.9)
    elif names >= SIMILAR_NAMES and not apart and {"website", "contact_email"} & set(shared):
        degree = 0.9
    elif names >= SIMILAR_NAMES and kind is Kind.AUTHORITY and "place" in shared:
        degree = 0.85
    elif "description" in shared and not apart and kind not in OWN_ADDRESSES:
        degree = 0.9 if "place" in shared else 0.8
    if "registration_number" not in shared:
        degree -= 0.15 * _doubts(one, other)
    return Likeness(round(degree, 3), shared) if degree >= WORTH_A_LOOK else None


def _shared(one: Record, other: Record, names: float) -> tuple[str, ...]:
    kind = Kind(one["kind"])
    shared = []
    if _number(one) and _number(one) == _number(other):
        shared.append("registration_number")
    if names >= SIMILAR_NAMES:
        shared.append("name")
    if _in_one_place(one, other):
        shared.append("place")
    if kind in OWN_ADDRESSES:
        addresses, others = _addresses(one), _addresses(other)
        shared += [field for field, address in addresses.items() if others.get(field) == address]
    if _texts_alike(one, other):
        shared.append("description")
    for field in ("association", "operator", "budget", "starts"):
        if one.get(field) and one.get(field) == other.get(field):
            shared.append(field)
    return tuple(shared)


def _contradict(one: Record, other: Record) -> bool:
    """Whether something says outright that the two are not the same."""
    if one.get("level") and other.get("level") and one["level"] != other["level"]:
        return True
    numbers = {_number(record) for record in (one, other)} - {""}
    if len(numbers) == 2:
        return True
    return _numerals(one) != _numerals(other) and not numbers


def _doubts(one: Record, other: Record) -> int:
    """How much speaks against it: origins that lie apart, budgets of another size, years between the beginnings."""
    doubts = int(
        one["kind"] == Kind.ASSOCIATION
        and _apart(*(_paths_of(_of(record, "origin")) for record in (one, other)))
    )
    budgets = [float(record["budget"]["amount"]) for record in (one, other) if record.get("budget")]
    if len(budgets) == 2 and max(budgets) > 2 * min(budgets):
        doubts += 1
    years = [int(str(record["starts"])[:4]) for record in (one, other) if record.get("starts")]
    if len(years) == 2 and max(years) - min(years) > 1:
        doubts += 1
    return doubts


def _names_alike(one: Record, other: Record) -> float:
    return max(
        (
            max(fuzz.token_sort_ratio(left, right), _by_skeleton(left, right)) / 100
            for left in map(_plain, all_texts(one["name"]))
            for right in map(_plain, all_texts(other["name"]))
        ),
        default=0.0,
    )


def _by_skeleton(left: str, right: str) -> float:
    """Names that are written differently and sound the same: short of certain."""
    return 0.95 * fuzz.token_sort_ratio(*(" ".join(map(_skeleton, name.split())) for name in (left, right)))


def _texts_alike(one: Record, other: Record) -> bool:
    return any(
        min(len(left), len(right)) >= SHORTEST_TEXT and len(left & right) >= ALIKE_TEXTS * len(left | right)
        for left in map(_words, all_texts(one.get("description")))
        for right in map(_words, all_texts(other.get("description")))
    )


def _numerals(record: Record) -> set[str]:
    """Numbers in the first of its names, Arabic and Roman: phases, years, lots."""
    return {word for word in _folded(all_texts(record["name"])[0]).split() if NUMERAL.match(word)}


def _number(record: Record) -> str:
    number = fold(record.get("registration_number") or "").replace(" ", "")
    countries = sorted({path[0] for path in _paths_of(_of(record, "residence"))})
    return f"{number} {' '.join(countries)}" if number else ""


def _addresses(record: Record) -> dict[str, str]:
    found = {}
    if record.get("website"):
        parts = urlsplit(record["website"].lower())
        host = (parts.hostname or "").removeprefix("www.")
        path = parts.path.rstrip("/")
        if path or host not in HOSTS_OF_MANY:
            found["website"] = host + path
    if record.get("contact_email"):
        found["contact_email"] = record["contact_email"].lower()
    return found


def _of(record: Record, field: str) -> list[Mapping[str, Any]]:
    value = record.get(field) or []
    return value if isinstance(value, list) else [value]


def _paths_of(places: Iterable[Mapping[str, Any]]) -> list[Path]:
    return [tuple(place.get("path") or [place["country"]]) for place in places]


def _paths(record: Record) -> list[Path]:
    """Where the profile itself is: an association where it is registered, a project where it is carried out."""
    kind = Kind(record["kind"])
    field = "residence" if kind is Kind.ASSOCIATION else PLACE_FIELDS[kind][0]
    return _paths_of(_of(record, field))


def _apart(left: Sequence[Path], right: Sequence[Path]) -> bool:
    """Whether both sides name places, and none of the one lies in one of the other."""
    return bool(left and right) and not any(_nested(one, other) for one in left for other in right)


def _in_one_place(one: Record, other: Record) -> bool:
    return any(
        _nested(left, right) and min(len(left), len(right)) > 1
        for left in _paths(one)
        for right in _paths(other)
    )


def _nested(left: Path, right: Path) -> bool:
    """Whether one place is the other or lies in it."""
    shortest = min(len(left), len(right))
    return left[:shortest] == right[:shortest]


def _plain(name: str) -> str:
    return " ".join(_distinctive(name))


def _distinctive(name: str) -> list[str]:
    words = _folded(name).split()
    telling = [word for word in words if word not in FORMS and word not in function_words()]
    return telling or words


def _folded(name: str) -> str:
    """A name without case, accents, and the law under which an association was founded."""
    return STATUTE.sub("", fold(name))


@lru_cache(50_000)
def _skeleton(word: str) -> str:
    """A word as it is heard: doubled letters once, ``ck`` and ``ph`` as ``k`` and ``f``, vowels only at its beginning."""
    heard = re.sub(r"(.)\1+", r"\1", word.replace("ph", "f").replace("ck", "k").replace("qu", "k"))
    return heard[:1] + re.sub(r"[aeiouyh]", "", heard[1:])


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())
