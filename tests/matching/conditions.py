"""Conditions and records at random, and a twin in plain Python of what conditions say of one pair."""

from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from matching.rules.conditions.base import Predicate
from matching.rules.conditions.combinators import PREDICATES, AllOf, AnyOf, BoundedCondition, Condition, Not
from matching.rules.ruleset import RulesetSettings
from schemas.dates import earliest_day, latest_day, years_before
from schemas.inputs import JsonObject
from schemas.kinds import PAIRINGS, Kind
from schemas.text_folding import fold
from tests.matching.records import DIOURBEL, KAOLACK, MAHDIA, PADUA, SICILY, VENETO

CONDITION: TypeAdapter[Condition] = TypeAdapter(BoundedCondition)
PAIRS = [(kind, other) for kind, others in PAIRINGS.items() for other in others]
TODAY = date(2026, 11, 24)
DAKAR: JsonObject = {
    "country": "SN",
    "code": "SN:2253354",
    "path": ["SN", "SN-DK", "SN:2253354"],
    "latitude": 14.69,
    "longitude": -17.44,
}
THIES: JsonObject = {
    "country": "SN",
    "code": "SN:2244799",
    "path": ["SN", "SN-TH", "SN:2244799"],
    "latitude": 14.79,
    "longitude": -16.93,
}
ITALY: JsonObject = {"country": "IT", "code": "IT", "path": ["IT"]}
PLACES = (KAOLACK, DIOURBEL, PADUA, VENETO, SICILY, MAHDIA, DAKAR, THIES, ITALY)
TERRITORIES = {place["code"]: tuple(place["path"]) for place in PLACES}
DAYS = ("2019", "2023-11-24", "2024", "2025-02-28", "2026-11-24", "2026-12-01")
SECTORS = ("240", "24040", "11120", "14031")
PRIORITIES = ("remittances", "capacities", "communities", "rights")


def money(amounts: st.SearchStrategy[int]) -> st.SearchStrategy[JsonObject]:
    return st.builds(
        lambda amount, currency: {"amount": f"{amount}.00", "currency": currency},
        amounts,
        st.sampled_from(["EUR", "XOF"]),
    )


def some_of(values: Any, least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique_by=str)


FLAGS = st.sampled_from([True, False, None])
SPEAK_OF: dict[str, frozenset[str]] = {
    "Formation d’infirmières": frozenset({"training", "nurse"}),
    "We look for nurses": frozenset({"nurse"}),
    "Cerchiamo pozzi": frozenset({"well"}),
    "wells, 2 000 EUR": frozenset({"well", "2000 EUR"}),
    "5000 EUR": frozenset({"5000 EUR"}),
    "zzz": frozenset(),
}
"""Texts, with what they speak of and the amounts they name."""
SPOKEN = st.sampled_from([*SPEAK_OF, None])
COMMON = {
    "needs": SPOKEN,
    "languages": some_of(["fr", "it-IT", "it", "wo"]),
    "sectors": some_of(SECTORS),
    "priorities": some_of(PRIORITIES),
}
SIDES = {"origin": some_of(PLACES), "residence": some_of(PLACES)}
FIELDS: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
    Kind.ASSOCIATION: {
        **SIDES,
        "registered": FLAGS,
        "registered_since": st.sampled_from([*DAYS, None]),
        "legal_form": st.sampled_from(["association", "informal", None]),
        "members": st.sampled_from([None, 0, 19, 20, 300]),
        "founded": st.sampled_from([*DAYS, None]),
        "elected_board": FLAGS,
        "published_accounts": FLAGS,
        "federated": FLAGS,
        "offers": st.none() | st.builds(lambda said: {"human": said}, st.sampled_from(list(SPEAK_OF))),
    },
    Kind.AUTHORITY: {
        "territory": st.sampled_from(PLACES),
        "role": st.sampled_from(["origin", "residence", "both", None]),
        "level": st.sampled_from(["municipality", "region", None]),
    },
    Kind.PROGRAMME: {
        **SIDES,
        "mechanism": st.sampled_from(["3x1", "Fondo único", None]),
        "opens": st.sampled_from(["2026-01-01", "2026-12-01", None]),
        "closes": st.sampled_from(["2026-11-01", "2027-01-01", None]),
    },
    Kind.PROJECT: {
        **SIDES,
        "budget": st.none() | money(st.sampled_from([0, 1000, 5000, 9000])),
        "own_contribution": st.none() | money(st.sampled_from([0, 250, 1000, 3000])),
    },
}


