"""Entries of the audit log as stewards see them."""

import json

from schemas.audit import AuditEntryPublic
from service.db.tables import AuditEntry


def audit_entry_view(entry: AuditEntry) -> AuditEntryPublic:
    """One step that somebody took."""
    return AuditEntryPublic(
        number=entry.number,
        at=entry.at,
        by=entry.by,
        kind=entry.kind,
        subject_id=entry.subject_id,
        did=entry.did,
        details=json.loads(entry.details),
        hash=entry.hash,
    )
