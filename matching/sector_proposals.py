"""Sectors proposed from a text: those of the profiles with the most similar texts, and those that its words stand for.

A proposal counts nowhere until a person confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np

from matching.features.profiles import KindProfiles
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from schemas.concepts import concepts, mentions_in
from schemas.kinds import Kind
from schemas.records import Record

NEIGHBOURS_BY_TEXT = 10
"""How many profiles with similar texts are asked for their sectors."""
MIN_TEXT_SIMILARITY = 0.1
WORD_VOTE = 0.02
"""What words that stand for a sector are worth, against the square of a profile's likeness."""
MIN_VOTE_SHARE = 0.1
"""How much of the weight of the first proposal a further one must have."""


@dataclass(frozen=True, slots=True)
class SectorProposal:
    """A sector that a text speaks for.

    Attributes
    ----------
    sector : str
        Its DAC code.
    weight : float
        Its share of all that speaks for any sector, between 0 and 1.
    words : tuple of str
        Words of the text, folded, that stand for the sector.
    profiles : tuple of str
        The keys of similar profiles that have it, the nearest first.
    """

    sector: str
    weight: float
    words: tuple[str, ...]
    profiles: tuple[str, ...]


def propose_sectors(state: FittedState, record: Record, most: int) -> list[SectorProposal]:
    """At most ``most`` sectors for a record, the most likely first, without those that it names itself."""
    subject = state.encode([record])
    words = _words(subject.traits[0].text)
    nearest = _nearest(state, subject)
    votes = {sector: WORD_VOTE * len(said) for sector, said in words.items()}
    for key, similarity in nearest.items():
        for sector in _sectors_of(state, key):
            votes[sector] = votes.get(sector, 0.0) + similarity**2
    total = sum(votes.values())
    least = MIN_VOTE_SHARE * max(votes.values(), default=0.0)
    ranked = sorted((-vote, sector) for sector, vote in votes.items() if vote >= least)
    return [
        SectorProposal(
            sector,
            votes[sector] / total,
            tuple(dict.fromkeys(words.get(sector, ()))),
            tuple(key for key in nearest if sector in _sectors_of(state, key)),
        )
        for _, sector in ranked
        if sector not in subject.traits[0].sectors
    ][:most]


def _sectors_of(state: FittedState, key: str) -> tuple[str, ...]:
    profile = state.profiles.get(key)
    return profile.traits.sectors if profile else ()


def _words(text: str) -> Mapping[str, list[str]]:
    """The words of a text by the sector that they stand for."""
    found: dict[str, list[str]] = {}
    for mention in mentions_in(text):
        if sector := concepts()[mention.concept].sector:
            found.setdefault(sector, []).append(mention.words)
    return found


def _nearest(state: FittedState, subject: KindProfiles) -> Mapping[str, float]:
    """The profiles of any kind that have sectors and the most similar texts, with the similarity, the nearest first."""
    found: list[tuple[float, str]] = []
    for kind in Kind:
        profiles = state.profiles.of(kind)
        if profiles.keys:
            similarities = PairwiseScores(state, subject, profiles).similarity("text")[0]
            found += [
                (-float(similarities[position]), profiles.keys[position])
                for position in np.flatnonzero(similarities >= MIN_TEXT_SIMILARITY)
                if profiles.traits[position].sectors and profiles.keys[position] != subject.keys[0]
            ]
    return {key: -similarity for similarity, key in nsmallest(NEIGHBOURS_BY_TEXT, found)}
