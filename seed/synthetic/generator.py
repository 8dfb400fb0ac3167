"""Generated organisations, one by one: number n of a seed is always the same, whatever was generated before it."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from functools import cache
from itertools import count
from random import Random

from matching import Side
from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.records import Level
from schemas.sectors import sectors
from schemas.text_folding import fold
from schemas.yaml_files import read_yaml
from seed.synthetic import patterns
from seed.synthetic.noise import near_duplicate, with_gaps, written, written_place
from seed.synthetic.spots import Spot, Spots

SYNTHETIC_PREFIX = "synthetic:"
"""Keys of generated organisations begin so, and never meet the keys of others."""
KIND_SHARES = patterns.Distribution.of(
    {Kind.ASSOCIATION: 70.0, Kind.AUTHORITY: 17.0, Kind.PROJECT: 8.0, Kind.PROGRAMME: 5.0}
)
NEAR_DUPLICATES = 0.05
"""How often an earlier organisation is looked at for one that registers again; it counts if it is of the same kind."""
SECOND_ORIGIN = 0.12
NATIONAL_PROGRAMMES = 0.3
"""How many programmes are for whole countries; all others are those of the place that their name says."""
LOOKED_BACK = 12
"""How many earlier organisations are looked at for a project's association."""
LANGUAGE_OF = {
    "FR": Language.FR, "BE": Language.FR, "LU": Language.FR, "SN": Language.FR, "ML": Language.FR, "MA": Language.FR,
    "DZ": Language.FR, "TN": Language.FR, "MR": Language.FR, "ES": Language.ES, "MX": Language.ES, "EC": Language.ES,
    "SV": Language.ES, "IT": Language.IT,
}  # fmt: skip
"""Which of our languages people write in, by country; English everywhere else."""
MECHANISMS = ("matching_fund", "call_for_proposals", "support_service", "credit_fund", "training")
APPLICANTS = {
    Language.FR: ("association", "collectivité"), Language.EN: ("association", "municipality"),
    Language.ES: ("asociación", "ayuntamiento"), Language.IT: ("associazione", "comune"),
}  # fmt: skip
ORIGIN_SHARE = 1 / 3
"""How many authorities are those of where people come from."""


