"""Profiles of all kinds under one ruleset, kept up as they change."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile, encode_profiles
from matching.features.offers import NeedsVectorizer, OffersVectorizer
from matching.features.profiles import KindProfiles
from matching.features.region import RegionVectorizer
from matching.features.sector import SectorVectorizer
from matching.features.settings import FeatureSettings, same_nonzeros
from matching.features.text import CharacterVectorizer, ConceptVectorizer, WordVectorizer
from matching.features.vectorizer import ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary
from matching.features.weighting import IdfWeights
from schemas.kinds import Kind
from schemas.records import Record

IDF_WEIGHTED: Sequence[type[ProfileVectorizer]] = (
    SectorVectorizer,
    ConceptVectorizer,
    CharacterVectorizer,
    WordVectorizer,
    RegionVectorizer,
    OffersVectorizer,
    NeedsVectorizer,
)


class ProfileCollection:
    """Profiles by key. Each is encoded once, when it is put in; matrices are built when they are next asked for."""

    def __init__(self, settings: FeatureSettings) -> None:
        self.settings = settings
        self.vocabulary = TerritoryVocabulary()
        self._encoded: dict[str, EncodedProfile] = {}
        self._kinds: dict[Kind, KindProfiles] = {}
        self._outdated: dict[Kind, KindProfiles] = {}
        self._idf_weights: IdfWeights | None = None

    def put(self, records: Iterable[Record]) -> Self:
        """Add or replace profiles, by key; raises ``ValueError`` for a record without a key or a known kind."""
        profiles = encode_profiles(records)
        changed = [profile.traits.kind for profile in profiles]
        for profile in profiles:
            if former := self._encoded.get(profile.traits.key):
                changed.append(former.traits.kind)
            self._encoded[profile.traits.key] = profile
        return self._invalidate(changed)

    def remove(self, keys: Iterable[str]) -> Self:
        """Remove profiles; unknown keys are ignored."""
        gone = [profile for key in keys if (profile := self._encoded.pop(key, None))]
        return self._invalidate(profile.traits.kind for profile in gone)

    def _invalidate(self, kinds: Iterable[Kind]) -> Self:
        for kind in set(kinds):
            self._idf_weights = None
            if kind in self._kinds:
                self._outdated[kind] = self._kinds.pop(kind)
        return self

    def under(self, settings: FeatureSettings) -> "ProfileCollection":
        """The same profiles under another ruleset; what it does not change is shared."""
        other = ProfileCollection(settings)
        other._encoded, other.vocabulary = dict(self._encoded), self.vocabulary
        if self.reads_alike(settings):
            other._kinds, other._outdated = dict(self._kinds), dict(self._outdated)
            other._idf_weights = self._idf_weights
        else:
            other._kinds = {kind: profiles.under(settings) for kind, profiles in self._kinds.items()}
            if same_nonzeros(self.settings, settings):
                other._idf_weights = self._idf_weights
        return other

    def reads_alike(self, settings: FeatureSettings) -> bool:
        """Whether another ruleset leads to the same matrices and only weighs them differently."""
        return self.settings == settings

    def of(self, kind: Kind) -> KindProfiles:
        """All profiles of one kind."""
        if kind not in self._kinds:
            keys = sorted(key for key, profile in self._encoded.items() if profile.traits.kind is kind)
            profiles = self.kind_profiles([self._encoded[key] for key in keys])
            if former := self._outdated.pop(kind, None):
                profiles.reuse_rows(former)
            self._kinds[kind] = profiles
        return self._kinds[kind]

    def kind_profiles(self, profiles: Sequence[EncodedProfile]) -> KindProfiles:
        """Profiles of one kind, in this collection or not, read under its settings into its vocabulary."""
        return KindProfiles(profiles, self.settings, self.vocabulary)

    def __iter__(self) -> Iterator[EncodedProfile]:
        """All profiles, in no order."""
        return iter(self._encoded.values())

    def kind_of(self, key: str) -> Kind | None:
        """The kind of the profile with this key, if there is one."""
        profile = self._encoded.get(key)
        return profile.traits.kind if profile else None

    def get(self, key: str) -> EncodedProfile | None:
        """The profile with this key."""
        return self._encoded.get(key)

    @property
    def idf_weights(self) -> IdfWeights:
        """Inverse document frequencies over the profiles of all kinds."""
        if self._idf_weights is None:
            self._idf_weights = IdfWeights.fit(IDF_WEIGHTED, self._matrices)
        return self._idf_weights

    def _matrices(self, vectorizer: type[ProfileVectorizer]) -> list[csr_matrix]:
        return [self.of(kind).matrix(vectorizer) for kind in Kind]
