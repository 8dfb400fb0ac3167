"""Which territory a written place stands for: found by name in any language, and never across a border."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.place_names import name_key
from schemas.places import Place, PlaceInput, code_today, is_code_in
from schemas.records import Level
from service.db.tables import Territory
from service.vocabularies.gazetteer import Gazetteer, Match
from service.vocabularies.misspellings import Misspelling, nearest_matches
from service.vocabularies.namesakes import (
    AREA_LEVELS,
    INNER_LEVELS,
    MOST_CANDIDATES,
    choose,
    named_alike,
)
from service.vocabularies.place_reading import Reading, literal_reading, readings
from service.vocabularies.postcodes import postcode_subdivisions
from service.vocabularies.territory_repository import FIRST_OF_UNIT

TOWN_LEVELS = frozenset({"municipality", "intermunicipal"})


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a place was found to be: ``places``, or the ``candidates`` to choose from, or neither.

    ``places`` has several entries only for a former territory that was split: its successors, the main one
    first. ``alternatives`` are other territories of that name, which may be meant as well.
    """

    places: tuple[Place, ...] = ()
    candidates: tuple[Territory, ...] = ()
    alternatives: tuple[Territory, ...] = ()


def resolve_place(gazetteer: Gazetteer, given: PlaceInput, level: Level | None = None) -> Resolution:
    """Find the territory a code or a name in a country stands for.

    A code counts as it is. A name is read as people write it (:mod:`service.vocabularies.place_reading`) and
    compared without accents and case, first exactly and then for misspellings, always within the country.
    ``level`` is that of an authority and says whether the town, the province or the region is meant; without
    it a name that is a town's means the town. Anything less clear is answered with candidates.
    """
    code = place_code(given)
    if isinstance(given, str) or given.place is None or code is not None:
        return _certain([territory] if (territory := gazetteer.by_code(code or "")) else [])
    if gazetteer.by_code(given.country) is None:
        return Resolution()
    return _Search(gazetteer, given.country, level).find(given.place)


def place_code(given: PlaceInput) -> str | None:
    """The territory code that a place is given by, if it is not given by a name."""
    if isinstance(given, str):
        return code_today(given)
    if given.place is None:
        return given.country
    return code_today(given.place) if is_code_in(given.country, given.place) else None


def asked_for(places: Iterable[PlaceInput]) -> tuple[set[str], set[tuple[str, str]]]:
    """What the gazetteer will be asked for these places first: codes, and folded spellings with their countries."""
    codes: set[str] = set()
    spellings: set[tuple[str, str]] = set()
    for given in places:
        code = place_code(given)
        if code is not None or isinstance(given, str):
            codes.add(code or "")
        elif given.place is not None:
            codes.add(given.country)
            spellings.update((given.country, spelling) for spelling in literal_reading(given.place).spellings)
    return codes, spellings


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


def _certain(territories: Iterable[Territory], alternatives: Sequence[Territory] = ()) -> Resolution:
    return Resolution(tuple(map(as_place, territories)), alternatives=tuple(alternatives))


class _Country:
    """What the gazetteer knows of one country."""

    def __init__(self, gazetteer: Gazetteer, code: str) -> None:
        self._gazetteer, self.code = gazetteer, code

    def named(self, spellings: Sequence[str]) -> Sequence[Match]:
        """What is found in the country under these folded spellings."""
        return self._gazetteer.named(self.code, spellings)

    def within(self, reading: Reading) -> list[set[str]] | None:
        """For each thing that the place is said to lie in, the codes that may be meant; ``None`` if none is known here."""
        within = [codes for qualifier in reading.qualifiers if (codes := self._codes_of(qualifier))]
        if reading.qualifiers and not within:
            return None
        if reading.postcode and (codes := set(postcode_subdivisions(self.code, reading.postcode))):
            within.append(codes)
        return within

    def _codes_of(self, qualifier: str) -> set[str]:
        if by_code := self.subdivision(qualifier):
            return {by_code.code}
        named = self.named(literal_reading(qualifier).spellings)
        return {match.territory.code for match in named}

    def subdivision(self, letters: str) -> Territory | None:
        """The subdivision with this code, its country left out: ``TX``."""
        code = f"{self.code}-{letters.replace(' ', '').upper()}"
        return self._gazetteer.by_code(code_today(code)) if is_code_in(self.code, code) else None

    def named_after(self, town: Territory, area: Territory) -> bool:
        """Whether the area's own name finds the town, too, or resembles the town's."""
        own_names = self.named((literal_reading(area.name).barest(),))
        return named_alike(town, area) or any(match.territory.code == town.code for match in own_names)


