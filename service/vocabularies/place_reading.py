"""What a written place name says: the name itself, what kind of place it is, and what it lies in.

People write ``Springfield, IL``, ``Padova (PD)``, ``93200 Saint-Denis``, ``Cergy Cedex``, ``Paris 6e``,
``Alicante/Alacant``, ``Rioja, La`` and ``province of Padua``. A name is read in several ways, the most literal
first; the gazetteer decides which of them is one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas.place_names import ARTICLES, name_key, saint_key, with_apostrophes_closed
from schemas.records import Level
from schemas.text_folding import fold

WORDS_OF_LEVELS: dict[Level, tuple[str, ...]] = {
    "region": (
        "assemblee", "autonomous community", "bundesland", "communaute", "community", "communaute autonome", "comunidad",
        "comunidad autonoma", "comunita", "comunita autonoma", "conseil regional", "consiglio regionale", "edo de", "estado",
        "etat", "generalitat", "giunta regionale", "gobernacion", "gobierno", "govern", "gouvernorat", "governatorato",
        "governo", "governorate", "government", "junta", "oblast", "province autonome", "regiao", "region",
        "regional council", "regione", "regiune", "regiunea", "state", "stato", "voivodeship", "wojewodztwo", "xunta",
    ),
    "province": (
        "borough", "canton", "cercle", "cabildo", "comarca", "conseil departemental", "conseil general", "consiliul judetean",
        "county", "county council", "departamento", "departement", "department", "depto", "dept", "dpt", "dpto", "deputacion", "diputacio",
        "diputacion", "diputacion provincial", "dipartimento", "distretto", "district", "distrito", "judet", "judetul",
        "kanton", "kreis", "landkreis", "london borough", "prefectura", "prefecture", "prefettura", "prov", "province",
        "provincia", "provincia autonoma", "provincie", "royal borough", "wilaya", "wilayat",
    ),
    "municipality": (
        "ajuntament", "alcaldia", "ayuntamiento", "camara municipal", "cidade", "citta", "city", "city council",
        "ciudad", "ciutat", "commune", "comuna", "comune", "gemeente", "gemeinde", "gmina", "mairie", "metropole",
        "miasto", "municipalidad", "municipalite", "municipality", "municipio", "municipiul", "orasul", "primaria",
        "pueblo", "stad", "stadt", "town", "town council", "villaggio", "village", "ville",
    ),
}  # fmt: skip
"""Words that say what kind of territory a name belongs to, and what level of authority governs such a one."""
ALL_WORDS = frozenset(word for words in WORDS_OF_LEVELS.values() for word in words)
LINK = r"(?:(?: of| de la| de los| de las| de l| del| della| dello| dell| delle| degli| dei| des| du| de| di| da| d| van)(?= ))?"
MOST_WORDS = 3
"""How many such words may stand before a name: ``Gobierno del Estado de Zacatecas``."""
INVERTED = ARTICLES | {"de", "of", "di", "du", "del", "the"}
BRACKETS = re.compile(r"^(?P<name>[^(\[]+?)\s*[(\[](?P<inside>[^)\]]+)[)\]]?\s*(?P<rest>.*)$")
SEVERAL_NAMES = re.compile(r"\s*/\s*|\s+[–—-]\s+")
SEPARATORS = set(",([")
CEDEX = re.compile(r"\s+cedex(?:\s+\d{1,2})?\s*$", re.IGNORECASE)
POSTCODE = re.compile(r"^(?:[A-Za-z]{1,2}-)?(?P<before>\d{4,6})\s+(?=\D)|\s+(?P<after>\d{4,6})$")
QUARTER = re.compile(
    r"\s+\d{1,2}\s*(?:er|re|e|è|eme|ème|º|°|ª|nd)?(?:\s+arr(?:ondissement|t)?\.?)?\s*$", re.IGNORECASE
)
LONGEST_TAIL = 3
"""Words at the end of a name that may say what it lies in: ``Chicago Illinois``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: folded ``spellings`` to look up, and folded ``qualifiers`` of what it lies in."""

    spellings: tuple[str, ...]
    level: Level | None = None
    qualifiers: tuple[str, ...] = ()
    postcode: str | None = None
    words_of_kind: int = 0
    """How many words before or after the name say what kind of place it is; each makes for one more spelling."""

    def barest(self) -> str:
        """The folded name without the words that say what kind of place it is."""
        return self.spellings[self.words_of_kind] if self.spellings else ""


def _around(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(
        rf"^(?:la |le |the |il |el |l )?(?:{alternatives}){LINK} (?P<after>.+)$|^(?P<before>.+) (?:{alternatives})$"
    )


PATTERNS = {level: _around(words) for level, words in WORDS_OF_LEVELS.items()}


def literal_reading(name: str) -> Reading:
    """The whole name as it stands, with and without the words that say what kind of place it is."""
    spellings: list[str] = [fold(name)]
    levels: list[Level] = []
    for _ in range(MOST_WORDS):
        for level, pattern in PATTERNS.items():
            if match := pattern.match(spellings[-1]):
                spellings.append(match["after"] or match["before"])
                levels.append(level)
                break
    keys = [key for spelling in spellings for key in (name_key(spelling), saint_key(spelling))]
    closed = fold(with_apostrophes_closed(name))
    found = tuple(dict.fromkeys(word for word in [*spellings, *keys, closed] if word))
    return Reading(found, levels[-1] if levels else None, words_of_kind=len(levels))


def readings(name: str) -> Iterator[Reading]:
    """All ways to read a name, the most likely first."""
    literal, structured = literal_reading(name), _structured(name)
    yield from (structured, literal) if SEPARATORS & set(name) else (literal, structured)
    yield from _with_tails(structured)


def _structured(name: str) -> Reading:
    """The name with its brackets, commas, postcode and quarter taken apart."""
    rest, qualifiers = name.strip(), []
    if brackets := BRACKETS.match(rest):
        rest = f"{brackets['name']} {brackets['rest']}".strip()
    head, *tails = [part.strip() for part in rest.split(",") if part.strip()] or [rest]
    for tail in [brackets["inside"], *tails] if brackets else tails:
        if _is_inverted(tail) and not _is_code(tail, head):
            head = f"{tail} {head}"
        else:
            qualifiers.append(tail)
    head, postcode = _without_postcode(CEDEX.sub("", head))
    head = QUARTER.sub("", head) or head
    names = [part for part in SEVERAL_NAMES.split(head) if part] or [head]
    read = [literal_reading(part) for part in names]
    level = next((reading.level for reading in read if reading.level), None)
    spellings = dict.fromkeys(spelling for reading in read for spelling in reading.spellings)
    folded = [fold(CEDEX.sub("", qualifier)) for qualifier in qualifiers]
    return Reading(tuple(spellings), level, tuple(filter(None, folded)), postcode)


def _is_code(tail: str, head: str) -> bool:
    """Whether a part after a comma is a subdivision's letters rather than an article: ``New Orleans, LA``."""
    return tail.isupper() and not head.isupper()


def _is_inverted(tail: str) -> bool:
    """Whether a part after a comma belongs before the name: ``La`` of ``Rioja, La``, ``Región de`` of ``Murcia, Región de``."""
    words = fold(tail).split()
    return bool(words) and (words[-1] in INVERTED or " ".join(words) in ALL_WORDS)


def _without_postcode(name: str) -> tuple[str, str | None]:
    found = POSTCODE.search(name)
    if found is None:
        return name, None
    return (name[: found.start()] + name[found.end() :]).strip(), found["before"] or found["after"]


def _with_tails(reading: Reading) -> Iterator[Reading]:
    """Readings in which the last words of the name say what it lies in, the shortest end first."""
    words = reading.spellings[0].split() if reading.spellings else []
    for count in range(1, min(LONGEST_TAIL, len(words) - 1) + 1):
        head = literal_reading(" ".join(words[:-count]))
        tail = " ".join(words[-count:])
        yield replace(
            reading,
            spellings=head.spellings,
            level=reading.level or head.level,
            qualifiers=(*reading.qualifiers, tail),
        )
