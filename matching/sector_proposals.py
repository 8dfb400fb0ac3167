"""Sectors proposed from a text: those that its words stand for, then those of the profiles with the most similar texts.

Words outrank profiles, so that nobody's profile changes what a text is read as. A proposal counts nowhere until a person
confirms it.
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
MIN_NEIGHBOURS, MIN_NEIGHBOUR_VOTE = 2, 0.1
"""How many profiles must have a sector that no word stands for, and what their likeness, squared, must add up to."""
WORD_VOTE = 1.0
"""What each word that stands for a sector is worth; all profiles together are worth less than one."""
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
    votes = {sector: WORD_VOTE * len(set(said)) for sector, said in words.items()}
    for sector, likeness in _neighbour_votes(state, nearest).items():
        votes[sector] = votes.get(sector, 0.0) + WORD_VOTE * likeness / (1.0 + likeness)
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


def _neighbour_votes(state: FittedState, nearest: Mapping[str, float]) -> Mapping[str, float]:
    """The squared likeness of the profiles that have each sector, where it is enough to be heard."""
    found: dict[str, list[float]] = {}
    for key, similarity in nearest.items():
        for sector in _sectors_of(state, key):
            found.setdefault(sector, []).append(similarity**2)
    return {
        sector: sum(votes)
        for sector, votes in found.items()
        if len(votes) >= MIN_NEIGHBOURS and sum(votes) >= MIN_NEIGHBOUR_VOTE
    }


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