class _Search:
    """The search for one place in one country."""

    def __init__(self, gazetteer: Gazetteer, country: str, level: Level | None) -> None:
        self._gazetteer = gazetteer
        self._country = _Country(gazetteer, country)
        self._level = level
        self._compared: dict[Reading, Misspelling] = {}

    def find(self, name: str) -> Resolution:
        """What this name was found to be."""
        first, *others = readings(name)
        if found := self._exactly(first):
            return found
        self._look_up(others)
        for reading in others:
            if found := self._exactly(reading):
                return found
        whole = [first] if first == others[0] else [first, others[0]]
        for attempt in (self._by_code, self._merged, self._misspelt, self._enclosing):
            for reading in whole:
                if found := attempt(reading):
                    return found
        return self._possible(whole)

    def _look_up(self, read: Sequence[Reading]) -> None:
        """Ask the gazetteer for all that these readings will need at once."""
        spellings = {spelling for reading in read for spelling in reading.spellings}
        for reading in read:
            spellings.update(*(literal_reading(qualifier).spellings for qualifier in reading.qualifiers))
        spellings.update(part for parts in _halves(read[0]) for part in parts)
        self._gazetteer.look_up((), ((self._country.code, spelling) for spelling in spellings))

    def _exactly(self, reading: Reading) -> Resolution | None:
        matches = self._country.named(reading.spellings)
        within = self._country.within(reading)
        if not matches or within is None:
            return None
        former = sorted(
            (match for match in matches if match.rank >= FIRST_OF_UNIT), key=lambda match: match.rank
        )
        if former and not (self._level in TOWN_LEVELS and any(map(_is_town, matches))):
            return _certain({match.territory.code: match.territory for match in former}.values())
        matches = [match for match in matches if all(codes & set(match.territory.path) for codes in within)]
        return self._chosen(matches, reading) if matches else None

    def _chosen(self, matches: Sequence[Match], reading: Reading) -> Resolution:
        level = self._level or reading.level
        literal = [match for match in matches if match.literal and match.territory.level != "locality"]
        if reading.level in AREA_LEVELS and self._level is None and literal:
            # "Estado de México" is an area's own name; its bare form is another's, too.
            matches = literal
        choice = choose([*matches, *self._seats(matches)], level, self._country.named_after)
        if choice.meant is None:
            return Resolution(candidates=choice.others)
        meant = self._area_of(choice.meant, level)
        others = choice.others if level is None else ()
        return _certain([meant], others if meant is choice.meant else (choice.meant,))

    def _seats(self, matches: Sequence[Match]) -> list[Match]:
        """Towns that areas among the matches are named after: what a name means is the same in every language."""
        found = {match.territory.code for match in matches}
        seats: list[Match] = []
        for area in matches:
            if area.territory.level == "subdivision" and area.rank > 0:
                spellings = literal_reading(area.territory.name).spellings
                seats += [
                    Match(town.territory, max(town.rank, area.rank), town.inhabitants)
                    for town in self._country.named(spellings)
                    if _is_town(town) and area.territory.code in town.territory.path
                    if town.territory.code not in found
                    and self._country.named_after(town.territory, area.territory)
                ]
        return seats

    def _by_code(self, reading: Reading) -> Resolution | None:
        """A subdivision whose code alone was given: ``TX``."""
        found = self._country.subdivision(reading.spellings[0]) if reading.spellings else None
        return _certain([found]) if found else None

    def _merged(self, reading: Reading) -> Resolution | None:
        """Towns that were merged keep both names: ``Évry-Courcouronnes``."""
        for parts in _halves(reading):
            first, second = (
                [match for match in self._country.named([part]) if _is_town(match)] for part in parts
            )
            parents = {match.territory.parent for match in second}
            both = [match for match in first if match.territory.parent in parents]
            if both:
                return self._chosen(both, reading)
        return None

    def _misspelt(self, reading: Reading) -> Resolution | None:
        near = self._nearest(reading)
        return self._chosen(near.certain, reading) if near.certain else None

    def _nearest(self, reading: Reading) -> Misspelling:
        if reading not in self._compared:
            within = self._country.within(reading) or ()
            written = reading.spellings[: reading.words_of_kind + 1]
            spellings = dict.fromkeys((*written, name_key(reading.barest())))
            self._compared[reading] = nearest_matches(
                self._gazetteer, self._country.code, tuple(spellings), within
            )
        return self._compared[reading]

    def _enclosing(self, reading: Reading) -> Resolution | None:
        """What an unknown place is said to lie in: ``Médina Baye, Kaolack``."""
        for qualifier in reading.qualifiers:
            named = self._country.named(literal_reading(qualifier).spellings)
            if (
                named
                and (meant := choose(named, None, self._country.named_after).meant)
                and meant.level != "country"
            ):
                return _certain([meant], [meant])
        return None

    def _possible(self, read: Sequence[Reading]) -> Resolution:
        found: dict[str, Territory] = {}
        for reading in read:
            found |= {match.territory.code: match.territory for match in self._nearest(reading).ordered}
        return Resolution(candidates=tuple(found.values())[:MOST_CANDIDATES])

    def _area_of(self, town: Territory, level: Level | None) -> Territory:
        """The area that a town stands for when an area's name was asked for: ``province of Padua``."""
        codes = [code for code in town.path[1:] if "-" in code]
        if town.level != "locality" or level not in AREA_LEVELS or not codes:
            return town
        areas = [area for code in codes if (area := self._gazetteer.by_code(code))]
        alike = [area for area in areas if self._country.named_after(town, area)]
        if not alike and self._level is None:
            return town
        return (alike or areas)[-1 if level in INNER_LEVELS else 0]


def _halves(reading: Reading) -> list[tuple[str, str]]:
    """The two parts that a name of several words may be put together from."""
    words = reading.spellings[0].split() if reading.spellings else []
    return [(" ".join(words[:end]), " ".join(words[end:])) for end in range(1, len(words))]


def _is_town(match: Match) -> bool:
    return match.territory.level == "locality"
