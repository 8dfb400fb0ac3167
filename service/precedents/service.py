"""Documented practices: which are listed."""

from collections.abc import Sequence

from sqlmodel import Session

from service.db.tables import Precedent
from service.http.pages import unknown_cursor
from service.precedents import repository
from service.precedents.searching import search_precedents


def list_practices(session: Session, query: str | None, after: str | None, limit: int) -> Sequence[Precedent]:
    """The next practices behind the one with the key ``after``: those that a query finds, the best first, or all by key.

    Raises ``Invalid`` for a key that the query does not find.
    """
    if query is None:
        return repository.after_key(session, after, limit)
    found = search_precedents(session, query)
    if after is not None and after not in found:
        raise unknown_cursor()
    begin = found.index(after) + 1 if after is not None else 0
    return repository.by_keys(session, found[begin : begin + limit])