def records(kind: Kind, key: str) -> st.SearchStrategy[JsonObject]:
    """Records of a kind with this key; what they do not say is left out."""
    fields = st.fixed_dictionaries({**COMMON, **FIELDS[kind]})
    return fields.map(
        lambda said: (
            {"kind": kind.value, "key": key, "name": key}
            | {name: value for name, value in said.items() if value is not None}
        )
    )


GAPS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "place_within": {
        "side": st.sampled_from(["origin", "residence", None]),
        "places": some_of([place["code"] for place in PLACES], 1),
    },
    "sector_within": {"sectors": some_of(SECTORS, 1)},
    "priority_in": {"priorities": some_of(PRIORITIES, 1)},
    "registered_for": {"years": st.sampled_from([1, 2, 3])},
    "legal_form_in": {"forms": some_of(["association", "cooperative", "informal"], 1)},
    "members_at_least": {"least": st.sampled_from([1, 20, 100])},
    "founded_before": {"day": st.sampled_from(["2019-06-01", "2023-11-24", "2025-01-01"])},
    "level_in": {"levels": some_of(["municipality", "region", "state"], 1)},
    "mechanism_in": {"mechanisms": some_of(["3X1", "fondo unico", "grant"], 1)},
    "call_open": {"day": st.sampled_from([None, "2026-11-01", "2026-12-24"])},
    "budget_within": {
        "least": st.none() | st.just({"amount": "1000", "currency": "EUR"}),
        "most": st.just({"amount": "5000", "currency": "EUR"}),
    },
    "own_contribution_at_least": {"share": st.sampled_from([0.05, 0.25, 1.0])},
    "experienced": {"partners": st.sampled_from([1, 2])},
    "distance_at_most": {"kilometres": st.sampled_from([10.0, 60.0, 5000.0])},
}
"""What may stand in the gaps of each condition that has any."""


def predicate(form: type[Predicate], kinds: set[Kind]) -> st.SearchStrategy[JsonObject]:
    """Conditions of one form as they are sent, on a pair of these kinds."""
    name = form.model_fields["type"].default
    gaps = dict(GAPS.get(name, {}))
    if "of" in form.model_fields:
        gaps["of"] = st.sampled_from(sorted(kind.value for kind in kinds))
    return st.fixed_dictionaries({"type": st.just(name), **gaps})


def forms_between(kinds: set[Kind]) -> list[type[Predicate]]:
    """The forms of condition that may be asked of a pair of these kinds."""
    return [form for form in PREDICATES if getattr(form, "of_whom", None) in {None, *kinds}]


def conditions(kinds: set[Kind]) -> st.SearchStrategy[JsonObject]:
    """Conditions as they are sent, on a pair of these kinds."""
    predicates = st.one_of([predicate(form, kinds) for form in forms_between(kinds)])
    parts = st.recursive(
        predicates,
        lambda inner: st.one_of(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["all", "any"]), "of": st.lists(inner, min_size=1, max_size=3)}
            ),
            st.fixed_dictionaries({"type": st.just("not"), "of": inner}),
        ),
        max_leaves=5,
    )
    return parts.filter(fits)


def fits(condition: JsonObject) -> bool:
    """Whether a condition is one that may be sent."""
    try:
        CONDITION.validate_python(condition)
    except ValueError:
        return False
    return True


