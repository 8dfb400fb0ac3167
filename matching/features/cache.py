"""A bounded cache of what was computed for single profiles."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from matching.features.encoding import EncodedProfile

Computed = TypeVar("Computed")
MAX_CACHED_PROFILES = 10_000
"""Each entry takes some kilobytes."""


class ProfileCache(Generic[Computed]):
    """Values by profile; one that was computed for a former version of a profile is not used."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[EncodedProfile, Computed]] = {}

    def get_or_compute(
        self, profiles: Sequence[EncodedProfile], compute: Callable[[Sequence[int]], Iterable[Computed]]
    ) -> list[Computed]:
        """The value of each profile, in order.

        ``compute`` gets the positions of the profiles that are missing and gives their values in that order.
        """
        found = [self._entries.get(profile.traits.key) for profile in profiles]
        missing = [
            position
            for position, (profile, entry) in enumerate(zip(profiles, found, strict=True))
            if not entry or entry[0] is not profile
        ]
        for position, value in zip(missing, compute(missing) if missing else (), strict=True):
            found[position] = profiles[position], value
        if len(self._entries) + len(missing) > MAX_CACHED_PROFILES:
            self._entries.clear()
        new = ((position, found[position]) for position in missing[:MAX_CACHED_PROFILES])
        self._entries.update((profiles[position].traits.key, entry) for position, entry in new if entry)
        return [entry[1] for entry in found if entry]
