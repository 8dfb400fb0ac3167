"""Whether two profiles of a kind may be one and the same: told by number, address, name, place and text.

Nobody compares all pairs. Profiles that may be the same leave a common trace (:meth:`Appearance.traces`), by which a store finds
them; :func:`likeness` then says how alike two are, and by what. What stands against it (another phase, another
registration number, places apart) is weighed as well: a false alarm costs a steward's time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from schemas.concepts import function_words
from schemas.kinds import Kind
from schemas.language import all_texts
from schemas.places import paths_of
from schemas.records import HOME_FIELD
from schemas.text_folding import fold

Record = Mapping[str, Any]
Path = tuple[str, ...]
"""The codes from a country down to a place in it."""
WORTH_A_LOOK = 0.8
"""How alike two profiles are, from 0 to 1, that a person should look at."""
ALIKE_NAMES = 0.88
SIMILAR_NAMES = 0.6
ALIKE_TEXTS = 0.8
ONLY_HEARD = 0.95
"""What it counts that two names sound alike, against that they are written alike."""
WORTH_OF_A_DOUBT = 0.15
PLACES_TRACED = 4
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
QUICKLY_COMPARED = ("registration_number", "name", "place", "website", "contact_email")
OWN_ADDRESSES = (Kind.ASSOCIATION, Kind.AUTHORITY)
"""Kinds that have an address and a website of their own; projects and programmes bear their holder's."""


class Likeness(NamedTuple):
    """How alike two profiles are, from 0 to 1, and what they have in common: names of fields."""

    degree: float
    because: tuple[str, ...]