def holds(
    condition: Condition, one: JsonObject, other: JsonObject, together: bool, *, negated: bool = False
) -> bool | None:
    """Whether a condition holds between two records; ``None`` when they do not say enough."""
    if isinstance(condition, Not):
        return holds(condition.of, one, other, together, negated=not negated)
    if isinstance(condition, (AllOf, AnyOf)):
        found = [holds(part, one, other, together, negated=negated) for part in condition.of]
        return (
            _all(found) if isinstance(condition, AllOf) is not negated else _not(_all(list(map(_not, found))))
        )
    if not condition.kinds():
        verdict = _of_pair(condition, one, other, together)
        return _not(verdict) if negated else verdict
    sides = [record for record in (one, other) if Kind(record["kind"]) in condition.kinds()]
    said = [_of_one(condition, side) for side in sides]
    return _all(list(map(_not, said)) if negated else said)


def _not(said: bool | None) -> bool | None:
    return None if said is None else not said


def _all(said: list[bool | None]) -> bool | None:
    if False in said:
        return False
    return None if None in said else True


def _of_pair(condition: Any, one: JsonObject, other: JsonObject, together: bool) -> bool | None:
    if condition.type in ("not_partners_yet", "no_open_introduction"):
        return not together
    if condition.type == "experienced":
        return together and condition.partners == 1
    if condition.type == "offers_meet_needs":
        ways = [(_offered(giver), _needed(taker)) for giver, taker in ((one, other), (other, one))]
        met = [any(_meets(offer, need) for offer in offers for need in needs) for offers, needs in ways]
        return any(met) if any(met) or any(offers and needs for offers, needs in ways) else None
    if condition.type == "language_shared":
        mine, theirs = ({tag[:2] for tag in record["languages"]} for record in (one, other))
        return bool(mine & theirs) if mine and theirs else None
    apart = [_kilometres(here, there) for here in _towns(one) for there in _towns(other)]
    return min(apart) <= condition.kilometres if apart else None


def _offered(record: JsonObject) -> frozenset[str]:
    return SPEAK_OF[record["offers"]["human"]] if "offers" in record else frozenset()


def _needed(record: JsonObject) -> frozenset[str]:
    said = SPEAK_OF[record["needs"]] if "needs" in record else frozenset()
    budget, own = record.get("budget"), record.get("own_contribution")
    if budget and not own:
        return said | {f"{int(float(budget['amount']))} {budget['currency']}"}
    if budget and own and budget["currency"] == own["currency"]:
        missing = int(float(budget["amount"])) - int(float(own["amount"]))
        return said | {f"{missing} {budget['currency']}"} if missing > 0 else said
    return said


def _meets(offer: str, need: str) -> bool:
    """Whether one thing meets another; amounts do in one currency, if there is enough."""
    if " " not in offer or " " not in need:
        return offer == need
    (offered, one), (needed, other) = offer.split(), need.split()
    return one == other and int(needed) <= int(offered)


def _towns(record: JsonObject) -> list[JsonObject]:
    places = [
        *record.get("origin", []),
        *record.get("residence", []),
        *([record["territory"]] if "territory" in record else []),
    ]
    return [place for place in places if "latitude" in place]


def _kilometres(here: JsonObject, there: JsonObject) -> float:
    north, east = (radians(there[name] - here[name]) for name in ("latitude", "longitude"))
    middle = cos(radians(here["latitude"])) * cos(radians(there["latitude"]))
    return 2 * 6371.0088 * asin(sqrt(sin(north / 2) ** 2 + middle * sin(east / 2) ** 2))


def _of_one(condition: Any, record: JsonObject) -> bool | None:
    said: bool | None = _ANSWERS[condition.type](condition, record)
    return said


