"""Figures and baselines: known values, and what each baseline is for."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.metrics import ndcg_score

from matching.experiments.evaluation import (
    CountryAndSector,
    NearestByWords,
    Popularity,
    RandomOrder,
    bm25,
    score_rankings,
)
from matching.track_record.partnerships import PartnershipPair
from schemas.inputs import JsonObject
from tests.matching.records import project

PAIRS: list[PartnershipPair] = [
    ("wells", "water", "2010"),
    ("pumps", "water"),
    ("schools", "books"),
    ("loans", "bank"),
]
PROJECTS: list[JsonObject] = [
    project("wells", name="Wells and clean water for the village"),
    project("pumps", name="Pumps for clean water"),
    project("schools", name="Schools and teachers"),
    project("loans", name="Small loans"),
]
CANDIDATES = ["bank", "books", "newcomer", "water"]


def test_figures_have_their_known_values() -> None:
    found = score_rankings({"a": {"x", "y"}, "b": {"z"}, "c": {"z"}}, {"a": ["x", "q", "y"], "b": ["q", "z"]})
    ndcg = ((1 + 1 / 2) / (1 + 1 / np.log2(3)) + 1 / np.log2(3) + 0) / 3
    assert found.queries == 3
    expected = {"recall@10": 2 / 3, "ndcg@10": ndcg, "mrr@10": (1 + 0.5 + 0) / 3, "gini@10": found.gini}
    assert found.named() == pytest.approx(expected)
    assert 0 < found.gini < 1


def test_only_the_first_ten_count_and_each_candidate_once() -> None:
    ranking = [f"c{number}" for number in range(10)]
    assert score_rankings({"a": {"x"}}, {"a": [*ranking, "x"]}).recall == 0
    assert score_rankings({"a": {"x"}}, {"a": ["x", "x"]}).ndcg == 1
    many = {f"c{number}" for number in range(30)}
    assert score_rankings({"a": many}, {"a": ranking}).recall == 1
    assert score_rankings({}, {}).named() == {"recall@10": 0, "ndcg@10": 0, "mrr@10": 0, "gini@10": 0}


def test_popularity_counts_earlier_partners() -> None:
    assert Popularity(PAIRS).rank(PROJECTS[0], CANDIDATES) == ["water", "bank", "books", "newcomer"]


def test_country_and_sector_counts_what_is_shared() -> None:
    records = [*PROJECTS, project("fields", origin=["SN"], sectors=["31120"]), project("far", origin=["ML"])]
    ranker = CountryAndSector(records)
    asked = project("new", origin=["SN"], sectors=["31130"])
    assert ranker.rank(asked, ["far", "fields", "wells"]) == ["fields", "wells", "far"]


def test_any_order_is_the_same_for_the_same_query() -> None:
    many = [f"c{number}" for number in range(50)]
    one, other = (RandomOrder().rank({"key": key}, many) for key in ("a", "b"))
    assert sorted(one) == sorted(many)
    assert one == RandomOrder().rank({"key": "a"}, many) != other


def test_nearest_by_words_follows_the_words_and_never_the_query_itself() -> None:
    ranker = NearestByWords(PROJECTS, PAIRS)
    assert ranker.rank(project("new", name="Teachers for schools"), CANDIDATES)[0] == "books"
    assert ranker.rank(project("schools", name="Schools and teachers"), CANDIDATES)[0] != "books"
    nothing = ranker.rank(project("other", name="Zzz"), CANDIDATES)
    assert list(nothing) == Popularity(PAIRS).rank({}, CANDIDATES)
    assert NearestByWords([], []).rank(PROJECTS[0], CANDIDATES) == CANDIDATES


def test_bm25_agrees_with_its_formula() -> None:
    counts = csr_matrix([[2, 1, 0], [0, 1, 0], [0, 0, 3]])
    lengths = np.array([3, 1, 3]) / (7 / 3)
    for text, word, frequency in ((0, 0, 1), (0, 1, 2), (1, 1, 2), (2, 2, 1)):
        times = counts[text, word]
        idf = np.log(1 + (3 - frequency + 0.5) / (frequency + 0.5))
        expected = idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * lengths[text]))
        assert bm25(counts)[text, word] == pytest.approx(expected)


WORDS = ["wells", "water", "schools", "loans"]


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=5, max_size=12))
def test_bm25_is_that_of_sqlite_but_for_its_idf(texts: list[list[str]]) -> None:
    """SQLite's full-text search leaves out the 1 in the logarithm, and keeps what would be negative just above 0."""
    counts = csr_matrix([[text.count(word) for word in WORDS] for text in texts])
    mine = bm25(counts)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(words)")
        database.executemany("INSERT INTO texts VALUES (?)", [(" ".join(text),) for text in texts])
        for column, word in enumerate(WORDS):
            having = sum(word in text for text in texts)
            found = database.execute("SELECT rowid, bm25(texts) FROM texts(?)", (word,)).fetchall()
            assert len(found) == having
            for row, score in found:
                odds = (len(texts) - having + 0.5) / (having + 0.5)
                theirs = -score / (np.log(odds) if odds > 1 else 1e-6)
                assert mine[row - 1, column] / np.log(1 + odds) == pytest.approx(theirs)


@given(
    st.permutations([f"c{number}" for number in range(15)]),
    st.sets(st.sampled_from([f"c{number}" for number in range(15)]), min_size=1),
)
def test_ndcg_is_that_of_scikit_learn(ranking: list[str], relevant: set[str]) -> None:
    true = [[float(key in relevant) for key in ranking]]
    expected = ndcg_score(true, [list(range(len(ranking), 0, -1))], k=10)
    assert score_rankings({"a": relevant}, {"a": ranking}).ndcg == pytest.approx(expected)
