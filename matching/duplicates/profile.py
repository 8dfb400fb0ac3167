"""A profile as record linkage compares it: names, numbers, addresses, places and texts, normalized once."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from schemas.concepts import function_words
from schemas.kinds import Kind
from schemas.places import paths_of
from schemas.records import HOME_FIELD
from schemas.text_folding import fold
from schemas.texts import all_texts

MIN_TEXT_WORDS = 8
"""Different words that a description needs to be compared."""
GENERIC_WORDS = frozenset(
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
"""Words that say what a thing is, and not which one."""
NUMERAL = re.compile(r"^(?=.)(?:\d+|x{0,3}(?:ix|iv|v?i{0,3}))$")
STATUTE = re.compile(r"\bloi (?:de |du 1er juillet )?1901\b")
SHARED_HOSTS = frozenset(
    {"facebook.com", "instagram.com", "linkedin.com", "helloasso.com", "youtube.com", "x.com"}
)
KINDS_WITH_ADDRESS = (Kind.ASSOCIATION, Kind.AUTHORITY)
"""Kinds that have an address and a website of their own; projects and programmes bear their holder's."""


class ComparableProfile:
    """What distinguishes a profile from others.

    Parameters
    ----------
    record
        Its import record, with ``kind`` and ``name``.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.kind = Kind(record["kind"])
        names = all_texts(record["name"])
        self.names = [_distinctive_words(name) for name in names]
        self.phonetic_names = [[_skeleton(word) for word in name] for name in self.names]
        self.numerals = {word for word in _folded(names[0]).split() if NUMERAL.match(word)}
        self.paths = _paths(record.get(HOME_FIELD[self.kind]))
        self.origins = _paths(record.get("origin"))
        self.registration_number = fold(record.get("registration_number") or "").replace(" ", "")
        self.addresses = dict(_addresses(record)) if self.kind in KINDS_WITH_ADDRESS else {}

    @cached_property
    def texts(self) -> list[frozenset[str]]:
        """The different words of each description that is long enough to be compared."""
        words = (frozenset(fold(text).split()) for text in all_texts(self.record.get("description")))
        return [text for text in words if len(text) >= MIN_TEXT_WORDS]


def _addresses(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if record.get("website"):
        parts = urlsplit(record["website"].lower())
        host = (parts.hostname or "").removeprefix("www.")
        path = parts.path.rstrip("/")
        if path or host not in SHARED_HOSTS:
            yield "website", host + path
    if record.get("contact_email"):
        yield "contact_email", record["contact_email"].lower()


def _paths(places: Any) -> list[tuple[str, ...]]:
    listed = places if isinstance(places, list) else [places] if places else []
    return [tuple(path) for place in listed for path in paths_of(place)]


def _distinctive_words(name: str) -> list[str]:
    words = _folded(name).split()
    distinctive = [word for word in words if word not in GENERIC_WORDS and word not in function_words()]
    return distinctive or words


def _folded(name: str) -> str:
    """A name without case, accents, and the law under which an association was founded."""
    return STATUTE.sub("", fold(name))


@lru_cache(50_000)
def _skeleton(word: str) -> str:
    """A word as it sounds: doubled letters once, ``ck`` and ``ph`` as ``k`` and ``f``, vowels only at its beginning."""
    sound = re.sub(r"(.)\1+", r"\1", word.replace("ph", "f").replace("ck", "k").replace("qu", "k"))
    return sound[:1] + re.sub(r"[aeiouyh]", "", sound[1:])
