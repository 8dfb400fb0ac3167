"""What a model knows, whoever asks: profiles, corridors, and who has worked with whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from matching.rules.capacity import is_at_capacity
from matching.track_record.corridors import Corridors, partner_corridor
from matching.track_record.neighbours import PartnershipNeighbours
from matching.track_record.partnerships import TrackRecord
from matching.features.region import PEOPLE
from matching.rules.groups import Others, Ties
from matching.features.encoding import EncodedProfile
from matching.features.profiles import KindProfiles, ProfileCollection
from matching.features.matrices import same_nonzeros
from matching.features.records import Record
from schemas.kinds import Kind
from schemas.rules import RulesetSettings


@dataclass
class FittedState:
    """What a model knows, whoever asks."""

    profiles: ProfileCollection
    earlier: ProfileCollection
    track_record: TrackRecord
    waiting: Mapping[str, Set[str]] = field(default_factory=dict)
    """By key of who is asked, the keys of those who wait for its answer."""
    _between: dict[tuple[Kind, Kind], PartnershipNeighbours] = field(init=False, default_factory=dict)
    _corridors_before: Corridors | None = field(init=False, default=None)
    """Those of the same people, read under other settings."""

    @property
    def ties(self) -> Ties:
        """What ties profiles to each other, whatever they say."""
        return Ties(self.track_record.partners, self._asking)

    @cached_property
    def _asking(self) -> Others:
        """Who waits for whose answer, either way."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for asked, waiting in self.waiting.items():
            found[asked] |= waiting
            for one in waiting:
                found[one].add(asked)
        return found

    @cached_property
    def full(self) -> Mapping[str, Set[str]]:
        """By key of who gets to know no more at a time, the keys of those who wait for its answer already."""
        capacity, nobody = self.profiles.settings.capacity, frozenset[str]()
        waiting = ((one, self.waiting.get(one.traits.key, nobody)) for one in self.profiles.encoded())
        return {one.traits.key: keys for one, keys in waiting if is_at_capacity(one.record, keys, capacity)}

    def ask(self, waiting: Mapping[str, Set[str]]) -> None:
        """Put others in place of those who wait for answers."""
        self.waiting = waiting
        for name in ("_asking", "full"):
            self.__dict__.pop(name, None)

    @cached_property
    def corridors(self) -> Corridors:
        """The corridors in which the people of the known profiles live."""
        before, self._corridors_before = self._corridors_before, None
        if before is not None:
            return before.under(self.profiles.settings)
        others = [item for kind in PEOPLE for item in self.earlier.of(kind).encoded]
        settings, columns = self.profiles.settings, self.profiles.columns
        people = [self.profiles.of(kind) for kind in PEOPLE]
        people.append(KindProfiles(others, settings, columns))
        return Corridors.of(people, self.read(self._tied_by_partnerships()), columns.territories)

    def _tied_by_partnerships(self) -> Iterator[Record]:
        """For each partnership of one who is at home on one side only with one on the other, people who travel so."""
        for key, others in self.track_record.partners.items():
            one = self._known(key)
            for other_key in others if one and one.traits.shown_sides() == ("origin",) else ():
                other = self._known(other_key)
                if one and other and other.traits.shown_sides() == ("residence",):
                    yield partner_corridor(one.traits, other.traits)

    def read(self, records: Iterable[Record]) -> KindProfiles:
        """Records of one kind, known or not, in the columns of the known profiles, to be compared with these."""
        settings, columns = self.profiles.settings, self.profiles.columns
        same, others = dict[str, EncodedProfile](), []
        for record in records:
            known = self.profiles.get(str(record.get("key")))
            if known is not None and known.record == record:
                same[known.traits.key] = known
            else:
                others.append(record)
        same |= {item.traits.key: item for item in ProfileCollection(settings).put(others).encoded()}
        return KindProfiles([same[key] for key in sorted(same)], settings, columns)

    def between(self, subjects: Kind, candidates: Kind) -> PartnershipNeighbours:
        """The earlier partnerships of one kind of subject with one kind of candidate."""
        pairing = (subjects, candidates)
        if pairing not in self._between:
            rows = KindProfiles(
                self._partnered.get(pairing, []), self.profiles.settings, self.profiles.columns
            )
            rows.reuse_rows(self.profiles.of(subjects))
            self._between[pairing] = PartnershipNeighbours(
                rows,
                self.track_record,
                self._partnered.get(pairing[::-1], []),
                self.profiles.of(candidates),
                self.profiles.idf_weights,
                self.profiles.settings.exposure,
            )
        return self._between[pairing]

    @cached_property
    def _partnered(self) -> Mapping[tuple[Kind, Kind], Sequence[EncodedProfile]]:
        """Who of one kind has partners of another, in order of their keys."""
        known = {key: item for key in sorted(self.track_record.partners) if (item := self._known(key))}
        found: defaultdict[tuple[Kind, Kind], list[EncodedProfile]] = defaultdict(list)
        for key, item in known.items():
            others = [known[other] for other in self.track_record.partners[key] if other in known]
            for kind in {other.traits.kind for other in others}:
                found[item.traits.kind, kind].append(item)
        return found

    def _known(self, key: str) -> EncodedProfile | None:
        return self.profiles.get(key) or self.earlier.get(key)

    def sectors_of(self, key: str) -> tuple[str, ...]:
        """The sectors of a known profile; none when there is no such profile."""
        known = self.profiles.get(key)
        return known.traits.sectors if known else ()

    def learn(self, track_record: TrackRecord) -> None:
        """Put another track record in place of this one."""
        self.track_record = track_record
        self.forget()

    def forget(self) -> None:
        """Read anew, when it is next asked for, what is read off the profiles and the track record: they have changed."""
        for name in ("corridors", "_partnered", "full"):
            self.__dict__.pop(name, None)
        self._between.clear()
        self._corridors_before = None

    def under(self, settings: RulesetSettings) -> "FittedState":
        """The same knowledge under another ruleset."""
        other = FittedState(
            self.profiles.under(settings), self.earlier.under(settings), self.track_record, self.waiting
        )
        former = self.profiles.settings
        if former.exposure == settings.exposure and same_nonzeros(former, settings):
            other._between = {
                pairing: earlier.among(other.profiles.of(pairing[1]))
                for pairing, earlier in self._between.items()
            }
        if former.capacity == settings.capacity and "full" in self.__dict__:
            other.full = self.full
        if "corridors" in self.__dict__:
            if self.profiles.reads_alike(settings):
                other.corridors = self.corridors
            else:
                other._corridors_before = self.corridors
        return other
