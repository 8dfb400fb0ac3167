"""Look-ups in the gazetteer, each asked of the database once; many can be asked for beforehand, all at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from service.db.counters import counter_value
from service.db.memo import DatabaseMemo
from service.db.tables import Territory
from service.vocabularies import territory_repository as repository


@dataclass(frozen=True, slots=True)
class Match:
    """A territory, the rank of the spelling that found it, and how many live there as far as is known."""

    territory: Territory
    rank: int
    inhabitants: int
    literal: bool = False
    """Whether the fullest of the spellings asked for found it."""


class Gazetteer:
    """The territories as one session sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_code: dict[str, Territory | None] = {}
        self._named: dict[tuple[str, str], list[Match]] = {}
        self._administrative: dict[str | None, Sequence[repository.Spelling]] = {}

    def use(self, session: Session) -> None:
        """Go on in another session; only the names of subdivisions are remembered."""
        self._session = session
        self._by_code, self._named = {}, {}

    def look_up(self, codes: Collection[str], spellings: Iterable[tuple[str, str]]) -> None:
        """Ask for territories by code, and by country and folded spelling, all at once."""
        found = repository.by_codes(self._session, codes)
        self._by_code |= {code: found.get(code) for code in codes}
        by_country: dict[str, set[str]] = defaultdict(set)
        for country, spelling in spellings:
            by_country[country].add(spelling)
            self._named[country, spelling] = []
        for country, wanted in by_country.items():
            for territory, rank, weight, folded in repository.named(self._session, country, sorted(wanted)):
                self._named[country, folded].append(Match(territory, rank, repository.inhabitants(weight)))

    def by_code(self, code: str) -> Territory | None:
        """The territory with this code."""
        if code not in self._by_code:
            self._by_code[code] = repository.by_code(self._session, code)
        return self._by_code[code]

    def by_codes(self, codes: Collection[str]) -> dict[str, Territory]:
        """The territories with these codes, as far as they exist."""
        return repository.by_codes(self._session, codes)

    def named(self, country: str, spellings: Sequence[str]) -> list[Match]:
        """Territories of a country that are spelt like one of these, with the rank of that spelling."""
        unknown = [(country, spelling) for spelling in spellings if (country, spelling) not in self._named]
        if unknown:
            self.look_up((), unknown)
        return [
            replace(match, literal=position == 0)
            for position, spelling in enumerate(spellings)
            for match in self._named[country, spelling]
        ]

    def administrative_names(self, country: str | None) -> Sequence[repository.Spelling]:
        """Every spelling of the subdivisions of a country, or of all countries and subdivisions, with codes and weights."""
        if country not in self._administrative:
            self._administrative[country] = (
                repository.administrative_names(self._session, country)
                if country is not None
                else _NAMES_OF_ALL_COUNTRIES.get(
                    self._session, counter_value(self._session, repository.LOADED_VERSION)
                )
            )
        return self._administrative[country]

    def names_beginning(self, country: str, beginning: str) -> Sequence[repository.Spelling]:
        """Every spelling in a country that begins like this, with codes and weights."""
        return repository.names_beginning(self._session, country, beginning)


_NAMES_OF_ALL_COUNTRIES = DatabaseMemo(lambda session: repository.administrative_names(session, None))
"""There are 17,000 of them, and a name that is searched without its country is compared with each."""
