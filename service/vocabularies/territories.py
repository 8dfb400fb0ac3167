"""Territories: found by name in any of our languages, however it is spelt, and never across a border."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlmodel import Session

from schemas.language import Language
from schemas.places import Place, PlaceInput, is_code_in
from schemas.text_folding import fold
from service.db.tables import Territory
from service.vocabularies import territory_repository as repository
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.generic_words import Hint, bare_names

CERTAIN = 88.0
"""How alike (0 to 100) a misspelt name must be to a known one to be taken for it without asking."""
AHEAD = 6.0
"""And how far ahead of the next one."""
POSSIBLE = 62.0
DOMINANT = 10
"""How many times more inhabitants make one of several namesakes the one that is meant."""
SPLIT = 10
MOST_CANDIDATES = 8
SHORTEST_MISSPELT = 5


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a place was found to be: ``places``, or the ``candidates`` to choose from, or neither.

    ``places`` has several entries only for a former territory that was split: its successors, the main one
    first.
    """

    places: tuple[Place, ...] = ()
    candidates: tuple[Territory, ...] = ()


def resolve_place(gazetteer: Gazetteer, given: PlaceInput, *, prefer_locality: bool = False) -> Resolution:
    """Find the territory a code or a name in a country stands for.

    A code counts as it is. A name is compared without accents and case, first exactly and then for
    misspellings, always within the country. A subdivision is preferred to a locality of the same name
    (the other way round with ``prefer_locality``, or for "city of …"), its own name to an alternate one,
    and among several localities one with ten times the inhabitants of the next. Anything less clear is
    answered with candidates.
    """
    code = _code(given)
    if isinstance(given, str) or given.place is None or code is not None:
        return _certain([territory] if (territory := gazetteer.by_code(code or "")) else [])
    spellings, hint = bare_names(given.place)
    if prefer_locality and hint is Hint.NONE:
        hint = Hint.LOCALITY
    rows = gazetteer.named(given.country, spellings)
    split = sorted((rank, territory.code, territory) for territory, rank in rows if rank >= SPLIT)
    if split:
        return _certain([territory for _, _, territory in split])
    if rows:
        return _choose(_best_ranks(rows), hint)
    if gazetteer.by_code(given.country) is None:
        return Resolution()
    return _nearest(gazetteer, given.country, spellings)


def asked_for(places: Iterable[PlaceInput]) -> tuple[set[str], set[tuple[str, str]]]:
    """What the gazetteer will be asked for these places: codes, and folded spellings with their countries."""
    codes: set[str] = set()
    spellings: set[tuple[str, str]] = set()
    for given in places:
        code = _code(given)
        if code is not None or isinstance(given, str):
            codes.add(code or "")
        elif given.place is not None:
            spellings.update((given.country, spelling) for spelling in bare_names(given.place)[0])
    return codes, spellings


def _code(given: PlaceInput) -> str | None:
    """The territory code that a place is given by, if it is not given by a name."""
    if isinstance(given, str):
        return given
    if given.place is None:
        return given.country
    return given.place if is_code_in(given.country, given.place) else None


def _best_ranks(rows: Iterable[tuple[Territory, int]]) -> list[tuple[Territory, int]]:
    """Each territory once, with the best rank of its spellings."""
    best: dict[str, tuple[Territory, int]] = {}
    for territory, rank in rows:
        if territory.code not in best or rank < best[territory.code][1]:
            best[territory.code] = (territory, rank)
    return list(best.values())


def _certain(territories: Iterable[Territory]) -> Resolution:
    return Resolution(places=tuple(as_place(territory) for territory in territories))


def as_place(territory: Territory) -> Place:
    """A territory as a place in a document."""
    return Place(
        country=territory.country,
        code=territory.code,
        place=territory.name,
        path=tuple(territory.path),
        latitude=territory.latitude,
        longitude=territory.longitude,
    )


