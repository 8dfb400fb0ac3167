"""Territories as readers look them up and see them named."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session

from schemas.language import Language
from schemas.text_folding import fold
from service.db.tables import Territory
from service.vocabularies import territory_repository as repository
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.misspellings import nearest_matches
from service.vocabularies.place_reading import literal_reading

SHORTEST_LATER_WORD = 4
"""Shorter beginnings stand within too many names."""


def find_territory(session: Session, code: str) -> Territory | None:
    """The territory with this code, if there is one."""
    return repository.by_code(session, code)


def search_territories(session: Session, query: str, country: str | None, limit: int) -> Sequence[Territory]:
    """Territories whose name begins like the query, exact ones and large ones first; where none does, countries and
    subdivisions with a later word of their name that does (``dIvoire``); then misspelt ones.
    """
    folded = fold(query)
    if not folded:
        return []
    least = repository.ADMINISTRATIVE_WEIGHT if len(folded) == 1 and country is None else 0
    found = list(repository.completing(session, folded, country, least, limit))
    if not found:
        gazetteer = Gazetteer(session)
        found = _with_later_word(gazetteer, country, folded, limit) or _misspelt(gazetteer, country, query)
    return found[:limit]


def _with_later_word(gazetteer: Gazetteer, country: str | None, folded: str, limit: int) -> list[Territory]:
    """Countries and subdivisions whose name begins like this at any of its words, written apart or as one."""
    asked = folded.replace(" ", "")
    if len(asked) < SHORTEST_LATER_WORD:
        return []
    weights = {
        code: weight
        for name, code, weight in gazetteer.administrative_names(country)
        if asked in name.replace(" ", "") and _begins_at_a_word(name.split(), asked)
    }
    heaviest = sorted(weights, key=lambda code: (-weights[code], code))[:limit]
    found = gazetteer.by_codes(heaviest)
    return [found[code] for code in heaviest]


def _begins_at_a_word(words: Sequence[str], asked: str) -> bool:
    return any("".join(words[at:]).startswith(asked) for at in range(len(words)))


def _misspelt(gazetteer: Gazetteer, country: str | None, query: str) -> list[Territory]:
    nearest = nearest_matches(gazetteer, country, literal_reading(query).spellings)
    return [match.territory for match in nearest.certain or nearest.ordered]


def name_in(territory: Territory, language: Language) -> str:
    """The territory's name in this language."""
    name: str = territory.names.get(language.value) or territory.name
    return name


def territories_named(session: Session, codes: Collection[str], language: Language) -> dict[str, str]:
    """Names in this language, by code."""
    return {
        code: name_in(territory, language) for code, territory in repository.by_codes(session, codes).items()
    }


def names_with_parents(
    session: Session, territories: Collection[Territory], language: Language
) -> dict[str, str]:
    """Names that tell namesakes apart, by code: ``Springfield, Illinois, United States``."""
    names = territories_named(
        session, {code for territory in territories for code in territory.path}, language
    )
    return {territory.code: qualified_name(territory.path, names) for territory in territories}


def qualified_name(path: Sequence[str], names: Mapping[str, str]) -> str:
    """The name at the end of a path, followed by those of all it lies in, the nearest first."""
    return ", ".join(names[code] for code in reversed(path) if code in names)
