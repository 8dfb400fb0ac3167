"""The transformers of features by scikit-learn's own conventions and checks, and as parts of the model."""

import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random_array, vstack
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from matching import (
    CharacterVectorizer,
    ConceptVectorizer,
    PartnershipModel,
    PriorityVectorizer,
    ProfileEncoder,
    RegionVectorizer,
    SectorVectorizer,
    TfidfWeighting,
)
from matching.features.places import TerritoryVectorizer
from matching.features.region import AncestorVectorizer, JurisdictionVectorizer, RegionIncrementVectorizer
from matching.features.surroundings import SurroundingsVectorizer
from matching.features.text import TitleVectorizer, WordVectorizer
from schemas.kinds import Kind
from schemas.records import Record
from schemas.weights import RegionLevels
from tests.matching.records import (
    KAOLACK,
    PADUA,
    VENETO,
    association,
    authority,
    programme,
    project,
)

VECTORIZERS = [
    AncestorVectorizer,
    CharacterVectorizer,
    ConceptVectorizer,
    JurisdictionVectorizer,
    PriorityVectorizer,
    RegionIncrementVectorizer,
    RegionVectorizer,
    SectorVectorizer,
    SurroundingsVectorizer,
    TerritoryVectorizer,
    TitleVectorizer,
    WordVectorizer,
]
CHECKS_WITHOUT_INPUT = [
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]
"""Those of scikit-learn's checks that ask for no matrix of numbers as input."""
RECORDS = [
    association(),
    project(sectors=["14030"], priorities=["communities"]),
    authority("padua", PADUA),
    programme(),
]


WEIGHTING_CHECKS = [
    (estimator, check)
    for weighting in (TfidfWeighting(), TfidfWeighting(sublinear_tf=True))
    for estimator, check in estimator_checks.estimator_checks_generator(weighting)
    if check.func
    is not estimator_checks.check_array_api_input  # only for those that say that they take such arrays
]


@pytest.fixture(autouse=True)
def _temporary_files_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some checks write matrices to files that they delete when the process ends; processes of xdist do not end so."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.parametrize(("estimator", "check"), WEIGHTING_CHECKS)
def test_the_weighting_passes_the_checks_of_scikit_learn(
    estimator: TfidfWeighting, check: Callable[[TfidfWeighting], None]
) -> None:
    check(estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_INPUT, ids=lambda check: check.__name__)
@pytest.mark.parametrize("vectorizer", [*VECTORIZERS, ProfileEncoder, PartnershipModel])
def test_vectorizers_pass_the_checks_of_scikit_learn_that_apply(vectorizer: Any, check: Any) -> None:
    check(vectorizer.__name__, vectorizer())


@pytest.mark.parametrize("vectorizer", VECTORIZERS)
def test_rows_depend_on_their_own_record_and_have_named_columns(vectorizer: Any) -> None:
    fitted = vectorizer().fit(RECORDS)
    before = pickle.dumps(fitted)
    together = fitted.transform(RECORDS)
    assert together.shape == (len(RECORDS), len(fitted.get_feature_names_out()))
    one_by_one = vstack([fitted.transform([record]) for record in RECORDS])
    encoded = fitted.transform(ProfileEncoder().transform(RECORDS))
    copied = pickle.loads(before).transform(RECORDS)  # noqa: S301  # pickled above
    again = clone(fitted).fit_transform(RECORDS)
    for other in (one_by_one, encoded, copied, again):
        assert (together != other).nnz == 0
    assert pickle.dumps(fitted) == before


def test_a_region_vectorizer_alone_has_the_columns_of_what_it_was_fitted_on() -> None:
    vectorizer = RegionVectorizer()
    with pytest.raises(NotFittedError):
        vectorizer.transform(RECORDS)
    vectorizer.fit([association(origin=[KAOLACK], residence=[VENETO])])
    assert vectorizer.get_feature_names_out().tolist() == [
        "origin:SN",
        "origin:SN-KL",
        "residence:IT",
        "residence:IT-34",
    ]
    town = vectorizer.transform([association(origin=[], residence=[PADUA])])
    assert town.shape == (1, 4)
    assert set(town.indices) == {2, 3}  # the town itself is not known


@pytest.mark.parametrize("given", [[["a", "b"]], ["a record"], [None]])
def test_what_is_no_record_is_refused_with_what_it_is(given: Any) -> None:
    with pytest.raises(TypeError, match="an import record is a mapping, not"):
        SectorVectorizer().transform(given)


