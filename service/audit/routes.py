"""``/audit``: who did what and when, for stewards."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from schemas.audit import AuditEntryPublic
from schemas.profiles import Page
from service.audit import repository
from service.audit.views import audit_entry_view
from service.db.session import ReadingSession
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Cursor, Limit, page, position
from service.security.authentication import Steward

router = GuardedRouter(prefix="/audit", tags=["rules"])


@router.get("")
def list_audit_entries(
    session: ReadingSession,
    _actor: Steward,
    subject: Annotated[UUID | None, Query(description="Only what was done to this one.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[AuditEntryPublic]:
    """Every step in the life of rulesets, tokens, partnerships and programmes, and every merge, newest first. Entries are never changed; `passerelle doctor audit` tells whether
    anybody has done so all the same."""
    found = repository.newest_first(session, position(cursor), limit + 1, subject)
    return page(Page[AuditEntryPublic], found, limit, lambda entry: entry.number, audit_entry_view)
