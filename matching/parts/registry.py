"""All parts of a score, in the order in which they are added up and shown."""

from collections.abc import Sequence
from itertools import islice

from scipy.sparse import csr_matrix

from matching.features.profiles import KindProfiles
from matching.features.weighting import IdfWeights
from matching.parts.base import ScorePart
from matching.parts.offers import OffersPart
from matching.parts.priority import PriorityPart
from matching.parts.region import RegionPart
from matching.parts.sector import SectorPart
from matching.parts.text import TextPart
from matching.parts.track_record import TrackRecordPart
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import Kind

SCORE_PARTS: Sequence[type[ScorePart]] = (
    RegionPart,
    SectorPart,
    PriorityPart,
    TextPart,
    TrackRecordPart,
    OffersPart,
)


def indexed_matrices(profiles: KindProfiles, idf: IdfWeights, against: Kind) -> list[csr_matrix]:
    """The matrices with few entries a row of all parts that are dot products, in order."""
    return [matrix for part in SCORE_PARTS for matrix in part.indexed_matrices(profiles, idf, against)]


def query_matrices(
    profiles: KindProfiles, idf: IdfWeights, against: Kind, weights: Sequence[float]
) -> list[csr_matrix]:
    """As :func:`indexed_matrices`, but without columns where the weight is 0: an index need not look there."""
    without_columns, given = csr_matrix((len(profiles.encoded), 0)), iter(weights)
    matrices: list[csr_matrix] = []
    for part in SCORE_PARTS:
        count = len(part.indexed_shares)
        if any(islice(given, count)):
            matrices += part.indexed_matrices(profiles, idf, against)
        else:
            matrices += [without_columns] * count
    return matrices


def dot_product_weights(settings: RulesetSettings, subject: Kind, candidate: Kind) -> list[float]:
    """The weights of the :func:`indexed_matrices`, and last that of the matrix of character n-grams."""
    indexed, sparse = [], 0.0
    for part in SCORE_PARTS:
        weight = settings.share(subject, candidate, part.name)
        used = weight if part.is_dot_product(subject, candidate) else 0.0
        indexed += [share * used for share in part.indexed_shares]
        sparse += part.sparse_share * used
    return [*indexed, sparse]
