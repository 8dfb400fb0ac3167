"""Whose lists a change may show on: the other direction of matching, from candidates to subjects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.state import FittedState
from matching.features.profiles import KindProfiles
from matching.parts.similarities import Similarities
from matching.sparse.matrices import Floats
from matching.sparse.precision import FLOAT64_TOLERANCE, MIN_SCORE
from schemas.kinds import PAIRINGS, Kind
from schemas.rules import RulesetSettings

CANDIDATES_AT_ONCE = 64


def subjects_reached(
    state: FittedState, settings: RulesetSettings, changed: Iterable[str], floors: Mapping[str, float]
) -> set[str]:
    """The keys of subjects to whom a changed profile, or an earlier partner of one, may score at least their floor.

    A subject without a floor has room on its list: any score that may be shown reaches it.
    """
    candidates = sorted(_with_partners(state, changed))
    reached: set[str] = set()
    for kind in Kind:
        subjects = state.profiles.of(kind)
        least = np.array([floors.get(key, MIN_SCORE) - FLOAT64_TOLERANCE for key in subjects.keys])
        for some in _by_kind(state, candidates, PAIRINGS[kind]):
            if subjects.keys:
                rows = np.flatnonzero(_reached(Similarities(state, subjects, some), settings, least))
                reached |= {subjects.keys[row] for row in rows}
    return reached


def _reached(similarities: Similarities, settings: RulesetSettings, least: Floats) -> NDArray[np.bool_]:
    """Which subjects are reached: by those without a history all at once, by the others few by few."""
    everybody = np.arange(len(similarities.candidates.keys))
    one_by_one = similarities.between_authorities or similarities.subjects.suits_brute_force
    looked_at = everybody if one_by_one else np.array(similarities.with_history(settings), int)
    others = np.setdiff1d(everybody, looked_at)
    reached = np.zeros(least.size, bool)
    if others.size:
        reached |= similarities.restrict_candidates(others).reached(settings, least)
    for start in range(0, looked_at.size, CANDIDATES_AT_ONCE):
        few = similarities.restrict_candidates(looked_at[start : start + CANDIDATES_AT_ONCE])
        reached |= few.upper_bounds(settings).max(axis=1) >= least
    return reached


def _with_partners(state: FittedState, changed: Iterable[str]) -> set[str]:
    """What a candidate is worth also depends on whom it has worked with."""
    keys = set(changed)
    return keys.union(*(state.track_record.partners_of(key) for key in keys))


def _by_kind(state: FittedState, keys: Sequence[str], kinds: Sequence[Kind]) -> Iterator[KindProfiles]:
    profiles = state.profiles
    for kind in kinds:
        known = [item for key in keys if (item := profiles.get(key)) and item.traits.kind is kind]
        if known:
            yield KindProfiles(known, profiles.settings, profiles.columns)
