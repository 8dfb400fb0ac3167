"""Pairs of possible duplicates and merged profiles, as stewards see them."""

from typing import cast

from schemas.duplicates import DuplicatePublic, DuplicateState, MergedPublic, Side
from schemas.kinds import Kind
from service.db.tables import Duplicate, MergedProfile, Profile
from service.profiles.possible_duplicates import duplicate_sentence, home_places
from service.profiles.views import name_of
from service.vocabularies.wording import Wording


def duplicate_view(
    duplicate: Duplicate, first: Profile, second: Profile, wording: Wording
) -> DuplicatePublic:
    """Two profiles that may be the same."""
    return DuplicatePublic(
        id=duplicate.id,
        first=_side(first, wording),
        second=_side(second, wording),
        degree=duplicate.degree,
        because=duplicate.because,
        detail=duplicate_sentence(first, duplicate.because, wording),
        state=cast("DuplicateState", duplicate.state),
        found_at=duplicate.found_at,
        decided_by=duplicate.decided_by,
        decided_at=duplicate.decided_at,
        reason=duplicate.reason,
    )


def _side(profile: Profile, wording: Wording) -> Side:
    return Side(
        kind=Kind(profile.kind),
        id=profile.id,
        key=profile.key,
        name=name_of(profile, wording.language),
        places=home_places(profile),
        published=profile.published,
        created_at=profile.created_at,
        updated_at=profile.updated_at,
    )


def merged_view(was: MergedProfile, into: Profile) -> MergedPublic:
    """A profile that was merged."""
    return MergedPublic(
        id=was.id,
        kind=Kind(was.kind),
        key=was.key,
        into=into.id,
        document=was.document,
        moved=was.moved,
        created_at=was.created_at,
        merged_at=was.merged_at,
        merged_by=was.merged_by,
        reason=was.reason,
    )
