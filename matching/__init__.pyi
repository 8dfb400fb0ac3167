"""The surface of matching, for programs and type checkers alike: ``matching/__init__.py`` reads it."""

from matching.confidence import rate_confidence
from matching.duplicates.blocking import blocking_keys
from matching.duplicates.comparison import DuplicateMatch, compare_profiles
from matching.duplicates.profile import ComparableProfile
from matching.experiments.backtest import BacktestResult, run_backtest
from matching.experiments.baseline import Baseline
from matching.experiments.evaluation import (
    CountryAndSector,
    NearestByWords,
    Popularity,
    RandomOrder,
    Ranker,
    RankingMetrics,
    score_rankings,
)
from matching.experiments.learning import PROPOSALS_PER_SUBJECT, Band, Decided, Lesson, bands, lessons
from matching.experiments.left_out import LeftOut
from matching.experiments.list_changes import ListChanges, RankChange
from matching.experiments.preview import Preview, preview
from matching.features.common_territories import nested, shared_on, shared_territories
from matching.features.offers import NeedsVectorizer, OffersVectorizer
from matching.features.offers_and_needs import met_amounts, met_needs
from matching.features.priority import PriorityVectorizer
from matching.features.profiles import BRUTE_FORCE_LIMIT
from matching.features.proximity import are_neighbours
from matching.features.records import SIDES, Side, Traits, read_traits
from matching.features.region import RegionVectorizer
from matching.features.sector import SectorVectorizer
from matching.features.text import CharacterVectorizer, ConceptVectorizer
from matching.features.vectorizer import ProfileEncoder, ProfileTransformer
from matching.features.weighting import TfidfWeighting
from matching.model import PartnershipModel
from matching.near_misses import NearMiss
from matching.precedents import NearestPrecedent, PrecedentFinder
from matching.retrieval.block_max_index import compile_loops
from matching.retrieval.side_balance import is_one_sided
from matching.rules.built_in.capacity import max_open_introductions
from matching.rules.built_in.freshness import STALE_AFTER
from matching.rules.built_in.programme_state import (
    NOT_PROPOSED,
    NOT_YET_OPEN,
    closing_day,
    opening_day,
    programme_notice,
    programme_state,
)
from matching.rules.conditions.any_kind import PlaceWithin
from matching.rules.conditions.associations import ElectedBoard, Federated, PublishedAccounts, Registered
from matching.rules.conditions.base import Gap, GapKind, Predicate, YesNoPredicate
from matching.rules.conditions.combinators import PREDICATES, Condition, condition_sentence, predicates_of
from matching.rules.conditions.contradictions import Finding, SatisfiabilityChecker, contradiction
from matching.rules.conditions.pairs import NoOpenIntroduction
from matching.rules.results import ConditionResult
from matching.rules.ruleset import HardCondition, Preference, RuleKey, RulesetSettings
from matching.rules.weight_bounds import clip_to_bounds, out_of_bounds
from matching.sector_proposals import SectorProposal
from matching.suggestion import EmptyList, Part, Suggestion
from matching.track_record.calibration import LikelihoodBand, calibrated_likelihood, likelihood_band

__all__ = [
    "BRUTE_FORCE_LIMIT",
    "NOT_PROPOSED",
    "NOT_YET_OPEN",
    "PREDICATES",
    "PROPOSALS_PER_SUBJECT",
    "SIDES",
    "STALE_AFTER",
    "BacktestResult",
    "Band",
    "Baseline",
    "CharacterVectorizer",
    "ComparableProfile",
    "ConceptVectorizer",
    "Condition",
    "ConditionResult",
    "CountryAndSector",
    "Decided",
    "DuplicateMatch",
    "ElectedBoard",
    "EmptyList",
    "Federated",
    "Finding",
    "Gap",
    "GapKind",
    "HardCondition",
    "LeftOut",
    "Lesson",
    "LikelihoodBand",
    "ListChanges",
    "NearMiss",
    "NearestByWords",
    "NearestPrecedent",
    "NeedsVectorizer",
    "NoOpenIntroduction",
    "OffersVectorizer",
    "Part",
    "PartnershipModel",
    "PlaceWithin",
    "Popularity",
    "PrecedentFinder",
    "Predicate",
    "Preference",
    "Preview",
    "PriorityVectorizer",
    "ProfileEncoder",
    "ProfileTransformer",
    "PublishedAccounts",
    "RandomOrder",
    "RankChange",
    "Ranker",
    "RankingMetrics",
    "RegionVectorizer",
    "Registered",
    "RuleKey",
    "RulesetSettings",
    "SatisfiabilityChecker",
    "SectorProposal",
    "SectorVectorizer",
    "Side",
    "Suggestion",
    "TfidfWeighting",
    "Traits",
    "YesNoPredicate",
    "are_neighbours",
    "bands",
    "blocking_keys",
    "calibrated_likelihood",
    "clip_to_bounds",
    "closing_day",
    "compare_profiles",
    "compile_loops",
    "condition_sentence",
    "contradiction",
    "is_one_sided",
    "lessons",
    "likelihood_band",
    "max_open_introductions",
    "met_amounts",
    "met_needs",
    "nested",
    "opening_day",
    "out_of_bounds",
    "predicates_of",
    "preview",
    "programme_notice",
    "programme_state",
    "rate_confidence",
    "read_traits",
    "run_backtest",
    "score_rankings",
    "shared_on",
    "shared_territories",
]
