"""Blocking: short keys that profiles share if they may be duplicates, so that not all pairs are compared."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from matching.duplicates.profile import ComparableProfile
from schemas.kinds import Kind

MAX_PLACES = 4
MAX_NAME_WORDS = 8
"""Of shorter names each word is left out once; longer ones are treated as texts."""
SKETCH_SIZE = 4
"""Keys of a long text: near-identical texts share one of so many almost certainly."""


def blocking_keys(profile: ComparableProfile) -> set[str]:
    """Hashes of which near-identical profiles of a kind share at least one; they disclose nothing of the profile."""
    return set(map(_hashed, _keys(profile)))


def _keys(profile: ComparableProfile) -> Iterator[str]:
    if profile.registration_number:
        yield f"number {profile.registration_number}"
    yield from (f"at {address}" for address in profile.addresses.values())
    if profile.kind is Kind.AUTHORITY and (code := profile.record["territory"].get("code")):
        yield f"territory {code}"
    for name in profile.phonetic_names:
        yield from _name_keys(profile, sorted(set(name)))
    for text in profile.texts:
        yield from (f"text {least}" for least in _sketch(text))


def _name_keys(profile: ComparableProfile, words: Sequence[str]) -> Iterator[str]:
    yield "name " + " ".join(words)
    if len(words) > MAX_NAME_WORDS:
        yield from (f"text {least}" for least in _sketch(words))
    elif len(words) > 2:
        for left_out in words:
            yield "name " + " ".join(word for word in words if word != left_out)
    else:
        # One word of two is too common to be a key by itself; within one place it is not.
        for word in words:
            yield from (f"name {word} in {path[-1]}" for path in profile.paths[:MAX_PLACES])


def _sketch(words: Iterable[str]) -> list[str]:
    """The smallest hashes of the words (min-hash): texts with nearly the same words have nearly the same ones."""
    return sorted(map(_hashed, words))[:SKETCH_SIZE]


@lru_cache(50_000)
def _hashed(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
