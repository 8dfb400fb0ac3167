"""Pairs of possible duplicates and merged profiles, as stewards see them."""

from typing import Any

from service.db.tables import Duplicate, MergedProfile, Profile
from service.http.times import utc
from service.profiles.possible_duplicates import duplicate_sentence, profile_summary
from service.vocabularies.wording import Wording


def pair(duplicate: Duplicate, first: Profile, second: Profile, wording: Wording) -> dict[str, Any]:
    """Two profiles that may be the same, for a steward."""
    return {
        "id": str(duplicate.id),
        **{
            name: {
                **profile_summary(profile, wording),
                "published": profile.published,
                "created_at": utc(profile.created_at),
                "updated_at": utc(profile.updated_at),
            }
            for name, profile in (("first", first), ("second", second))
        },
        "degree": duplicate.degree,
        "because": duplicate.because,
        "detail": duplicate_sentence(first, duplicate.because, wording),
        "state": duplicate.state,
        "found_at": utc(duplicate.found_at),
        "decided_by": duplicate.decided_by,
        "decided_at": utc(duplicate.decided_at) if duplicate.decided_at else None,
        "reason": duplicate.reason,
    }


def merged(was: MergedProfile, into: Profile) -> dict[str, Any]:
    """A profile that was merged, for a steward."""
    return {
        "id": str(was.id),
        "kind": was.kind,
        "key": was.key,
        "into": str(into.id),
        "document": was.document,
        "moved": was.moved,
        "created_at": utc(was.created_at),
        "merged_at": utc(was.merged_at),
        "merged_by": was.merged_by,
        "reason": was.reason,
    }
