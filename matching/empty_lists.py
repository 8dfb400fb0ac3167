"""Why nobody is suggested to a profile: nobody shares a territory with it, or a condition keeps all of them out."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from matching.features.profiles import KindProfiles
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.threshold import eligible_masks
from matching.rules.built_in.registry import TERRITORY_CONDITIONS, eligible_candidates, passes_inexact
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask
from matching.suggestion import EmptyList
from schemas.empty_lists import EmptyListCause
from schemas.kinds import Kind


def explain_empty_list(
    state: FittedState,
    settings: RulesetSettings,
    subject: KindProfiles,
    kinds: Sequence[Kind],
    on: date | None,
) -> EmptyList:
    """Why one subject gets no candidate of these kinds; dates count on day ``on``."""
    if not subject.traits[0].shown_sides():
        return EmptyList(EmptyListCause.NO_PLACE)
    found = [_Candidates(state, settings, subject, profiles, on) for profiles in _known(state, kinds)]
    sharing = sum(int(np.count_nonzero(each.sharing)) for each in found)
    if not sharing:
        return EmptyList(EmptyListCause.NOBODY_THERE)
    kept_out = [best for each in found if (best := each.best_kept_out())]
    if any(each.admitted.any() for each in found) or not kept_out:
        return EmptyList(EmptyListCause.LITTLE_IN_COMMON, sharing)
    return EmptyList(EmptyListCause.CONDITIONS, sharing, max(kept_out)[1])


def _known(state: FittedState, kinds: Sequence[Kind]) -> Iterator[KindProfiles]:
    return (profiles for kind in kinds if (profiles := state.profiles.of(kind)).keys)


class _Candidates:
    """Candidates of one kind: who shares a territory with the subject, and whom no condition keeps out."""

    def __init__(
        self,
        state: FittedState,
        settings: RulesetSettings,
        subject: KindProfiles,
        candidates: KindProfiles,
        on: date | None,
    ) -> None:
        self._pairs, self._settings = PairwiseScores(state, subject, candidates, on=on), settings
        party, circumstances = Party(subject.records[0], subject.traits[0]), state.circumstances(on)
        self.sharing: Mask = eligible_candidates(party, candidates, circumstances, TERRITORY_CONDITIONS) & (
            np.array(candidates.keys) != party.traits.key
        )
        self.admitted: Mask = self.sharing & eligible_masks(self._pairs, settings, on)[0]
        for position in np.flatnonzero(self.admitted).tolist():
            profile = candidates.encoded[position]
            if not passes_inexact(party, Party(profile.record, profile.traits), circumstances):
                self.admitted[position] = False

    def best_kept_out(self) -> tuple[float, str] | None:
        """The score and the key of the best candidate that shares a territory and is kept out."""
        kept_out = np.flatnonzero(self.sharing & ~self.admitted)
        if not kept_out.size:
            return None
        scores: Floats = self._pairs.restrict_candidates(kept_out).scores(self._settings)[0]
        best = int(scores.argmax())
        return float(scores[best]), self._pairs.candidates.keys[int(kept_out[best])]
