"""Fitted scikit-learn pipelines from records to weighted vectors, as somebody outside of a model uses them."""

from collections.abc import Mapping
from math import sqrt

from scipy.sparse import csr_matrix
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import Normalizer

from matching.features.collection import ProfileCollection
from matching.features.kernel import kernel_weights
from matching.features.places import PooledVectorizer
from matching.features.vectorizer import ProfileEncoder, ProfileTransformer, ProfileVectorizer
from schemas.kinds import Kind


def fitted_vectorizer(
    collection: ProfileCollection, vectorizer: type[ProfileVectorizer]
) -> ProfileVectorizer:
    """The vectorizer as a collection uses it; territories that none of its profiles names have no column."""
    vocabulary = collection.vocabulary
    if not issubclass(vectorizer, PooledVectorizer):
        return vectorizer.of(collection.settings, vocabulary).fit([])
    weighting = collection.idf_weights.find(vectorizer)
    columns = weighting.n_features_in_ if weighting else len(vocabulary.columns)
    return vectorizer.of(collection.settings, None).fit_vocabulary(vocabulary, columns)


def tfidf_pipeline(collection: ProfileCollection, vectorizer: type[ProfileVectorizer]) -> ProfileTransformer:
    """The vectorizer, and its weighting by the profiles of the collection; rows are of length 1."""
    fitted = fitted_vectorizer(collection, vectorizer)
    return _pipeline(fitted, collection.idf_weights.find(vectorizer) or _normalizer_of(fitted))


def tfidf_union(
    collection: ProfileCollection, weights: Mapping[type[ProfileVectorizer], float]
) -> ProfileTransformer:
    """Vectors side by side, so that dot products are Σ weight × dot product of each."""
    return _pipeline(ProfileEncoder(), _union(collection, weights))


def kernel_pipeline(collection: ProfileCollection, kind: Kind) -> ProfileTransformer:
    """The vectors by which profiles of one kind are alike: their dot product is the kernel of the track record."""
    return normalized_union(collection, kernel_weights(kind))


def normalized_union(
    collection: ProfileCollection, weights: Mapping[type[ProfileVectorizer], float]
) -> ProfileTransformer:
    """As :func:`tfidf_union`, scaled to length 1 as a whole."""
    union = _union(collection, weights)
    return _pipeline(ProfileEncoder(), union, _normalizer_of(union))


def _union(collection: ProfileCollection, weights: Mapping[type[ProfileVectorizer], float]) -> FeatureUnion:
    pipelines = [(vectorizer.__name__, tfidf_pipeline(collection, vectorizer)) for vectorizer in weights]
    roots = {vectorizer.__name__: sqrt(weight) for vectorizer, weight in weights.items()}
    return FeatureUnion(pipelines, transformer_weights=roots)


def _normalizer_of(transformer: ProfileTransformer) -> Normalizer:
    """A normalizer of what comes out of a transformer; it learns no more than how many columns there are."""
    return Normalizer().fit(csr_matrix((1, len(transformer.get_feature_names_out()))))


def _pipeline(*steps: object) -> ProfileTransformer:
    pipeline: ProfileTransformer = make_pipeline(*steps)
    return pipeline
