"""Candidate generation by the parts that are dot products, in both directions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matching.parts.pairwise import PairwiseScores
from matching.parts.registry import dot_product_weights, query_matrices
from matching.retrieval.index_cache import IndexCache
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask
from matching.sparse.precision import MIN_SCORE

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.retrieval.block_max_index import QueryVectors, TopKLists
    from schemas.kinds import Kind


def topk_by_dot_products(
    pairs: PairwiseScores,
    indexes: IndexCache,
    settings: RulesetSettings,
    depth: int,
    masks: Sequence[Sequence[Mask]],
) -> "list[TopKLists]":
    """The ``depth`` best candidates of each subject by the parts that are dot products, once among those of each of the
    ``masks`` (each by subject)."""
    index = indexes.index_of(pairs.candidates, pairs.idf, pairs.subjects.kind)
    queries = _queries(pairs, pairs.subjects, pairs.candidates.kind, settings)
    return index.topk_among(queries, depth, masks, min_score=MIN_SCORE)


def subjects_above_floor(
    pairs: PairwiseScores, indexes: IndexCache, settings: RulesetSettings, floors: Floats
) -> Mask:
    """The subjects whose score with any candidate may be at least their own floor (``floors`` by subject).

    The candidates must have no history, and not both sides may be authorities.
    """
    index = indexes.index_of(pairs.subjects, pairs.idf, pairs.candidates.kind)
    queries = _queries(pairs, pairs.candidates, pairs.subjects.kind, settings)
    elsewhere = _newcomer_upper_bound(pairs, settings) + pairs.weight(settings, "preferences")
    return index.reverse_topk_mask(queries, floors - elsewhere)


def _queries(
    pairs: PairwiseScores, profiles: "KindProfiles", against: "Kind", settings: RulesetSettings
) -> "QueryVectors":
    from matching.features.text import CharacterVectorizer
    from matching.retrieval.block_max_index import QueryVectors

    weights = dot_product_weights(settings, *pairs.kinds)
    return QueryVectors(
        query_matrices(profiles, pairs.idf, against, weights),
        profiles.tfidf(CharacterVectorizer, pairs.idf),
        weights,
    )


def _newcomer_upper_bound(pairs: PairwiseScores, settings: RulesetSettings) -> float:
    """What the track record adds to the score of a candidate without a history at most."""
    weight = pairs.track_record_weight(settings)
    return weight * pairs.track_record.newcomer_upper_bound() if weight else 0.0
