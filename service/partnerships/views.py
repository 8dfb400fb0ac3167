"""Partnerships as their readers see them."""

from typing import cast

from schemas.language import Language
from schemas.partnerships import PartnershipPublic, PartnershipState
from schemas.records import PartnershipStatus
from service.db.tables import Partnership, Profile
from service.profiles.keys import shown_key
from service.profiles.views import reference
from service.security.authentication import Actor


def partnership_view(
    partnership: Partnership, query: Profile, candidate: Profile, language: Language, actor: Actor | None
) -> PartnershipPublic:
    """A partnership with its two sides, as the caller sees it."""
    sides = {"query": reference(query, language), "candidate": reference(candidate, language)}
    return PartnershipPublic(
        id=partnership.id,
        query=shown_key(query.key, actor),
        candidate=shown_key(candidate.key, actor),
        query_profile=sides["query"],
        candidate_profile=sides["candidate"],
        since=partnership.since,
        status=cast("PartnershipStatus | None", partnership.status),
        source=partnership.source,
        state=PartnershipState(partnership.state),
        named_by=sides.get(partnership.named_by or ""),
        created_at=partnership.created_at,
        updated_at=partnership.updated_at,
    )
