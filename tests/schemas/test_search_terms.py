"""Queries find texts in whatever way both are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.search_terms import LONGEST_QUERY, index_terms, query_terms

IVORY_COAST = "Côte d’Ivoire"
THREE_FOR_ONE = "Tres por Uno"


def finds(query: str, text: str) -> bool:
    """Whether a query finds a text."""
    terms = sorted(index_terms(text))
    return bool(query_terms(query)) and all(term.found_in(terms) for term in query_terms(query))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cote divoire", IVORY_COAST),
        ("dIvoire", IVORY_COAST),
        ("d'ivoire", IVORY_COAST),
        ("COTE D IVOIRE", IVORY_COAST),
        ("lavoro all'Aquila", "Lavoro a L’Aquila"),
        ("3x1", THREE_FOR_ONE),
        ("3×1", THREE_FOR_ONE),
        ("3 x 1", THREE_FOR_ONE),
        ("3 por 1", THREE_FOR_ONE),
        ("three for one", THREE_FOR_ONE),
        ("trois pour un", THREE_FOR_ONE),
        ("tre per uno", "Programme 3×1"),
        ("dos por uno", "2x1"),
        ("m4dnet", "M4D-Net"),
        ("M4D Net", "M4D-Net"),
        ("codesarrollo", "co-desarrollo"),
        ("co-développement", "codéveloppement"),
        ("the nurses of Modena", "Modena, a nurse"),
        ("infirmiers", "Nurses from Colombia"),
        ("acqua potabile", "forage et eau potable"),
        ("italienne", "un club italien"),
        ("associations marocaines", "Association marocaine"),
        ("diour", "Diourbel"),
        ("les", "Les"),
    ],
)
def test_a_query_finds_a_text(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("3x1", "1 comité, 3 communes"),
        ("3x1", "4x1"),
        ("tres", "3x1"),
        ("nurses", "Doctors from Colombia"),
        ("nurses Colombia", "Nurses from Peru"),
        ("bel", "Diourbel"),
        ("roma", "Rotterdam"),
    ],
)
def test_a_query_does_not_find_another_text(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("query", ["", " ", "—", "'", "₍₎"])
def test_a_query_without_a_word_asks_for_nothing(query: str) -> None:
    assert query_terms(query) == []


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text) or not index_terms(text)


@given(st.text(max_size=300))
def test_terms_are_words_that_every_database_takes(text: str) -> None:
    asked = query_terms(text)
    assert len(asked) <= LONGEST_QUERY
    for term in (term for every in asked for some in every.alternatives for term in some):
        assert term.isascii()
        assert term.isalnum()
        assert term == term.lower()