@pytest.mark.parametrize("sublinear_tf", [False, True])
def test_tfidf_is_that_of_scikit_learn(sublinear_tf: bool) -> None:
    numbers = np.random.default_rng(1)
    counts = csr_matrix(random_array((60, 40), density=0.2, rng=numbers))
    counts.data = numbers.integers(1, 200, counts.nnz)
    expected = TfidfTransformer(sublinear_tf=sublinear_tf).fit(counts)
    mine = TfidfWeighting(sublinear_tf=sublinear_tf).fit_on([counts[:10], counts[10:, :]])
    np.testing.assert_allclose(mine.idf_, expected.idf_)
    kept_in_bytes = csr_matrix(counts, dtype=np.uint8)
    for some in (counts, kept_in_bytes):
        np.testing.assert_allclose(mine.transform(some).toarray(), expected.transform(counts).toarray())


def test_a_column_that_comes_later_weighs_as_one_that_no_row_has() -> None:
    fitted = TfidfWeighting().fit(np.array([[1.0, 0.0], [1.0, 1.0]]))
    assert fitted.unseen_idf_ == pytest.approx(TfidfWeighting().fit(np.array([[1.0, 0.0]] * 2)).idf_[1])
    wider = fitted.weigh(csr_matrix(np.array([[1.0, 0.0, 1.0]])))
    assert wider.toarray()[0, 2] == pytest.approx(fitted.unseen_idf_ / np.hypot(1.0, fitted.unseen_idf_))


def test_the_transformers_of_a_model_give_the_parts_of_its_scores() -> None:
    candidates = [authority("padua", PADUA), programme(), authority("kaolack", KAOLACK, role="origin")]
    subject = association(description="A school and a well", sectors=["14030"], priorities=["capacities"])
    model = PartnershipModel().fit(candidates)
    suggestions = model.suggest([subject])[0]
    assert len(suggestions) == len(candidates)
    for suggestion in suggestions:
        [candidate] = [record for record in candidates if record["key"] == suggestion.candidate]
        kinds = Kind(subject["kind"]), Kind(candidate["kind"])
        mine, theirs = model.transformers(*kinds), model.transformers(*kinds[::-1])
        similarities = {part.name: part.similarity for part in suggestion.parts}
        for name in ("region", "sector", "priority", "text"):
            rows = mine[name].transform([subject]), theirs[name].transform([candidate])
            assert (rows[0] @ rows[1].T).sum() == pytest.approx(similarities[name])


@pytest.mark.parametrize(
    "known",
    [
        [association("wells", sectors=["14030"]), association("schools", sectors=["11120"])],
        [authority("padua", PADUA), authority("kaolack", KAOLACK, role="origin")],
    ],
)
def test_the_transformer_of_the_track_record_gives_its_kernel(known: list[Record]) -> None:
    model, kind = PartnershipModel().fit(known), Kind(known[0]["kind"])
    profiles = model.state_.profiles
    expected = profiles.of(kind).kernel_vectors(profiles.idf_weights)
    transformer = model.transformers(kind, Kind.AUTHORITY)["track_record"]
    vectors = transformer.transform(profiles.of(kind).records)
    assert vectors.shape[1] == len(transformer.get_feature_names_out())
    np.testing.assert_allclose((vectors @ vectors.T).toarray(), (expected @ expected.T).toarray())


def test_a_part_is_taken_into_a_pipeline_of_ones_own() -> None:
    model = PartnershipModel().fit(RECORDS)
    text = clone(model.transformers(Kind.PROJECT, Kind.PROGRAMME)["text"]).fit(RECORDS[:2])
    lengths = np.asarray(text.transform(RECORDS).power(2).sum(axis=1)).ravel()
    assert (lengths <= 1 + 1e-9).all()
    similar = make_pipeline(ProfileEncoder(), SectorVectorizer(), TfidfWeighting()).fit_transform(RECORDS)
    assert similar.shape[0] == len(RECORDS)


def test_levels_are_parameters_as_scikit_learn_sets_them() -> None:
    levels = RegionLevels(country=0.0, subdivision=0.5, locality=1.0)
    vectorizer = RegionVectorizer().set_params(levels=levels)
    assert clone(vectorizer).get_params()["levels"] == levels
    [row] = vectorizer.fit_transform([association(origin=[KAOLACK], residence=[])]).toarray()
    assert row.tolist() == [0.0, 1.0]
