"""All tables. Importing this package registers every one of them with the metadata."""

import service.db.base  # noqa: F401 - names constraints before the first table is made
from service.db.tables.accounts import ApiToken, IdempotentRequest
from service.db.tables.audit import AuditEntry
from service.db.tables.digests import (
    Digest,
    DigestItem,
    FormerUnsubscribeLink,
    OptInQuota,
    Subscription,
    SuppressedAddress,
)
from service.db.tables.duplicates import Duplicate, MergedProfile
from service.db.tables.jobs import Job, JobInput, JobRemark
from service.db.tables.outbox import Measurement, OutboxRow, ProcessHeartbeat
from service.db.tables.profiles import (
    Corridor,
    Counter,
    Partnership,
    Precedent,
    Profile,
    ProfileDeletion,
    ProfileLabel,
)
from service.db.tables.rules import Ruleset
from service.db.tables.suggestions import Decision, Generation, StoredSuggestion, SuggestionList
from service.db.tables.vocabulary import Territory, TerritoryName

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Corridor",
    "Counter",
    "Decision",
    "Digest",
    "DigestItem",
    "Duplicate",
    "FormerUnsubscribeLink",
    "Generation",
    "IdempotentRequest",
    "Job",
    "JobInput",
    "JobRemark",
    "Measurement",
    "MergedProfile",
    "OptInQuota",
    "OutboxRow",
    "Partnership",
    "Precedent",
    "ProcessHeartbeat",
    "Profile",
    "ProfileDeletion",
    "ProfileLabel",
    "Ruleset",
    "StoredSuggestion",
    "Subscription",
    "SuggestionList",
    "SuppressedAddress",
    "Territory",
    "TerritoryName",
]
