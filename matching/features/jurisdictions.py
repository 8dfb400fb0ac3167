"""Which authorities govern the same: one territory, on one level of government."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from matching.features.collection import ProfileCollection
from matching.features.encoding import EncodedProfile
from matching.features.matrices import FeatureMatrices
from schemas.kinds import Kind


def same_jurisdiction(profiles: ProfileCollection, key: str) -> list[EncodedProfile]:
    """The other authorities that govern what an authority governs; none of anybody else."""
    profile = profiles.get(key)
    if profile is None or profile.jurisdiction is None:
        return []
    authorities = profiles.of(Kind.AUTHORITY)
    positions = authorities.derived(_by_jurisdiction)[profile.jurisdiction]
    governing = (authorities.encoded[at] for at in positions)
    return [other for other in governing if other.traits.key != key]


def _by_jurisdiction(profiles: FeatureMatrices) -> Mapping[str, Sequence[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for position, profile in enumerate(profiles.encoded):
        if profile.jurisdiction:
            found[profile.jurisdiction].append(position)
    return found
