"""What the territories of two have to do with each other, in words that keep apart who governs, who is near, and who only shares
a country."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from matching import SIDES, Side, Suggestion, Traits, are_neighbours, nested, shared_on
from schemas.kinds import Kind
from schemas.translation import Message, message
from service.suggestions.explanations.reasons import Reason, Topic

Relation = Literal["within", "around", "region", "nation", "country"]
"""How an authority's territory stands to a place where people come from or live: the place is ``within`` it; the place lies
``around`` it; both are in one ``region``; it governs the whole ``nation``; or no more than a ``country`` is known of the people."""
COUNTRY_CODE_LENGTH = 2


def common_territories(suggestion: Suggestion, subject: Traits, candidate: Traits) -> tuple[Reason, ...]:
    """What the two share on the map, a sentence for each side of a corridor, or one for both."""
    if subject.kind is Kind.AUTHORITY and candidate.kind is Kind.AUTHORITY:
        return tuple(_between_authorities(suggestion, subject, candidate))
    shared = {side: codes for side in SIDES if (codes := shared_on(side, subject, candidate))}
    corridor = _corridor_sentence(subject.kind, candidate.kind)
    if len(shared) == 2 and corridor:
        only_countries = all(map(is_country, (*shared["origin"], *shared["residence"])))
        return (_common(corridor, is_weak=only_countries, **shared),)
    return tuple(_on_side(subject, candidate, side, codes) for side, codes in shared.items())


def names_only_country(subject: Traits, candidates: Iterable[Traits]) -> frozenset[Side]:
    """The sides on which a subject names no more than a country, where some authority does not govern all of it."""
    return frozenset(
        side
        for candidate in candidates
        if candidate.kind is Kind.AUTHORITY and subject.kind in PEOPLE_TO_AUTHORITY
        for side in SIDES
        if (codes := shared_on(side, subject, candidate))
        and _relation(subject, candidate, side, codes) == "country"
    )


def _common(sentence: Message, *, is_weak: bool = False, **codes: tuple[str, ...]) -> Reason:
    """A sentence on territories, by their codes; the first of each side is enough where words are few."""
    fewer = {name: values[:1] for name, values in codes.items()}
    return Reason(
        Topic.TERRITORY, Message(sentence.text, dict(codes)), Message(sentence.text, fewer), is_weak=is_weak
    )


def _corridor_sentence(subject: Kind, candidate: Kind) -> Message | None:
    """What is said at once of both sides of a corridor, where two share both."""
    if subject is candidate is Kind.ASSOCIATION:
        return SAME_CORRIDOR
    if candidate is Kind.PROGRAMME:
        return FUNDS_CORRIDOR
    return IN_FUNDED_CORRIDOR.get(candidate) if subject is Kind.PROGRAMME else None


def _between_authorities(suggestion: Suggestion, subject: Traits, candidate: Traits) -> Iterator[Reason]:
    ends = next((part.because for part in suggestion.parts if part.name == "region"), ())
    if not ends:
        return
    if common := nested(subject, candidate):
        mine = max(len(path) for path in subject.paths())
        theirs = max(len(path) for path in candidate.paths())
        sentence = SAME_TERRITORY if len(common) == 1 else AROUND_YOURS if theirs < mine else WITHIN_YOURS
        yield _common(sentence, places=ends)
    elif are_neighbours(subject, candidate):
        yield _common(NEAR_YOURS, places=ends)
    else:
        yield Reason(Topic.TERRITORY, Message(LINKED_BY_MIGRATION.text, {"places": ends}))


def _on_side(subject: Traits, candidate: Traits, side: Side, codes: tuple[str, ...]) -> Reason:
    deepest = tuple(code for code in codes if not is_country(code)) or codes
    only_countries = all(map(is_country, codes))
    if candidate.kind is Kind.PROGRAMME:
        return _common(FUNDS[side], places=deepest, is_weak=only_countries)
    if subject.kind is Kind.PROGRAMME:
        return _common(IN_FUNDED_TERRITORY[candidate.kind, side], places=deepest, is_weak=only_countries)
    if subject.kind is candidate.kind:
        return _common(OF_PEERS[side], places=deepest, is_weak=only_countries)
    relation = _relation(subject, candidate, side, codes)
    if candidate.kind is Kind.ASSOCIATION:
        sentence = TO_ASSOCIATION[side, relation]
    else:
        sentence = PEOPLE_TO_AUTHORITY[subject.kind][side, relation]
    return _common(sentence, places=deepest, is_weak=relation == "country")


def _relation(subject: Traits, candidate: Traits, side: Side, codes: tuple[str, ...]) -> Relation:
    """How the one of the two that is an authority stands to the people of the other."""
    authority, people = (candidate, subject) if candidate.kind is Kind.AUTHORITY else (subject, candidate)
    if all(map(is_country, codes)):
        return "nation" if any(len(path) == 1 for path in authority.paths()) else "country"
    if any(path[-1] in codes for path in authority.paths()):
        return "within"
    return "around" if any(path and path[-1] in codes for path in people.places[side]) else "region"


def is_country(code: str) -> bool:
    """Whether a territory is a country, by its code."""
    return len(code) == COUNTRY_CODE_LENGTH


ONLY_COUNTRY = message("Only the country in common: {places}.")

SAME_TERRITORY = message("Responsible for the same territory as you: {places}.")
AROUND_YOURS = message("Its territory includes yours: {places}.")
WITHIN_YOURS = message("Its territory lies within yours: {places}.")
NEAR_YOURS = message("Its territory is close to yours: {places}.")
LINKED_BY_MIGRATION = message("Migration links your two territories: {places}.")

SAME_CORRIDOR = message("Same migration corridor as yours: {origin} → {residence}.")
OF_PEERS: Mapping[Side, Message] = {
    "origin": message("Its members have the same home area as yours: {places}."),
    "residence": message("Its members have the same area of residence as yours: {places}."),
}
FUNDS_CORRIDOR = message("Funds your migration corridor: {origin} → {residence}.")
FUNDS: Mapping[Side, Message] = {
    "origin": message("Funds this home area: {places}."),
    "residence": message("Funds this area of residence: {places}."),
}
IN_FUNDED_CORRIDOR: Mapping[Kind, Message] = {
    Kind.ASSOCIATION: message("Its members belong to a corridor you fund: {origin} → {residence}."),
    Kind.PROJECT: message("Belongs to a corridor you fund: {origin} → {residence}."),
}
IN_FUNDED_TERRITORY: Mapping[tuple[Kind, Side], Message] = {
    (Kind.ASSOCIATION, "origin"): message("Its members come from an area you fund: {places}."),
    (Kind.ASSOCIATION, "residence"): message("Its members live in an area you fund: {places}."),
    (Kind.PROJECT, "origin"): message("Takes place in an area you fund: {places}."),
    (Kind.PROJECT, "residence"): message("Its project lead lives in an area you fund: {places}."),
}
PEOPLE_TO_AUTHORITY: Mapping[Kind, Mapping[tuple[Side, Relation], Message]] = {
    Kind.ASSOCIATION: {
        ("origin", "within"): message("Responsible for your members’ home area: {places}."),
        ("origin", "around"): message("Lies in your members’ home area: {places}."),
        ("origin", "region"): message("In the same region as your members’ home area: {places}."),
        ("origin", "nation"): message("National institution in your members’ country of origin: {places}."),
        ("origin", "country"): ONLY_COUNTRY,
        ("residence", "within"): message("Responsible for your members’ area of residence: {places}."),
        ("residence", "around"): message("Lies in your members’ area of residence: {places}."),
        ("residence", "region"): message("In the same region as your members’ area of residence: {places}."),
        ("residence", "nation"): message(
            "National institution in your members’ country of residence: {places}."
        ),
        ("residence", "country"): ONLY_COUNTRY,
    },
    Kind.PROJECT: {
        ("origin", "within"): message("Responsible for the area of your project: {places}."),
        ("origin", "around"): message("Lies in the area of your project: {places}."),
        ("origin", "region"): message("In the same region as your project: {places}."),
        ("origin", "nation"): message("National institution in the country of your project: {places}."),
        ("origin", "country"): ONLY_COUNTRY,
        ("residence", "within"): message("Responsible for the project lead’s area of residence: {places}."),
        ("residence", "around"): message("Lies in the project lead’s area of residence: {places}."),
        ("residence", "region"): message(
            "In the same region as the project lead’s area of residence: {places}."
        ),
        ("residence", "nation"): message(
            "National institution in the project lead’s country of residence: {places}."
        ),
        ("residence", "country"): ONLY_COUNTRY,
    },
}
TO_ASSOCIATION: Mapping[tuple[Side, Relation], Message] = {
    ("origin", "within"): message("Its members come from your territory: {places}."),
    ("origin", "around"): message("Its members come from an area that includes yours: {places}."),
    ("origin", "region"): message("Its members come from the same region as yours: {places}."),
    ("origin", "nation"): message("Its members come from your country: {places}."),
    ("origin", "country"): ONLY_COUNTRY,
    ("residence", "within"): message("Its members live in your territory: {places}."),
    ("residence", "around"): message("Its members live in an area that includes yours: {places}."),
    ("residence", "region"): message("Its members live in the same region as you: {places}."),
    ("residence", "nation"): message("Its members live in your country: {places}."),
    ("residence", "country"): ONLY_COUNTRY,
}
