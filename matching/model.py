"""The model: features of profiles, weighed by a ruleset, ranked exactly and explained part by part."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, Self

from sklearn.base import BaseEstimator

from matching.answers import AnswersMixin
from matching.features.collection import ProfileCollection
from matching.features.vectorizer import ProfileTransformer
from matching.fitted_state import FittedState
from matching.parts.registry import SCORE_PARTS
from matching.retrieval.index_cache import IndexCache
from matching.rules.built_in.base import OpenIntroductions
from matching.rules.ruleset import RulesetSettings
from matching.track_record.partnerships import PartnershipPair, TrackRecord
from schemas.kinds import Kind
from schemas.records import Record
from schemas.weights import PartName


class PartnershipModel(AnswersMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Proposes partners to associations, authorities, programmes and projects.

    The score of a pair is Σ weight × similarity over its parts, all between 0 and 1; weights add up to 1. The same profiles
    give the same lists, in whatever order they were added.

    Parameters
    ----------
    ruleset
        A :class:`matching.RulesetSettings`, a dictionary of one, or ``None`` for the balanced one.

    Attributes
    ----------
    settings_
        The ruleset in use.
    state_
        What the model knows.

    Examples
    --------
    >>> from matching import PartnershipModel
    >>> mahdia = {"country": "TN", "code": "TN-53", "path": ["TN", "TN-53"]}
    >>> model = PartnershipModel().fit(
    ...     [{"kind": "authority", "key": "mahdia", "territory": mahdia, "role": "origin"}]
    ... )
    >>> subject = {"kind": "association", "key": "pontes", "origin": [mahdia], "residence": []}
    >>> [suggestion.candidate for suggestion in model.suggest([subject])[0]]
    ['mahdia']
    """

    def __init__(self, ruleset: RulesetSettings | Mapping[str, Any] | None = None) -> None:
        self.ruleset = ruleset

    def fit(
        self,
        candidates: Iterable[Record],
        track_record: Iterable[PartnershipPair] = (),
        context: Iterable[Record] = (),
    ) -> Self:
        """Learn ``candidates`` (import records) and ``track_record``.

        ``track_record`` holds pairs of keys (query, candidate[, since]). ``context`` are records that are no candidates
        themselves: those that pairs name, and people who tie territories to each other. Raises ``ValueError`` for a
        record without a key or a known kind.
        """
        self.settings_ = _settings(self.ruleset)
        self.state_ = FittedState(
            self.settings_,
            ProfileCollection(self.settings_.features).put(candidates),
            ProfileCollection(self.settings_.features).put(context),
            TrackRecord.of(track_record),
        )
        self.indexes_ = IndexCache()
        return self

    def update(self, changed: Iterable[Record]) -> Self:
        """Add or replace candidates; the results are those of a new fit."""
        self._fitted.profiles.put(changed)
        self._fitted.invalidate()
        return self

    def remove(self, keys: Iterable[str]) -> Self:
        """Remove candidates; unknown keys are ignored."""
        self._fitted.profiles.remove(keys)
        self._fitted.invalidate()
        return self

    def set_track_record(self, track_record: Iterable[PartnershipPair]) -> Self:
        """Replace the track record."""
        self._fitted.set_track_record(TrackRecord.of(track_record))
        return self

    def set_open_introductions(self, open_introductions: OpenIntroductions) -> Self:
        """Replace the open introductions: by the key of who is asked, the keys of those who wait for its answer,
        each with the key of its organisation."""
        self._fitted.set_open_introductions(open_introductions)
        return self

    def warm_up(self) -> Self:
        """Compute what every list needs, so that the first one does not wait for it."""
        everybody = (self._fitted.profiles.of(kind) for kind in Kind)
        self.rank([profiles.records[0] for profiles in everybody if profiles.keys], 1)
        return self

    def transformers(self, kind: Kind, against: Kind) -> dict[PartName, ProfileTransformer]:
        """By part, the fitted transformer from records of one kind to their vectors, as compared with another kind.

        The dot product of a subject's and a candidate's vector is the similarity of that part. Track records compare
        subjects with each other instead, and authorities are tied to each other by corridors, not by vectors alone.
        Each is a scikit-learn transformer of its own: ``clone`` it to fit it on other records.
        """
        profiles = self._fitted.profiles
        return {part.name: part.transformer(profiles, kind, against) for part in SCORE_PARTS}

    def with_ruleset(self, ruleset: RulesetSettings | Mapping[str, Any] | None) -> "PartnershipModel":
        """A model of the same profiles and track record under another ruleset; this one is unchanged."""
        other = copy(self)
        other.ruleset = ruleset
        other.settings_ = _settings(ruleset)
        other.state_ = self._fitted.under(other.settings_)
        return other

    def with_track_record(self, track_record: Iterable[PartnershipPair]) -> "PartnershipModel":
        """A model of the same profiles with another track record; this one is unchanged."""
        return self.with_ruleset(self.settings_).set_track_record(track_record)


def _settings(ruleset: RulesetSettings | Mapping[str, Any] | None) -> RulesetSettings:
    if ruleset is None:
        return RulesetSettings.balanced()
    if isinstance(ruleset, RulesetSettings):
        return ruleset
    return RulesetSettings.model_validate(ruleset)