class Appearance:
    """What a profile is told from others by, worked out once: names, numbers, addresses, places, texts."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.kind = Kind(record["kind"])
        names = all_texts(record["name"])
        self.names = [_distinctive(name) for name in names]
        self.heard = [[_skeleton(word) for word in name] for name in self.names]
        self.numerals = {word for word in _folded(names[0]).split() if NUMERAL.match(word)}
        self.paths = _paths(record.get(HOME_FIELD[self.kind]))
        self.origins = _paths(record.get("origin"))
        self.number = fold(record.get("registration_number") or "").replace(" ", "")
        self.addresses = dict(_addresses(record)) if self.kind in OWN_ADDRESSES else {}

    @cached_property
    def texts(self) -> list[frozenset[str]]:
        """The different words of each description that is long enough to be told by them."""
        words = (frozenset(fold(text).split()) for text in all_texts(self.record.get("description")))
        return [text for text in words if len(text) >= SHORTEST_TEXT]

    def traces(self) -> set[str]:
        """What near-identical profiles of a kind share at least one of: short hashes that tell nothing of the profile."""
        return set(map(_hashed, self._traces()))

    def _traces(self) -> Iterator[str]:
        if self.number:
            yield f"number {self.number}"
        yield from (f"at {address}" for address in self.addresses.values())
        if self.kind is Kind.AUTHORITY and (code := self.record["territory"].get("code")):
            yield f"territory {code}"
        for name in self.heard:
            yield from self._traces_of_name(sorted(set(name)))
        for text in self.texts:
            yield from (f"text {least}" for least in _sketch(text))

    def _traces_of_name(self, words: Sequence[str]) -> Iterator[str]:
        yield "name " + " ".join(words)
        if len(words) > LONGEST_NAME:
            yield from (f"text {least}" for least in _sketch(words))
        elif len(words) > 2:
            for left_out in words:
                yield "name " + " ".join(word for word in words if word != left_out)
        else:
            # Of two words one alone would name too many: it does so only in one place.
            for word in words:
                yield from (f"name {word} in {path[-1]}" for path in self.paths[:PLACES_TRACED])


def likeness(one: Appearance, other: Appearance) -> Likeness | None:
    """How alike two profiles are; ``None`` unless a person should look at them."""
    if one.kind != other.kind or _contradict(one, other):
        return None
    shared = _names_and_numbers(one, other)
    degree = _degree(one, other, shared)
    if "registration_number" not in shared:
        degree -= WORTH_OF_A_DOUBT * _doubts(one, other)
    if degree < WORTH_A_LOOK:
        return None
    said = [name for name in QUICKLY_COMPARED if name in shared]
    return Likeness(round(degree, 3), (*said, *_equal_besides(one, other)))


def _equal_besides(one: Appearance, other: Appearance) -> Iterator[str]:
    if _texts_alike(one, other):
        yield "description"
    for field in ("association", "operator", "budget", "starts"):
        if one.record.get(field) and one.record.get(field) == other.record.get(field):
            yield field


def _names_and_numbers(one: Appearance, other: Appearance) -> dict[str, float]:
    """What is quickly compared, and how alike it is."""
    shared = {field: 1.0 for field, address in one.addresses.items() if other.addresses.get(field) == address}
    if one.number and one.number == other.number and _countries_meet(one, other):
        shared["registration_number"] = 1.0
    if (names := _names_alike(one, other)) >= SIMILAR_NAMES:
        shared["name"] = names
    if _in_one_place(one.paths, other.paths):
        shared["place"] = 1.0
    return shared


def _degree(one: Appearance, other: Appearance, shared: Mapping[str, float]) -> float:
    """From the surest sign to the weakest: a number, a name, a text, an address, a territory."""
    if "registration_number" in shared:
        return 0.98
    if _apart(one.paths, other.paths):
        return 0.0
    names, in_one_place = shared.get("name", 0.0), "place" in shared
    if names >= ALIKE_NAMES:
        return names * (1.0 if in_one_place else 0.9)
    if one.kind not in OWN_ADDRESSES:
        return (0.9 if in_one_place else 0.8) * _texts_alike(one, other)
    if names and shared.keys() & {"website", "contact_email"}:
        return 0.9
    return 0.85 if names and in_one_place and one.kind is Kind.AUTHORITY else 0.0


def _contradict(one: Appearance, other: Appearance) -> bool:
    """Whether something says outright that the two are not the same."""
    levels = {level for side in (one, other) if (level := side.record.get("level"))}
    if len(levels) > 1:
        return True
    if one.number and other.number:
        return one.number != other.number
    return one.numerals != other.numerals


def _doubts(one: Appearance, other: Appearance) -> int:
    """How much speaks against it: origins that lie apart, budgets of another size, years between the beginnings."""
    doubts = int(one.kind is Kind.ASSOCIATION and _apart(one.origins, other.origins))
    ours, theirs = one.record.get("budget"), other.record.get("budget")
    if ours and theirs:
        low, high = sorted(float(budget["amount"]) for budget in (ours, theirs))
        doubts += high > 2 * low
    ours, theirs = one.record.get("starts"), other.record.get("starts")
    if ours and theirs:
        doubts += abs(int(str(ours)[:4]) - int(str(theirs)[:4])) > 1
    return doubts


def _names_alike(one: Appearance, other: Appearance) -> float:
    """The likeness of the two nearest names; of those that are only heard alike, short of certain."""
    written = _nearest(one.names, other.names)
    return written if written >= ALIKE_NAMES else max(written, ONLY_HEARD * _nearest(one.heard, other.heard))


def _nearest(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> float:
    return max(
        (
            fuzz.ratio(" ".join(sorted(left)), " ".join(sorted(right)), score_cutoff=100 * SIMILAR_NAMES)
            for left in ours
            for right in theirs
        ),
        default=0.0,
    ) / 100  # fmt: skip


def _texts_alike(one: Appearance, other: Appearance) -> bool:
    return any(
        len(left & right) >= ALIKE_TEXTS * len(left | right) for left in one.texts for right in other.texts
    )


def _countries_meet(one: Appearance, other: Appearance) -> bool:
    ours, theirs = ({path[0] for path in side.paths} for side in (one, other))
    return not ours or not theirs or bool(ours & theirs)


def _addresses(record: Record) -> Iterator[tuple[str, str]]:
    if record.get("website"):
        parts = urlsplit(record["website"].lower())
        host = (parts.hostname or "").removeprefix("www.")
        path = parts.path.rstrip("/")
        if path or host not in HOSTS_OF_MANY:
            yield "website", host + path
    if record.get("contact_email"):
        yield "contact_email", record["contact_email"].lower()


def _paths(places: Any) -> list[Path]:
    listed = places if isinstance(places, list) else [places] if places else []
    return [tuple(path) for place in listed for path in paths_of(place)]


def _apart(left: Sequence[Path], right: Sequence[Path]) -> bool:
    """Whether both sides name places, and none of the one lies in one of the other."""
    return bool(left and right) and not any(_nested(one, other) for one in left for other in right)


def _in_one_place(left: Sequence[Path], right: Sequence[Path]) -> bool:
    """Whether a place of the one is a place of the other, or lies in it; the same country is not enough."""
    return any(_nested(one, other) and min(len(one), len(other)) > 1 for one in left for other in right)


def _nested(left: Path, right: Path) -> bool:
    shortest = min(len(left), len(right))
    return left[:shortest] == right[:shortest]


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


def _sketch(words: Iterable[str]) -> list[str]:
    """The least of the words' hashes: texts with nearly the same words have nearly the same least ones."""
    return sorted(map(_hashed, words))[:SKETCH]


@lru_cache(50_000)
def _hashed(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
