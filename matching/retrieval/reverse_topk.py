"""Reverse top-k: the subjects on whose lists a changed candidate may appear."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np

from matching.features.profiles import KindProfiles
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.candidate_generation import subjects_above_floor
from matching.retrieval.index_cache import IndexCache
from matching.rules.built_in.registry import TERRITORY_CONDITIONS, eligible_candidates
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions
from matching.sparse.precision import FLOAT64_TOLERANCE
from schemas.kinds import Kind

CANDIDATES_PER_BATCH = 64


class Floors(NamedTuple):
    """What candidates need to enter lists.

    Attributes
    ----------
    scores
        By key of the subject, the score that is needed; a list without one has room.
    one_sided
        Whose list has room for authorities of the side that comes short, whatever their score.
    """

    scores: Mapping[str, float]
    one_sided: Set[str]

    def against(self, subjects: KindProfiles, candidates: Kind, cutoff: float) -> Floats:
        """The least score that reaches each subject; less than ``cutoff`` reaches nobody."""
        anybody = self.one_sided if candidates is Kind.AUTHORITY else frozenset[str]()
        scores = (cutoff if key in anybody else self.scores.get(key, cutoff) for key in subjects.keys)
        return np.fromiter(scores, float, len(subjects.keys)) - FLOAT64_TOLERANCE


def subjects_reached(
    state: FittedState,
    indexes: IndexCache,
    settings: RulesetSettings,
    changed: Iterable[str],
    floors: Floors,
) -> set[str]:
    """The keys of subjects whose score with a changed profile, or with a partner of one, may be at least their floor.

    Whoever shares no territory with it is not reached.
    """
    candidates = sorted(_with_partners(state, changed))
    reached: set[str] = set()
    for kind in Kind:
        subjects = state.profiles.of(kind)
        for some in _by_kind(state, candidates, settings.candidate_kinds(kind)):
            if subjects.keys:
                pairs = PairwiseScores(state, subjects, some)
                lowest = floors.against(subjects, some.kind, settings.cutoff)
                rows = np.flatnonzero(_reached(pairs, indexes, settings, lowest) & _on_common_ground(pairs))
                reached |= {subjects.keys[row] for row in rows}
    return reached


def _reached(pairs: PairwiseScores, indexes: IndexCache, settings: RulesetSettings, floors: Floats) -> Mask:
    """The subjects that are reached: by candidates without a history through the index, by the others in batches."""
    everybody = np.arange(len(pairs.candidates.keys))
    in_batches = _candidates_with_history(pairs, settings)
    if pairs.between_authorities or pairs.subjects.suits_brute_force:
        in_batches = everybody
    others = np.setdiff1d(everybody, in_batches)
    reached = np.zeros(floors.size, bool)
    if others.size:
        reached |= subjects_above_floor(pairs.restrict_candidates(others), indexes, settings, floors)
    for start in range(0, in_batches.size, CANDIDATES_PER_BATCH):
        few = pairs.restrict_candidates(in_batches[start : start + CANDIDATES_PER_BATCH])
        reached |= few.upper_bounds(settings).max(axis=1) >= floors
    return reached


def _on_common_ground(pairs: PairwiseScores) -> Mask:
    """The subjects that share a territory with one of the candidates."""
    circumstances, found = pairs.state.circumstances(None), pairs.subjects.nobody()
    for profile in pairs.candidates.encoded:
        candidate = Party(profile.record, profile.traits)
        found |= eligible_candidates(candidate, pairs.subjects, circumstances, TERRITORY_CONDITIONS)
    return found


def _candidates_with_history(pairs: PairwiseScores, settings: RulesetSettings) -> Positions:
    counts = pairs.track_record_weight(settings)
    return pairs.track_record.with_history[0] if counts else np.empty(0, np.int64)


def _with_partners(state: FittedState, changed: Iterable[str]) -> set[str]:
    """The keys, and those of their partners: a candidate's score depends on whom it has worked with too."""
    keys = set(changed)
    return keys.union(*(state.track_record.partners_of(key) for key in keys))


def _by_kind(state: FittedState, keys: Sequence[str], kinds: Sequence[Kind]) -> Iterator[KindProfiles]:
    for kind in kinds:
        found = (state.profiles.get(key) for key in keys)
        profiles = [profile for profile in found if profile and profile.traits.kind is kind]
        if profiles:
            yield state.profiles.kind_profiles(profiles)