def _place(condition: Any, record: JsonObject) -> bool | None:
    places = [
        place
        for side in ("origin", "residence")
        if condition.side in (side, None)
        for place in _on(side, record)
    ]
    wanted = [TERRITORIES[code] for code in condition.places]
    if any(path == tuple(place["path"])[: len(path)] for place in places for path in wanted):
        return True
    if not places or any(
        tuple(place["path"]) == path[: len(place["path"])] for place in places for path in wanted
    ):
        return None
    return False


def _on(side: str, record: JsonObject) -> list[JsonObject]:
    if record["kind"] == "authority":
        return [record["territory"]] if record.get("role") in (side, "both", None) else []
    on_side: list[JsonObject] = record.get(side, [])
    return on_side


def _sector(condition: Any, record: JsonObject) -> bool | None:
    own = record["sectors"]
    if any(code.startswith(asked) for code in own for asked in condition.sectors):
        return True
    return (
        None
        if not own or any(asked.startswith(code) for code in own for asked in condition.sectors)
        else False
    )


def _registered_for(condition: Any, record: JsonObject) -> bool | None:
    if record.get("registered") is False:
        return False
    since = record.get("registered_since")
    day = years_before(TODAY, condition.years)
    return _before_or_on(since, day)


def _before_or_on(said: str | None, day: date) -> bool | None:
    if said is None:
        return None
    if latest_day(said) <= day:
        return True
    return False if earliest_day(said) > day else None


def _founded(condition: Any, record: JsonObject) -> bool | None:
    return _before_or_on(record.get("founded"), date.fromordinal(condition.day.toordinal() - 1))


def _call(condition: Any, record: JsonObject) -> bool | None:
    day = (condition.day or TODAY).isoformat()
    opens, closes = record.get("opens"), record.get("closes")
    return (opens or "") <= day <= (closes or "9") if opens or closes else None


def _budget(condition: Any, record: JsonObject) -> bool | None:
    budget = record.get("budget")
    if not budget or budget["currency"] != condition.currency:
        return None
    least = condition.least.amount if condition.least else 0
    return bool(least <= float(budget["amount"]) <= condition.most.amount)


def _contribution(condition: Any, record: JsonObject) -> bool | None:
    paid, budget = record.get("own_contribution"), record.get("budget")
    if not paid or not budget or paid["currency"] != budget["currency"] or not float(budget["amount"]):
        return None
    return bool(float(paid["amount"]) >= condition.share * float(budget["amount"]))


def _text(field: str, values: str) -> Any:
    def answer(condition: Any, record: JsonObject) -> bool | None:
        said = record.get(field)
        return None if said is None else fold(said) in map(fold, getattr(condition, values))

    return answer


def _flag(field: str) -> Any:
    return lambda _condition, record: record.get(field)


_ANSWERS: dict[str, Any] = {
    "place_within": _place,
    "sector_within": _sector,
    "priority_in": lambda condition, record: (
        bool(set(condition.priorities) & set(record["priorities"])) if record["priorities"] else None
    ),
    "registered": _flag("registered"),
    "registered_for": _registered_for,
    "legal_form_in": _text("legal_form", "forms"),
    "members_at_least": lambda condition, record: (
        None if record.get("members") is None else record["members"] >= condition.least
    ),
    "founded_before": _founded,
    "elected_board": _flag("elected_board"),
    "published_accounts": _flag("published_accounts"),
    "federated": _flag("federated"),
    "level_in": _text("level", "levels"),
    "mechanism_in": _text("mechanism", "mechanisms"),
    "call_open": _call,
    "budget_within": _budget,
    "own_contribution_at_least": _contribution,
}


def with_conditions(*asked: dict[str, Any], between: str = "association:programme") -> RulesetSettings:
    """The balanced ruleset with some conditions."""
    settings = RulesetSettings.balanced().model_dump(mode="json")
    settings["conditions"] = [
        {"key": f"condition-{number}", "between": [between], **({"condition": one} if "type" in one else one)}
        for number, one in enumerate(asked)
    ]
    settings["territories"] = TERRITORIES
    return RulesetSettings.model_validate(settings)