class Generator:
    """The organisations of one seed, over the places of a gazetteer."""

    def __init__(self, spots: Spots, seed: int) -> None:
        self._spots, self._seed = spots, seed
        self._jurisdictions = _jurisdictions(spots, seed)
        self._authorities_before = [0]
        self._make: dict[Kind, Callable[[Random, int], JsonObject]] = {
            Kind.ASSOCIATION: self._association,
            Kind.AUTHORITY: self._authority,
            Kind.PROGRAMME: self._programme,
            Kind.PROJECT: self._project,
        }

    def records(self, many: int) -> Iterator[JsonObject]:
        """The first ``many`` import records."""
        return (self.record(number) for number in range(many))

    def of_kinds(self, kinds: Container[Kind]) -> Iterator[JsonObject]:
        """Import records of some kinds only, without end, in order of their numbers."""
        return (self.record(number) for number in count() if self._kind(number) in kinds)

    def record(self, number: int) -> JsonObject:
        """Import record ``number``, counted from 0; now and then a near duplicate of an earlier one."""
        random = self._random(number, "copy")
        earlier = random.randrange(number) if number and random.random() < NEAR_DUPLICATES else number
        kind = self._kind(number)
        if earlier != number and kind is not Kind.AUTHORITY and self._kind(earlier) is kind:
            return near_duplicate(random, self._original(earlier), self._key(number))
        return self._original(number)

    def _original(self, number: int) -> JsonObject:
        random = self._random(number, "record")
        kind = self._kind(number)
        made = self._make[kind](random, number)
        return {"kind": kind.value, "key": self._key(number), **with_gaps(random, made)}

    def _kind(self, number: int) -> Kind:
        return KIND_SHARES.draw(self._random(number, "kind"))

    def _territory_of(self, number: int) -> Spot:
        """What an authority governs: each territory has one, until all have; then a second body comes to each."""
        before = self._authorities_before
        for earlier in range(len(before) - 1, number):
            before.append(before[-1] + (self._kind(earlier) is Kind.AUTHORITY))
        return self._jurisdictions[before[number] % len(self._jurisdictions)]

    def _random(self, number: int, purpose: str) -> Random:
        return Random(f"{self._seed}/{purpose}/{number}")  # noqa: S311 - to be reproducible, not secret

    def _key(self, number: int) -> str:
        return f"{SYNTHETIC_PREFIX}{self._seed}:{number}"

    def _ends(self, random: Random) -> tuple[Spot, Spot]:
        origin, residence = patterns.corridors().draw(random)
        return self._spots.draw(random, origin), self._spots.draw(random, residence)

    def _association(self, random: Random, _number: int) -> JsonObject:
        origin, residence = self._ends(random)
        language = _language(residence)
        origins = (
            [origin, self._spots.draw(random, origin.country)]
            if random.random() < SECOND_ORIGIN
            else [origin]
        )
        said = _Said(random, language, origin, residence)
        return {
            "name": written(random, said.sentence("association")),
            **said.about("about"),
            "languages": [language.value],
            "origin": [
                written_place(random, spot, language)
                for spot in {spot.code: spot for spot in origins}.values()
            ],
            "residence": [written_place(random, residence, language)],
            "website": f"https://{_key_word(random)}.example.org",
            "contact_email": f"{_key_word(random)}@example.org",
            "founded": str(random.randint(1975, 2025)),
            "registered": random.random() < 0.8,
            "registration_number": f"W{random.randrange(10**9):09d}",
            "members": int(10 ** random.uniform(1, 3.5)),
            "elected_board": random.random() < 0.7,
            "published_accounts": random.random() < 0.4,
            "offers": {"human": said.sentence("about")},
            "needs": said.text("needs"),
        }

    def _authority(self, random: Random, number: int) -> JsonObject:
        here = self._territory_of(number)
        sides = [
            side for side, ends in patterns.ends().items() if here.country in {code[:2] for code in ends}
        ]
        origin, residence = self._ends(random)
        said = _Said(random, _language(here), origin, residence, here)
        level = _level(here)
        return {
            "name": written(random, said.sentence("region" if level == "national" else level)),
            **said.about("office"),
            "languages": [said.language.value],
            "territory": written_place(random, here, said.language),
            "level": level,
            "role": sides[0] if len(sides) == 1 else "both",
            "population": here.population or random.randrange(50_000, 5_000_000),
            "contact_email": f"{_key_word(random)}@example.org",
        }

    def _programme(self, random: Random, _number: int) -> JsonObject:
        origin, residence = self._ends(random)
        if random.random() < NATIONAL_PROGRAMMES:
            origin, residence = self._spots.country(origin.country), self._spots.country(residence.country)
        said = _Said(random, _language(residence), origin, residence, residence)
        least = random.choice([1_000, 5_000, 10_000])
        year, own = random.randint(2025, 2027), random.choice([0.1, 0.25, 0.5])
        return {
            "name": written(random, said.sentence("programme")),
            **said.about("office"),
            "operator": said.sentence("region"),
            "mechanism": random.choice(MECHANISMS),
            "origin": [random.choice([origin.code, origin.country])],
            "residence": [residence.code],
            "applicants": list(APPLICANTS[said.language][: random.randint(1, 2)]),
            "opens": f"{year}-{random.randint(1, 6):02d}-01",
            "closes": f"{year}-{random.randint(7, 12):02d}-30",
            "budget": _euros(random.randrange(50, 5_000) * 1_000),
            "project_min": _euros(least),
            "project_max": _euros(least * random.choice([5, 10, 50])),
            "cofinancing": [{"party": "association", "share": own}, {"party": "programme", "share": 1 - own}],
            "conditions": said.text("needs"),
        }

    def _project(self, random: Random, number: int) -> JsonObject:
        association = next(
            (n for n in self._earlier(random, number) if self._kind(n) is Kind.ASSOCIATION), None
        )
        origin, residence = self._ends(random)
        said = _Said(random, _language(residence), origin, residence)
        budget = random.randrange(5, 400) * 500
        return {
            "name": written(random, said.sentence("project")),
            **said.about("about"),
            **({"association": self._key(association)} if association is not None else {}),
            "origin": [written_place(random, origin, said.language)],
            "residence": [written_place(random, residence, said.language)],
            "budget": _euros(budget),
            "own_contribution": _euros(budget // random.choice([4, 5, 10])),
            "starts": str(random.randint(2024, 2028)),
        }

    @staticmethod
    def _earlier(random: Random, number: int) -> Iterator[int]:
        return (random.randrange(number) for _ in range(LOOKED_BACK if number else 0))


class _Said:
    """What one organisation says, in its language, of its places and its work."""

    def __init__(
        self, random: Random, language: Language, origin: Spot, residence: Spot, place: Spot | None = None
    ) -> None:
        self.language, self._random = language, random
        self._sectors = patterns.sector_codes().draw_some(random, 3)
        self._values = {
            "origin": _name(origin, language),
            "residence": _name(residence, language),
            "place": _name(place or residence, language),
            "work": _everyday_word(random, self._sectors[0], language),
            "other": _everyday_word(random, self._sectors[-1], language),
            "number": str(random.randint(8, 900)),
        }

    def sentence(self, sort: str) -> str:
        """A text of this sort with the organisation's own places and work in it, its first letter large."""
        said = self._random.choice(_texts()[self.language][sort]).format(**self._values)
        return said[0].upper() + said[1:]

    def text(self, sort: str) -> dict[str, str]:
        """The same, as a text by language."""
        return {self.language.value: self.sentence(sort)}

    def about(self, sort: str) -> JsonObject:
        """Description, sectors and priorities."""
        sentences = dict.fromkeys(self.sentence(sort) for _ in range(self._random.randint(1, 3)))
        return {
            "description": {self.language.value: " ".join(sentences)},
            "sectors": [_written_sector(self._random, code, self.language) for code in self._sectors],
            "priorities": patterns.priorities().draw_some(self._random, 2),
        }


def _jurisdictions(spots: Spots, seed: int) -> list[Spot]:
    """The territories that authorities govern, in the order in which these are generated."""
    weights: dict[str, float] = defaultdict(float)
    shares: dict[Side, float] = {"origin": ORIGIN_SHARE, "residence": 1 - ORIGIN_SHARE}
    for side, share in shares.items():
        for code, weight in patterns.ends()[side].items():
            weights[code] += share * weight
    drawn = Random(f"{seed}/authorities")  # noqa: S311 - to be reproducible, not secret
    return [spot for spot in spots.order(drawn, weights) if not _is_documented(spot)]


def _is_documented(spot: Spot) -> bool:
    """Whether a documented authority governs a place."""
    return spot.code in patterns.governed() or any(
        country == spot.country and fold(place).endswith(fold(spot.name))
        for country, place in patterns.governed_places()
    )


def _level(spot: Spot) -> Level:
    if spot.level == "locality":
        return "municipality"
    return ("national", "region", "province")[min(spot.depth, 3) - 1]


def _language(spot: Spot) -> Language:
    return LANGUAGE_OF.get(spot.country, Language.EN)


def _name(spot: Spot, language: Language) -> str:
    return spot.names.get(language) or spot.name


def _everyday_word(random: Random, code: str, language: Language) -> str:
    sector = sectors()[code]
    return random.choice([sector.names[language].lower(), *sector.words[language]])


def _written_sector(random: Random, code: str, language: Language) -> str:
    sector = sectors()[code]
    return random.choice([code, code, sector.key, sector.names[language]])


def _euros(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "currency": "EUR"}


def _key_word(random: Random) -> str:
    return f"a{random.randrange(36**6):x}"


@cache
def _texts() -> dict[str, dict[str, list[str]]]:
    texts: dict[str, dict[str, list[str]]] = read_yaml("seed.synthetic", "texts.yaml")
    return texts
