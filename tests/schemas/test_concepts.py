"""The vocabulary of the field: whole, tied to the sector tree, and read in five languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.concepts import concepts, concepts_in, languages, mentions_in
from schemas.sectors import sectors


def test_every_concept_has_expressions_in_every_language_and_a_sector_that_exists() -> None:
    assert set(languages()) == {"fr", "en", "es", "it", "pt"}
    for concept in concepts().values():
        assert concept.sector is None or concept.sector in sectors(), concept.key
        for language in languages():
            assert concept.expressions[language], (concept.key, language)
            assert all(word.rstrip("*") for pattern in concept.expressions[language] for word in pattern), (
                concept.key
            )


@pytest.mark.parametrize(
    "text",
    [
        "dans le cadre de cette action, contre la faim",
        "for the best of all, as well as for them",
        "no hay nada más entre todos los demás",
        "non è stato spesso in comune con loro",
        "para os países e para todas as nossas gentes",
    ],
)
def test_small_words_speak_of_nothing(text: str) -> None:
    small = {"dans", "well", "nada", "stato", "spesso", "paises", "todas", "entre"}
    assert not small & {word for mention in mentions_in(text) for word in mention.words.split()}


@pytest.mark.parametrize(
    "text",
    [
        "Nous creusons des puits",
        "We are digging wells",
        "Perforamos pozos",
        "Scaviamo pozzi",
        "Abrimos furos de água",
    ],
)
def test_a_well_is_a_well_in_every_language(text: str) -> None:
    assert concepts_in(text)["well"] > 0


def test_the_longest_expression_counts_and_not_what_lies_within_it() -> None:
    assert concepts_in("Un centre de santé pour le village") == {"health-centre": 1, "village": 1}


def test_a_word_is_read_in_the_language_of_its_line() -> None:
    assert "network" in concepts_in("La red de asociaciones de la ciudad")
    assert "network" not in concepts_in("The red house of the city")
    both = concepts_in("La red de asociaciones de la ciudad\nThe red house of the city")
    assert {"network", "housing"} <= set(both)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert set(concepts_in(text)) <= set(concepts())