def _choose(found: Sequence[tuple[Territory, int]], hint: Hint) -> Resolution:
    areas = [item for item in found if item[0].level != "locality"]
    towns = [item for item in found if item[0].level == "locality"]
    for chosen in (towns, areas) if hint is Hint.LOCALITY else (areas, towns):
        if chosen:
            return _most_likely(chosen)
    return Resolution()


def _most_likely(found: Sequence[tuple[Territory, int]]) -> Resolution:
    best = min(_precedence(territory, rank) for territory, rank in found)
    likely = _outermost([item for item, rank in found if _precedence(item, rank) == best])
    likely.sort(key=lambda territory: (-(territory.population or 0), territory.code))
    if len(likely) == 1 or _dominates(likely[0], likely[1]):
        return _certain(likely[:1])
    return Resolution(candidates=tuple(likely[:MOST_CANDIDATES]))


def _precedence(territory: Territory, rank: int) -> int:
    # Our own aliases of subdivisions ("Madrid" for the region) count as much as their official names.
    return max(rank, 1) if territory.level != "locality" else rank


def _outermost(territories: Sequence[Territory]) -> list[Territory]:
    codes = {territory.code for territory in territories}
    return [territory for territory in territories if not codes & set(territory.path[:-1])]


def _dominates(first: Territory, second: Territory) -> bool:
    return (first.population or 0) >= DOMINANT * max(second.population or 0, 1)


def _nearest(gazetteer: Gazetteer, country: str | None, spellings: Collection[str]) -> Resolution:
    scored: dict[str, float] = {}
    for spelling in spellings:
        names = list(gazetteer.administrative_names(country))
        if len(spelling) >= 2 and country is not None:
            names += gazetteer.names_beginning(country, spelling[:2])
        for _, score, position in process.extract(
            spelling, [name for name, _ in names], scorer=fuzz.ratio, limit=60, score_cutoff=POSSIBLE
        ):
            code = names[position][1]
            scored[code] = max(scored.get(code, 0), score)
    found = gazetteer.by_codes(scored)
    ranked = sorted(
        found.values(), key=lambda item: (-scored[item.code], item.level != "subdivision", item.code)
    )
    return _by_likeness(ranked, scored, max((len(spelling) for spelling in spellings), default=0))


def _by_likeness(ranked: Sequence[Territory], scored: dict[str, float], length: int) -> Resolution:
    if not ranked:
        return Resolution()
    first = ranked[0]
    rivals = [item for item in ranked[1:] if not _same_place(item, first)]
    ahead = not rivals or scored[first.code] - scored[rivals[0].code] >= AHEAD
    if length >= SHORTEST_MISSPELT and scored[first.code] >= CERTAIN and ahead:
        return _certain([first])
    return Resolution(candidates=tuple(ranked[:MOST_CANDIDATES]))


def _same_place(one: Territory, other: Territory) -> bool:
    # A province and its capital, or a region and its province of the same name, are no rivals.
    return one.code in other.path or other.code in one.path


def find_territory(session: Session, code: str) -> Territory | None:
    """The territory with this code, if there is one."""
    return repository.by_code(session, code)


def search_territories(session: Session, query: str, country: str | None, limit: int) -> Sequence[Territory]:
    """Territories whose name begins like the query, exact ones and large ones first; then misspelt ones."""
    folded = fold(query)
    if not folded:
        return []
    least = repository.ADMINISTRATIVE_WEIGHT if len(folded) == 1 and country is None else 0
    found = list(repository.completing(session, folded, country, least, limit))
    if not found:
        spellings, _ = bare_names(query)
        nearest = _nearest(Gazetteer(session), country, spellings)
        codes = [place.code for place in nearest.places if place.code]
        found = list(nearest.candidates) or list(repository.by_codes(session, codes).values())
    return found[:limit]


def name_in(territory: Territory, language: Language) -> str:
    """The territory's name in this language."""
    name: str = territory.names.get(language.value) or territory.name
    return name


def territories_named(session: Session, codes: Collection[str], language: Language) -> dict[str, str]:
    """Names in this language, by code."""
    return {
        code: name_in(territory, language) for code, territory in repository.by_codes(session, codes).items()
    }
