"""Why a partner is proposed and what to do next, in sentences for somebody who never saw the software.

Sentences name a place before or after a colon ("Kaolack: your members come from there"), so that no language needs a preposition for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from matching import SIDES, Side, Suggestion, Traits, are_neighbours, nested, shared_on
from schemas.kinds import Kind
from schemas.translation import Message, message
from schemas.weights import ScorePartName
from service.vocabularies.wording import Wording

Scope = Literal["near", "whole", "country"]
"""What people and an authority share: a region or town; the country that it governs; or a country, and no more is known."""
COUNTRY_CODE_LENGTH = 2
LEAST_POINTS = 0.005
"""A part that adds less than this to the score is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class EarlierPartner:
    """One with whom a candidate has worked: since when, if that is known, and what it shares with the subject."""

    name: str
    since: str | None
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """With whom a candidate has worked: with an earlier ``partner`` like the subject, with the subject itself
    (``together_since``, empty when nobody says since when), with anybody at all."""

    partner: EarlierPartner | None
    together_since: str | None
    is_known: bool


def explain(
    suggestion: Suggestion,
    subject: Traits,
    candidate: Traits,
    names: tuple[str, str],
    history: History,
    more: Sequence[Message],
    wording: Wording,
) -> str:
    """The explanation. ``names`` are subject's and candidate's; ``more`` is what there is to say beside reasons."""
    sentences = list(reasons_in_words(suggestion, subject, candidate, names[1], wording))
    are_peers = subject.kind is candidate.kind is Kind.ASSOCIATION
    sentences += [wording.say(item) for item in _history(suggestion, names[1], history, are_peers=are_peers)]
    sentences += [wording.say(item) for item in more]
    if Kind.PROGRAMME in (subject.kind, candidate.kind):
        sentences.append(wording.say(NO_PROMISE))
    sentences.append(wording.say(NEXT_STEPS[suggestion.kind] if history.together_since is None else GO_ON))
    return " ".join(sentences)


def reasons_in_words(
    suggestion: Suggestion, subject: Traits, candidate: Traits, name: str, wording: Wording
) -> Iterator[str]:
    """What subject and candidate share, a sentence each, places first; ``name`` is the candidate's."""
    said = {part.name: part.because for part in suggestion.parts if part.points >= LEAST_POINTS}
    yield from (wording.say(sentence) for sentence in _places(suggestion, subject, candidate, name))
    if said.get("sector"):
        words = wording.sectors(said["sector"])
        yield wording.say(message("You both work in this field: {sectors}.", sectors=words))
    elif said.get("text"):
        words = wording.sectors(said["text"])
        yield wording.say(message("Your descriptions have this in common: {sectors}.", sectors=words))
    if said.get("priority"):
        named = wording.priorities(said["priority"])
        yield wording.say(message("Your priorities meet: {priorities}.", priorities=named))


NO_PROMISE = message("A fit is not a promise of funding: the people concerned decide.")
GO_ON = message("Next step: look together for what comes next, such as a programme that fits you both.")
NEXT_STEPS = {
    Kind.AUTHORITY: message("Next step: ask its office for associations or cooperation for a first meeting."),
    Kind.PROGRAMME: message(
        "Next step: check the conditions with those who run it before you prepare a request."
    ),
    Kind.ASSOCIATION: message("Next step: invite its board to a first conversation."),
    Kind.PROJECT: message("Next step: ask its association for the plan and the budget."),
}


def _history(
    suggestion: Suggestion, candidate: str, history: History, *, are_peers: bool
) -> Iterator[Message]:
    together, partner = history.together_since, history.partner
    if together is not None:
        yield (
            message("You have been working together since {year}.", year=together[:4])
            if together
            else message("You are working together already.")
        )
    elif partner is not None:
        sentence = EXPERIENCE[bool(partner.since), bool(partner.shared)]
        year = (partner.since or "")[:4]
        yield Message(
            sentence.text,
            {"candidate": candidate, "partner": partner.name, "year": year, "places": partner.shared},
        )
    elif history.is_known and are_peers:
        yield message("{candidate} has worked with others before: ask how they began.", candidate=candidate)
    elif history.is_known and _counts(suggestion, "track_record"):
        yield message("{candidate} has worked with others before.", candidate=candidate)


def _counts(suggestion: Suggestion, name: ScorePartName) -> bool:
    return any(part.name == name and part.points >= LEAST_POINTS for part in suggestion.parts)


EXPERIENCE = {
    (True, True): message(
        "Since {year}, {candidate} has worked with {partner}, who have this in common with you: {places}."
    ),
    (False, True): message(
        "{candidate} has worked with {partner}, who have this in common with you: {places}."
    ),
    (True, False): message("Since {year}, {candidate} has worked with {partner}, who are like you."),
    (False, False): message("{candidate} has worked with {partner}, who are like you."),
}


def _places(suggestion: Suggestion, subject: Traits, candidate: Traits, name: str) -> Iterator[Message]:
    if subject.kind is Kind.AUTHORITY and candidate.kind is Kind.AUTHORITY:
        yield from _between_authorities(suggestion, subject, candidate, name)
        return
    shared = {side: codes for side in SIDES if (codes := shared_on(side, subject, candidate))}
    if len(shared) == 2 and (sentence := _both_sides(subject.kind, candidate.kind)):
        yield Message(
            sentence.text, {"candidate": name, "origin": shared["origin"], "residence": shared["residence"]}
        )
        return
    for side, codes in shared.items():
        near = tuple(code for code in codes if not _is_country(code))
        scope = "near" if near else _scope_of_country(subject, candidate)
        sentence = _side_sentence(subject.kind, candidate.kind, side, scope)
        yield Message(sentence.text, {"places": near or codes, "candidate": name})


