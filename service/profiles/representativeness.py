"""``/associations/{id}/representativeness``: what tells how well an association stands for its members, one by one.

Each indicator is shown on its own, with where it is known from and when it was so; none is added to another.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Request

from matching import ElectedBoard, Federated, PublishedAccounts, Registered, YesNoPredicate
from schemas.dates import as_precise_as_known
from schemas.kinds import Kind
from schemas.profiles import IndicatorPublic, Page
from schemas.records import INDICATORS, Indicator, Record
from schemas.translation import Message, message
from schemas.wording import Words
from service.db.session import ReadingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.pages import whole_list
from service.profiles.service import find_profile
from service.security.authentication import Caller

SAID_BY_ITSELF = message("The association’s own statement")
NOT_STATED = message("The profile does not say.")
router = GuardedRouter(prefix="/associations", tags=["associations"])


@router.get("/{profile_id}/representativeness")
def read_representativeness(
    profile_id: UUID, request: Request, session: ReadingSession, actor: Caller
) -> Page[IndicatorPublic]:
    """Registration, years, members, board, accounts and federation of an association, each with its source and date."""
    profile = find_profile(session, Kind.ASSOCIATION, profile_id, actor)
    words = Words(language_of(request))
    confirmed = profile.confirmed_at.date().isoformat() if profile.confirmed_at else None
    items = [_view(name, profile.document, words, confirmed) for name in INDICATORS]
    return whole_list(Page[IndicatorPublic], items)


def _view(name: Indicator, document: Record, words: Words, confirmed: str | None) -> IndicatorPublic:
    value = document.get(name)
    evidence = document.get("evidence", {}).get(name)
    is_stated = value is not None
    return IndicatorPublic(
        indicator=name,
        value=value,
        detail=words.say(_INDICATOR_SENTENCES[name](value) if is_stated else NOT_STATED),
        source=evidence["source"] if evidence else words.say(SAID_BY_ITSELF) if is_stated else None,
        date=evidence.get("date") if evidence else confirmed if is_stated else None,
        own_statement=is_stated and not evidence,
    )


def _yes_or_no(condition: type[YesNoPredicate]) -> Callable[[Any], Message]:
    return lambda value: condition().sentence(negated=not value)


_INDICATOR_SENTENCES: dict[Indicator, Callable[[Any], Message]] = {
    "registered": _yes_or_no(Registered),
    "registered_since": lambda value: message(
        "Legally registered: {since}.", since=as_precise_as_known(value)
    ),
    "founded": lambda value: message("Founded: {since}.", since=as_precise_as_known(value)),
    "members": lambda value: message("Members: {number}.", number=value),
    "elected_board": _yes_or_no(ElectedBoard),
    "published_accounts": _yes_or_no(PublishedAccounts),
    "federated": _yes_or_no(Federated),
}
