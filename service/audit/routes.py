"""``/audit``: who did what and when, for stewards."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from schemas.audit import AuditEntryPublic
from schemas.profiles import Page
from service.audit import repository
from service.db.session import ReadingSession
from service.db.tables import AuditEntry
from service.http.pages import Cursor, Limit, page, position
from service.http.times import utc
from service.security.authentication import Steward

router = APIRouter(prefix="/audit", tags=["rules"])


@router.get("", response_model=Page[AuditEntryPublic])
def list_audit_entries(
    session: ReadingSession,
    _actor: Steward,
    subject: Annotated[UUID | None, Query(description="Only what was done to this one.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Every step in the life of rulesets, newest first. Entries are never changed; `passerelle doctor audit` tells whether
    anybody has done so all the same."""
    found = repository.newest_first(session, position(cursor), limit + 1, subject)
    return JSONResponse(page(found, limit, lambda entry: entry.number, _shown))


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": utc(entry.at),
        "by": entry.by,
        "kind": entry.kind,
        "subject_id": str(entry.subject_id),
        "did": entry.did,
        "details": json.loads(entry.details),
        "hash": entry.hash,
    }
