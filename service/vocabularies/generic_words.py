"""Words that say what kind of place a name belongs to: "province of", "ville de", "gouvernorat de"."""

import re
from enum import Enum

from schemas.text_folding import fold

AREAS = (
    "autonomous community", "canton", "comunidad", "comunidad autonoma", "comunita", "comunita autonoma",
    "communaute", "communaute autonome", "county", "departamento", "departement", "department", "dipartimento",
    "district", "distrito", "distretto", "estado", "etat", "generalitat", "gobierno", "governorate",
    "governorato", "gouvernorat", "gobernacion", "conseil departemental", "conseil regional", "oblast",
    "prefecture", "prefectura", "prefettura", "provincia", "province", "region", "regione", "state", "stato",
    "wilaya", "wilayat",
)  # fmt: skip
TOWNS = (
    "alcaldia", "ayuntamiento", "citta", "city", "ciudad", "commune", "comune", "mairie", "municipalite",
    "municipality", "municipalidad", "municipio", "town", "village", "ville", "villaggio", "pueblo",
)  # fmt: skip
LINKS = r"(?:(?: of| de la| de l| del| della| dello| dell| delle| degli| des| du| de| di| d)(?= ))?"


class Hint(Enum):
    """Which kind of territory the words around a name ask for."""

    NONE = "none"
    AREA = "area"
    LOCALITY = "locality"


def _around(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(
        rf"^(?:la |le |the |il |el )?(?:{alternatives}){LINKS} (?P<after>.+)$|^(?P<before>.+) (?:{alternatives})$"
    )


AREA = _around(AREAS)
TOWN = _around(TOWNS)
ARTICLE = re.compile(r"^(?:the|le|la|les|l|il|lo|el|los|las) (.+)$")


def bare_names(name: str) -> tuple[list[str], Hint]:
    """The folded spellings to look a place name up by, the fullest first, and what kind of place it asks for."""
    folded = fold(name)
    spellings, hint = [folded], Hint.NONE
    for pattern, meaning in ((AREA, Hint.AREA), (TOWN, Hint.LOCALITY)):
        match = pattern.match(folded)
        if match:
            spellings.append(match["after"] or match["before"])
            hint = meaning
            break
    article = ARTICLE.match(spellings[-1])
    if article:
        spellings.append(article[1])
    return [spelling for spelling in dict.fromkeys(spellings) if spelling], hint
