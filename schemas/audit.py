"""The audit log as stewards read it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.inputs import JsonObject


class AuditEntryPublic(BaseModel):
    """One step that somebody took; ``hash`` is the SHA-256 over it and the hash of the entry before."""

    number: int
    at: datetime
    by: str
    kind: str = Field(description="Of what kind the subject is, such as `ruleset`.")
    subject_id: UUID
    did: str
    details: JsonObject
    hash: str
