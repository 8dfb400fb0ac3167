"""Hard conditions: whether a pair may work together at all, with one plain sentence for each condition.

A condition is met, not met, or not known (``None``) because a profile does not say enough. Only what is not
met excludes; what is not known is said, so that a person can complete the profile or ask.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from matching.features.records import SIDES, Side, Traits
from schemas.dates import earliest_day
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.records import Record
from schemas.text_folding import fold
from schemas.translation import Message, message


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition: its rule, whether it is met, and a sentence; ``places`` in its values are territory codes."""

    rule: str
    met: bool | None
    sentence: Message


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a pair: its record and what matching read in it."""

    record: Record
    traits: Traits


def eligibility(one: Party, other: Party, on: date | None) -> list[ConditionResult]:
    """Every condition between two profiles, in whichever order they are given; dates count on day ``on``."""
    sides = {party.traits.kind: party for party in (other, one)}
    programme, authority = sides.get(Kind.PROGRAMME), sides.get(Kind.AUTHORITY)
    if programme is not None:
        applicant = one if programme is other else other
        return list(_programme_checks(programme, applicant, on))
    if authority is not None and one.traits.kind is not other.traits.kind:
        return list(_territory_checks(authority, one if authority is other else other))
    return []


def excluded(checks: Iterable[ConditionResult]) -> bool:
    """Whether one of these conditions is known not to be met."""
    return any(check.met is False for check in checks)


def _programme_checks(programme: Party, applicant: Party, on: date | None) -> Iterator[ConditionResult]:
    yield from _side_checks(programme.traits, applicant.traits)
    yield from applicant_checks(programme.record, applicant)
    yield from _date_checks(programme.record, on)
    if applicant.traits.kind is Kind.PROJECT:
        yield from _budget_checks(programme.record, applicant.record)


_SIDE_SENTENCES = {
    ("origin", True): message("The origin fits: the programme is for people from {places}."),
    ("origin", False): message("The programme is only for people from {places}."),
    ("origin", None): message(
        "The programme is for people from {places}. Say more precisely where your people come from."
    ),
    ("residence", True): message(
        "The place of residence fits: the programme is for people who live in {places}."
    ),
    ("residence", False): message("The programme is only for people who live in {places}."),
    ("residence", None): message(
        "The programme is for people who live in {places}. Say more precisely where your people live."
    ),
}


def _side_checks(programme: Traits, applicant: Traits) -> Iterator[ConditionResult]:
    for side in SIDES:
        allowed = programme.places[side]
        if not allowed or (applicant.kind is Kind.AUTHORITY and not applicant.places[side]):
            continue
        met = _within(applicant.places[side], allowed)
        if applicant.kind is Kind.AUTHORITY and met is False and len(applicant.shown_sides()) == 2:
            continue
        yield _side_check(side, met, _fitting(applicant.places[side], allowed) if met else allowed)


def _side_check(side: Side, met: bool | None, places: Sequence[TerritoryPath]) -> ConditionResult:
    sentence = _SIDE_SENTENCES[side, met]
    return ConditionResult(side, met, Message(sentence.text, {"places": tuple(path[-1] for path in places)}))


def _within(places: Sequence[TerritoryPath], allowed: Sequence[TerritoryPath]) -> bool | None:
    """Whether one of the places lies in an allowed one; not known when a place only might."""
    if _fitting(places, allowed):
        return True
    if not places or any(_holds(place, limit) for place in places for limit in allowed):
        return None
    return False


def _fitting(places: Sequence[TerritoryPath], allowed: Sequence[TerritoryPath]) -> list[TerritoryPath]:
    return [limit for limit in allowed if any(_holds(limit, place) for place in places)]


def _holds(outer: TerritoryPath, inner: TerritoryPath) -> bool:
    return inner[: len(outer)] == outer


ASSOCIATION_WORDS = ("associa", "asocia", "ong", "ngo", "club", "diaspora", "migrant", "organiz", "organis", "comunid", "comunit", "communaut", "communit", "civil")  # fmt: skip
AUTHORITY_WORDS = ("authorit", "autorit", "municip", "region", "commune", " comune ", " comuni ", "ayuntamiento", "collectivit", "province", "provinc", "state", "stato", "estado", "local gov", "entidad", "ente locale", "enti locali")  # fmt: skip
REGISTERED_WORDS = ("registered", "enregistree", "declaree", "registrada", "registrata", "registro")


def applicant_checks(programme: Record, applicant: Party) -> Iterator[ConditionResult]:
    """Whether an applicant is of those for whom a programme is; depends on its kind and whether it is registered."""
    allowed: list[str] = list(programme.get("applicants") or ())
    if not allowed:
        return
    if applicant.traits.kind is Kind.AUTHORITY and _authorities_pay(programme):
        yield ConditionResult(
            "applicants",
            True,
            message("Authorities take part in this programme by paying a share of each project."),
        )
        return
    words = [f" {fold(word)} " for word in allowed]
    meant = AUTHORITY_WORDS if applicant.traits.kind is Kind.AUTHORITY else ASSOCIATION_WORDS
    others = ASSOCIATION_WORDS if applicant.traits.kind is Kind.AUTHORITY else AUTHORITY_WORDS
    fitting = [word for word in words if any(part in word for part in meant)]
    values = {"applicants": ", ".join(allowed)}
    if fitting:
        yield _registration_check(fitting, applicant, values)
    elif all(any(part in word for part in others) for word in words):
        yield ConditionResult("applicants", False, message("Only these may apply: {applicants}.", **values))
    else:
        yield ConditionResult(
            "applicants",
            None,
            message("These may apply: {applicants}. Check whether you are one of them.", **values),
        )


def _authorities_pay(programme: Record) -> bool:
    parties = [f" {fold(part['party'])} " for part in programme.get("cofinancing") or ()]
    return any(word in party for party in parties for word in AUTHORITY_WORDS)


def _registration_check(fitting: list[str], applicant: Party, values: dict[str, Any]) -> ConditionResult:
    needed = all(any(part in word for part in REGISTERED_WORDS) for word in fitting)
    if needed and applicant.traits.kind is Kind.ASSOCIATION:
        registered = applicant.record.get("registered")
        if registered is False:
            return ConditionResult(
                "applicants",
                False,
                message("Only registered organisations may apply: {applicants}.", **values),
            )
        if registered is None:
            return ConditionResult(
                "applicants",
                None,
                message(
                    "Registered organisations may apply ({applicants}). Say in the profile whether you are registered.",
                    **values,
                ),
            )
    return ConditionResult(
        "applicants", True, message("Organisations of this kind may apply: {applicants}.", **values)
    )


def _date_checks(programme: Record, on: date | None) -> Iterator[ConditionResult]:
    opens, closes = opening_day(programme), closing_day(programme)
    if on is None or (opens is None and closes is None):
        return
    if closes is not None and closes < on:
        yield ConditionResult("dates", False, message("Applications closed on {day}.", day=closes))
    elif opens is not None and opens > on:
        yield ConditionResult("dates", None, message("Applications open on {day}.", day=opens))
    elif closes is not None:
        yield ConditionResult("dates", True, message("Applications are open until {day}.", day=closes))
    else:
        yield ConditionResult("dates", True, message("Applications are open."))


def opening_day(programme: Record) -> date | None:
    """The first day on which a programme takes applications, if it names one."""
    return _day(programme.get("opens"))


def closing_day(programme: Record) -> date | None:
    """The last day on which a programme takes applications, if it names one."""
    return _day(programme.get("closes"))


def _day(value: Any) -> date | None:
    return earliest_day(str(value)) if value else None


def _budget_checks(programme: Record, project: Record) -> Iterator[ConditionResult]:
    most, least = budget_limits(programme)
    if least is None and most is None:
        return
    asked = project.get("budget")
    if asked is None:
        yield ConditionResult(
            "budget", None, message("The programme looks at the budget. Add one to the project.")
        )
    elif any(limit and limit["currency"] != asked["currency"] for limit in (least, most)):
        currency = (most or least or {})["currency"]
        yield ConditionResult(
            "budget",
            None,
            message("The programme counts in {currency}. Compare the budget yourself.", currency=currency),
        )
    elif most and amount_of(asked) > amount_of(most):
        yield ConditionResult(
            "budget",
            False,
            message("The project’s budget is more than the programme gives: {money}.", money=in_words(most)),
        )
    elif least and amount_of(asked) < amount_of(least):
        yield ConditionResult(
            "budget",
            False,
            message(
                "The project’s budget is less than the programme’s least: {money}.", money=in_words(least)
            ),
        )
    else:
        yield ConditionResult(
            "budget", True, message("The project’s budget lies within what the programme gives.")
        )


def budget_limits(programme: Record) -> tuple[Record | None, Record | None]:
    """The most and the least that a project may cost to be supported."""
    return programme.get("project_max") or programme.get("budget"), programme.get("project_min")


def amount_of(money: Record) -> Decimal:
    """An amount of money as a number."""
    return Decimal(str(money["amount"]))


def in_words(money: Record) -> str:
    """An amount of money as it is shown: ``1200.00 EUR``."""
    return f"{money['amount']} {money['currency']}"


def _territory_checks(authority: Party, other: Party) -> Iterator[ConditionResult]:
    theirs = [path for side in SIDES for path in other.traits.places[side]]
    own = [path for side in SIDES for path in authority.traits.places[side]]
    if not theirs or not own:
        return
    met = any(
        mine[0] == path[0]
        for side in SIDES
        for mine in authority.traits.places[side]
        for path in other.traits.places[side]
    )
    places = {"places": tuple(dict.fromkeys(path[-1] for path in own))}
    if met:
        yield ConditionResult(
            "territory",
            True,
            message(
                "The territory fits: {places} is where the people concerned come from or live, or lies in the same country.",
                **places,
            ),
        )
    else:
        yield ConditionResult(
            "territory",
            False,
            message(
                "The territory does not fit: the people concerned neither come from {places} nor live there.",
                **places,
            ),
        )