def _both_sides(subject: Kind, candidate: Kind) -> Message | None:
    """What is said at once of both sides of a corridor, where two share both."""
    if subject is candidate:
        return SAME_CORRIDOR
    return ROUTES[candidate] if Kind.PROGRAMME in (subject, candidate) else None


def _between_authorities(
    suggestion: Suggestion, subject: Traits, candidate: Traits, name: str
) -> Iterator[Message]:
    ends = next((part.because for part in suggestion.parts if part.name == "region"), ())
    if not ends:
        return
    if nested(subject, candidate):
        yield message("{candidate} and you work on common ground: {places}.", places=ends, candidate=name)
    elif are_neighbours(subject, candidate):
        yield message("{candidate} lies close to you: {places}.", places=ends, candidate=name)
    else:
        yield message(
            "{places}: people tie these territories together, and {candidate} is your counterpart at the other end.",
            places=ends, candidate=name,
        )  # fmt: skip


def _scope_of_country(subject: Traits, candidate: Traits) -> Scope:
    """What it means that people and an authority share a country and nothing below it."""
    if candidate.kind is Kind.AUTHORITY:
        return "whole" if _governs_country(candidate) else "country"
    return "near" if _governs_country(subject) else "country"


def _is_country(code: str) -> bool:
    return len(code) == COUNTRY_CODE_LENGTH


def _governs_country(authority: Traits) -> bool:
    return any(len(path) == 1 for path in authority.paths())


SAME_CORRIDOR = message(
    "{candidate}: its members come from where yours come from, and live where yours live: {origin} → {residence}."
)
ROUTES = {
    Kind.PROGRAMME: message("{candidate} covers your route: {origin} → {residence}."),
    Kind.ASSOCIATION: message(
        "The members of {candidate} know the route that you support: {origin} → {residence}."
    ),
    Kind.PROJECT: message("{candidate} lies on the route that you support: {origin} → {residence}."),
    Kind.AUTHORITY: message("{candidate} lies on the route that you support: {origin} → {residence}."),
}

_PEOPLE_TO_AUTHORITY = {
    ("origin", "near"): message("{places}: your members come from there, and {candidate} works there."),
    ("origin", "whole"): message(
        "{places}: your members come from there, and {candidate} is responsible for the whole country."
    ),
    ("origin", "country"): message(
        "{candidate} lies in the country that you name: {places}. Name the region or town your members come from, and whoever is responsible there comes first."
    ),
    ("residence", "near"): message("{places}: your members live there, and {candidate} works there."),
    ("residence", "whole"): message(
        "{places}: your members live there, and {candidate} is responsible for the whole country."
    ),
    ("residence", "country"): message(
        "{candidate} lies in the country that you name: {places}. Name the region or town where your members live, and whoever is responsible there comes first."
    ),
}
_PROJECT_TO_AUTHORITY = {
    ("origin", "near"): message("{places}: your project is to happen there, and {candidate} works there."),
    ("origin", "whole"): message(
        "{places}: your project is to happen there, and {candidate} is responsible for the whole country."
    ),
    ("origin", "country"): message(
        "{candidate} lies in the country that you name: {places}. Name the region or town of your project, and whoever is responsible there comes first."
    ),
    ("residence", "near"): message(
        "{places}: the people behind your project live there, and {candidate} works there."
    ),
    ("residence", "whole"): message(
        "{places}: the people behind your project live there, and {candidate} is responsible for the whole country."
    ),
    ("residence", "country"): message(
        "{candidate} lies in the country that you name: {places}. Name the region or town where the people behind your project live, and whoever is responsible there comes first."
    ),
}
_AUTHORITY_TO_ASSOCIATION = {
    ("origin", "near"): message(
        "{places}: the members of {candidate} come from there, and it is your territory."
    ),
    ("origin", "country"): message(
        "{candidate} names only the country its members come from: {places}. Ask which region or town."
    ),
    ("residence", "near"): message(
        "{places}: the members of {candidate} live there, and it is your territory."
    ),
    ("residence", "country"): message(
        "{candidate} names only the country where its members live: {places}. Ask which region or town."
    ),
}
_TO_PROGRAMME = {
    "origin": message("{candidate} is for people from a territory that is yours: {places}."),
    "residence": message("{candidate} is for people who live in a territory that is yours: {places}."),
}
_FROM_PROGRAMME = {
    "origin": message("{candidate} has its origin where you give support: {places}."),
    "residence": message("{candidate} is at home where you give support: {places}."),
}


def _side_sentence(subject: Kind, candidate: Kind, side: Side, scope: Scope) -> Message:
    if candidate is Kind.PROGRAMME:
        return _TO_PROGRAMME[side]
    if subject is Kind.PROGRAMME:
        return _FROM_PROGRAMME[side]
    if candidate is Kind.ASSOCIATION:
        return _AUTHORITY_TO_ASSOCIATION[side, scope]
    return (_PROJECT_TO_AUTHORITY if subject is Kind.PROJECT else _PEOPLE_TO_AUTHORITY)[side, scope]
