"""The fitted state of a model: profiles, corridors, partnerships and open introductions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date

from matching.features.collection import ProfileCollection
from matching.features.encoding import EncodedProfile
from matching.features.profiles import KindProfiles
from matching.features.records import Side
from matching.features.region import PEOPLE
from matching.features.settings import same_nonzeros
from matching.rules.built_in.base import Circumstances, OpenIntroductions, Waiting
from matching.rules.built_in.capacity import is_at_capacity
from matching.rules.groups import Ties
from matching.rules.ruleset import RulesetSettings
from matching.track_record.corridors import Corridors, partner_corridor
from matching.track_record.likelihoods import PartnershipLikelihoods
from matching.track_record.partnerships import TrackRecord
from schemas.exposure import Capacity
from schemas.kinds import Kind
from schemas.records import Record

KindPair = tuple[Kind, Kind]
GetProfile = Callable[[str], EncodedProfile | None]


class FittedState:
    """What a model knows under one ruleset.

    Parameters
    ----------
    settings
        The ruleset.
    profiles
        All candidates.
    context
        Profiles that are no candidates: partners of former times, and people who tie territories to each other.
    track_record
        The known partnerships.
    open_introductions
        Who waits for whose answer.
    """

    def __init__(
        self,
        settings: RulesetSettings,
        profiles: ProfileCollection,
        context: ProfileCollection,
        track_record: TrackRecord,
        open_introductions: OpenIntroductions | None = None,
    ) -> None:
        self.settings, self.track_record = settings, track_record
        self.profiles, self.context = profiles, context
        self._open_introductions = open_introductions or {}
        self._neighbours: dict[KindPair, PartnershipLikelihoods] = {}
        self._partnered: Mapping[KindPair, Sequence[EncodedProfile]] | None = None
        self._corridors: Corridors | None = None
        self._former_corridors: Corridors | None = None
        self._at_capacity: OpenIntroductions | None = None
        self._ties: Ties | None = None

    def set_track_record(self, track_record: TrackRecord) -> None:
        """Replace the track record."""
        self.track_record = track_record
        self.invalidate()

    def set_open_introductions(self, open_introductions: OpenIntroductions) -> None:
        """Replace the open introductions."""
        self._open_introductions = open_introductions
        self._at_capacity = self._ties = None

    def invalidate(self) -> None:
        """Drop what was computed from profiles and track record, because one of these has changed."""
        self._neighbours.clear()
        self._partnered = self._corridors = self._former_corridors = None
        self._at_capacity = self._ties = None

    @property
    def ties(self) -> Ties:
        """What ties profiles to each other, whatever they say."""
        if self._ties is None:
            self._ties = Ties(self.track_record.partners, _both_ways(self._open_introductions))
        return self._ties

    @property
    def at_capacity(self) -> OpenIntroductions:
        """By the key of each profile that has no room for more introductions, who waits for its answer already."""
        if self._at_capacity is None:
            capacity = self.settings.capacity
            self._at_capacity = dict(_without_room(self.profiles, self._open_introductions, capacity))
        return self._at_capacity

    def circumstances(self, on: date | None) -> Circumstances:
        """What built-in conditions depend on beside the profiles; dates count on day ``on``."""
        capacity = self.settings.capacity
        return Circumstances(
            on,
            capacity,
            self._open_introductions,
            self.at_capacity,
            self.track_record.partners,
            self._counterpart_countries,
        )

    def _counterpart_countries(self, side: Side, country: str) -> Set[str]:
        return self.corridors.flows.counterpart_countries(side, country)

    @property
    def corridors(self) -> Corridors:
        """The corridors in which the people of the known profiles live."""
        if self._corridors is None:
            former, self._former_corridors = self._former_corridors, None
            self._corridors = former.under(self.settings.features) if former else self._read_corridors()
        return self._corridors

    def _read_corridors(self) -> Corridors:
        people = [self.profiles.of(kind) for kind in PEOPLE]
        others = [profile for kind in PEOPLE for profile in self.context.of(kind).encoded]
        people.append(self.profiles.kind_profiles(others))
        partners = self.encode(_partner_corridors(self.track_record, self._get))
        return Corridors.of(people, partners, self.profiles.vocabulary.columns)

    def encode(self, records: Iterable[Record]) -> KindProfiles:
        """Records of one kind, known or not, read into the vocabulary of the known profiles, in order of their keys."""
        unchanged, others = dict[str, EncodedProfile](), []
        for record in records:
            profile = self.profiles.get(str(record.get("key")))
            if profile is not None and profile.record == record:
                unchanged[profile.traits.key] = profile
            else:
                others.append(record)
        new = ProfileCollection(self.profiles.settings).put(others)
        profiles = unchanged | {profile.traits.key: profile for profile in new}
        return self.profiles.kind_profiles([profiles[key] for key in sorted(profiles)])

    def partnerships_between(self, subjects: Kind, candidates: Kind) -> PartnershipLikelihoods:
        """The earlier partnerships of one kind of subject with one kind of candidate."""
        pairing = subjects, candidates
        if pairing not in self._neighbours:
            if self._partnered is None:
                self._partnered = _by_kind_of_partner(self.track_record, self._get)
            partnered = self._partnered
            earlier = self.profiles.kind_profiles(partnered.get(pairing, []))
            earlier.reuse_rows(self.profiles.of(subjects))
            self._neighbours[pairing] = PartnershipLikelihoods(
                earlier,
                self.track_record,
                partnered.get(pairing[::-1], []),
                self.profiles.of(candidates),
                self.profiles.idf_weights,
                self.settings.exposure,
            )
        return self._neighbours[pairing]

    def _get(self, key: str) -> EncodedProfile | None:
        return self.profiles.get(key) or self.context.get(key)

    def under(self, settings: RulesetSettings) -> "FittedState":
        """The same state under another ruleset; what it does not change is shared."""
        other = FittedState(
            settings,
            self.profiles.under(settings.features),
            self.context.under(settings.features),
            self.track_record,
            self._open_introductions,
        )
        former = self.settings
        if former.exposure == settings.exposure and same_nonzeros(former.features, settings.features):
            other._neighbours = {
                pairing: neighbours.among(other.profiles.of(pairing[1]))
                for pairing, neighbours in self._neighbours.items()
            }
        if former.capacity == settings.capacity:
            other._at_capacity = self._at_capacity
        if self._corridors is not None:
            if self.profiles.reads_alike(settings.features):
                other._corridors = self._corridors
            else:
                other._former_corridors = self._corridors
        return other


def _partner_corridors(track_record: TrackRecord, get: GetProfile) -> Iterator[Record]:
    """For each partnership of one who is at home on one side only with one on the other, people who travel so."""
    for key, partners in track_record.partners.items():
        one = get(key)
        for partner in partners if one and one.traits.shown_sides() == ("origin",) else ():
            other = get(partner)
            if one and other and other.traits.shown_sides() == ("residence",):
                yield partner_corridor(one.traits, other.traits)


def _by_kind_of_partner(
    track_record: TrackRecord, get: GetProfile
) -> Mapping[KindPair, Sequence[EncodedProfile]]:
    """The profiles of one kind that have partners of another, in order of their keys."""
    profiles = {key: profile for key in sorted(track_record.partners) if (profile := get(key))}
    found: defaultdict[KindPair, list[EncodedProfile]] = defaultdict(list)
    for key, profile in profiles.items():
        partners = (profiles.get(partner) for partner in track_record.partners[key])
        for kind in {partner.traits.kind for partner in partners if partner}:
            found[profile.traits.kind, kind].append(profile)
    return found


def _without_room(
    profiles: Iterable[EncodedProfile], open_introductions: OpenIntroductions, capacity: Capacity
) -> Iterator[tuple[str, Waiting]]:
    """The key of each profile that is at capacity, with those who wait for its answer."""
    for profile in profiles:
        waiting = open_introductions.get(profile.traits.key, {})
        if is_at_capacity(profile.record, waiting, capacity):
            yield profile.traits.key, waiting


def _both_ways(open_introductions: OpenIntroductions) -> Mapping[str, Set[str]]:
    """By key, the others with whom an introduction is open, in either direction."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for asked, waiting in open_introductions.items():
        found[asked].update(waiting)
        for key in waiting:
            found[key].add(asked)
    return found
