"""Why a partner is proposed and what to do next, in sentences for somebody who never saw the software.

Sentences name a place first ("Kaolack: that is where …"), so that no language needs a preposition for it.
"""

from collections.abc import Iterator

from matching import Suggestion
from matching.features.region import shared_on
from matching.traits import SIDES, Side, Traits
from schemas.kinds import Kind
from schemas.translation import Message, message
from service.suggestions.wording import Wording

LEAST_POINTS = 0.005
"""A part that adds less than this to the score is not worth a sentence."""


def explain(
    suggestion: Suggestion,
    subject: Traits,
    candidate: Traits,
    names: tuple[str, str],
    partner: tuple[str, str | None] | None,
    together_since: str | None,
    wording: Wording,
) -> str:
    """The explanation. ``names`` are subject's and candidate's; ``partner`` is an earlier partner like the subject."""
    said = {part.name: part.because for part in suggestion.parts if part.points >= LEAST_POINTS}
    sentences = [wording.say(sentence) for sentence in _places(suggestion, subject, candidate, names[1])]
    if said.get("sector"):
        sentences.append(
            wording.say(message("You both work on {sectors}.", sectors=wording.sectors(said["sector"])))
        )
    elif said.get("text"):
        words = wording.sectors(said["text"])
        sentences.append(
            wording.say(message("Your descriptions have this in common: {sectors}.", sectors=words))
        )
    if said.get("priority"):
        named = wording.priorities(said["priority"])
        sentences.append(wording.say(message("You share the priority {priorities}.", priorities=named)))
    sentences += [wording.say(item) for item in _history(names[1], partner, together_since)]
    sentences.append(wording.say(NEXT_STEPS[suggestion.kind]))
    return " ".join(sentences)


NEXT_STEPS = {
    Kind.AUTHORITY: message("Next step: ask its office for associations or cooperation for a first meeting."),
    Kind.PROGRAMME: message(
        "Next step: check the conditions with those who run it before you prepare a request."
    ),
    Kind.ASSOCIATION: message("Next step: invite its board to a first conversation."),
    Kind.PROJECT: message("Next step: ask its association for the plan and the budget."),
}


def _history(
    candidate: str, partner: tuple[str, str | None] | None, together: str | None
) -> Iterator[Message]:
    if together is not None:
        if together:
            yield message("You have been working together since {year}.", year=together[:4])
        else:
            yield message("You are working together already.")
    elif partner is not None:
        name, since = partner
        if since:
            yield message(
                "{candidate} has worked with {partner}, which resembles you, since {year}.",
                candidate=candidate, partner=name, year=since[:4],
            )  # fmt: skip
        else:
            yield message(
                "{candidate} has worked with {partner}, which resembles you.",
                candidate=candidate,
                partner=name,
            )


def _places(suggestion: Suggestion, subject: Traits, candidate: Traits, name: str) -> Iterator[Message]:
    if subject.kind is Kind.AUTHORITY and candidate.kind is Kind.AUTHORITY:
        ends = next((part.because for part in suggestion.parts if part.name == "region"), ())
        if ends:
            yield message(
                "{places}: people tie these territories together, and {candidate} is your counterpart at the other end.",
                places=ends, candidate=name,
            )  # fmt: skip
        return
    shared = {side: codes for side in SIDES if (codes := shared_on(side, subject, candidate))}
    if len(shared) == 2 and Kind.PROGRAMME in (subject.kind, candidate.kind):
        sentence = ROUTES[Kind.PROGRAMME if candidate.kind is Kind.PROGRAMME else candidate.kind]
        yield Message(
            sentence.text, {"candidate": name, "origin": shared["origin"], "residence": shared["residence"]}
        )
        return
    for side, codes in shared.items():
        near = tuple(code for code in codes if len(code) > 2)
        sentence = _side_sentence(subject.kind, candidate.kind, side, bool(near))
        yield Message(sentence.text, {"places": near or codes, "candidate": name})


ROUTES = {
    Kind.PROGRAMME: message("{candidate} covers your route: {origin} → {residence}."),
    Kind.ASSOCIATION: message(
        "The members of {candidate} know the route that you support: {origin} → {residence}."
    ),
    Kind.PROJECT: message("{candidate} lies on the route that you support: {origin} → {residence}."),
    Kind.AUTHORITY: message("{candidate} lies on the route that you support: {origin} → {residence}."),
}

_PEOPLE_TO_AUTHORITY = {
    ("origin", True): message(
        "{places}: that is where your members come from, and where {candidate} is at work."
    ),
    ("origin", False): message(
        "{places}: that is the country your members come from, and {candidate} is at work there."
    ),
    ("residence", True): message(
        "{places}: that is where your members live, and where {candidate} is at work."
    ),
    ("residence", False): message(
        "{places}: that is the country your members live in, and {candidate} is at work there."
    ),
}
_PROJECT_TO_AUTHORITY = {
    ("origin", True): message(
        "{places}: that is where your project is to happen, and where {candidate} is at work."
    ),
    ("origin", False): message(
        "{places}: that is the country of your project, and {candidate} is at work there."
    ),
    ("residence", True): message(
        "{places}: that is where the people behind your project live, and where {candidate} is at work."
    ),
    ("residence", False): message(
        "{places}: that is the country where the people behind your project live, and {candidate} is at work there."
    ),
}
_AUTHORITY_TO_ASSOCIATION = {
    ("origin", True): message(
        "{places}: that is where the members of {candidate} come from, and it is your territory."
    ),
    ("origin", False): message(
        "{places}: that is the country the members of {candidate} come from, and yours as well."
    ),
    ("residence", True): message(
        "{places}: that is where the members of {candidate} live, and it is your territory."
    ),
    ("residence", False): message(
        "{places}: that is the country the members of {candidate} live in, and yours as well."
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


def _side_sentence(subject: Kind, candidate: Kind, side: Side, near: bool) -> Message:
    if candidate is Kind.PROGRAMME:
        return _TO_PROGRAMME[side]
    if subject is Kind.PROGRAMME:
        return _FROM_PROGRAMME[side]
    if candidate is Kind.ASSOCIATION:
        return _AUTHORITY_TO_ASSOCIATION[side, near]
    return (_PROJECT_TO_AUTHORITY if subject is Kind.PROJECT else _PEOPLE_TO_AUTHORITY)[side, near]
