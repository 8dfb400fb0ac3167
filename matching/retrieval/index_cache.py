"""Indexes of profiles, built when they are first needed and shared between the rulesets of a model."""

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from matching.features.profiles import KindProfiles
from matching.features.region import RegionReading, region_reading
from matching.features.text import CharacterVectorizer
from matching.features.weighting import IdfWeights
from matching.parts.registry import indexed_matrices
from schemas.kinds import Kind

if TYPE_CHECKING:
    from matching.retrieval.block_max_index import BlockMaxIndex


@dataclass(frozen=True)
class _CachedIndex:
    profiles: object
    """The encoded profiles: the same object for all readings of the same profiles."""
    idf: IdfWeights
    index: "BlockMaxIndex"


class IndexCache:
    """Indexes by profiles and IDF weights.

    Profiles that are read under another ruleset, or against another kind, keep the character n-grams of their latest index,
    by far its largest part.
    """

    def __init__(self) -> None:
        self._entries: WeakKeyDictionary[KindProfiles, dict[RegionReading, _CachedIndex]] = (
            WeakKeyDictionary()
        )
        self._latest: dict[Kind, _CachedIndex] = {}
        self._lock = Lock()

    def index_of(self, profiles: KindProfiles, idf: IdfWeights, against: Kind) -> "BlockMaxIndex":
        """The index of these profiles as candidates for subjects of another kind."""
        reading = region_reading(profiles.kind, against)
        with self._lock:
            entry = self._entries.setdefault(profiles, {}).get(reading)
        if entry is not None and entry.idf is idf:
            return entry.index
        entry = _CachedIndex(profiles.encoded, idf, self._build(profiles, idf, against, reading))
        with self._lock:
            self._entries.setdefault(profiles, {})[reading] = entry
            self._latest[profiles.kind] = entry
        return entry.index

    def _build(
        self, profiles: KindProfiles, idf: IdfWeights, against: Kind, reading: RegionReading
    ) -> "BlockMaxIndex":
        # The index brings the compiler of its loops, which nobody needs where there are few profiles.
        from matching.retrieval.block_max_index import BlockMaxIndex

        parts = indexed_matrices(profiles, idf, against)
        # Taken out, so that an index of no use is gone before the next one takes its memory.
        with self._lock:
            self._entries.setdefault(profiles, {}).pop(reading, None)
            latest = self._latest.pop(profiles.kind, None)
        if latest is not None and latest.profiles is profiles.encoded and latest.idf is idf:
            return latest.index.with_parts(parts)
        del latest
        return BlockMaxIndex(parts, profiles.matrix(CharacterVectorizer), idf.of(CharacterVectorizer).weigh)
