"""One term for a thing and one register in each language: what careful readers of the catalogues objected to stays out."""

import re

import pytest

from schemas.language import Language
from tests.catalogues import TRANSLATED, read_catalogue, sentences

AVOIDED: dict[Language, str] = {
    Language.EN: r"steward|foretold|whoever|mechanism|route|people behind|your people|prepare a request"
    r"|looks at the budget|stands twice|half a character",
    Language.FR: r"accord|fiches?|programmes? de financement|propositions?|donnez|genres?|parcours|regarde|compte en|prochain pas"
    r"|ressemble|responsables?|steward|bailleurs?|opérateurs?|envois de fonds|bénéficiaires?|apport propre",
    Language.ES: r"socios|autoridad(es)?|alianzas?|propuesta|presentación|ustedes|fichas?|afectad[ao]s?|implicad[ao]s?|parejas?|montos?"
    r"|mecanismos?|junta(?! directiva)|envíos|operador|confirmen|indiquen|pregunten|hablen|tómen(lo)?|(de|a|con) ellos",
    Language.IT: r"conti|sched[ae]|propost[ae]|controparte|identificatore|(?-i:Indicare|Scrivere|Inviare|Salvare|Compilare|Registrare|Creare)"
    r"|chieda|indichi|prosegua|invii|ripeta|prepari|verifichi|registrat[ao] da|tanti anni|tanti membri|meccanismi?|colloquio|percorso"
    r"|presentazione|membri|ent[ei](?! (locale|locali|pubblico|finanziatore))",
}
"""Words that a glossary of the field replaces, or that belong to another way to address the reader."""


def texts(language: Language) -> list[str]:
    """All that a language says."""
    if language is Language.EN:
        return sentences()
    return [str(entry.string) for entry in read_catalogue(language) if entry.id]


@pytest.mark.parametrize("language", list(Language))
def test_the_glossary_is_kept(language: Language) -> None:
    avoided = re.compile(rf"\b({AVOIDED[language]})\b", re.IGNORECASE)
    assert [text for text in texts(language) if avoided.search(text)] == []


@pytest.mark.parametrize("language", list(Language))
def test_punctuation_follows_the_language(language: Language) -> None:
    for text in texts(language):
        assert "'" not in text, text
        assert not re.search(r"[^<>]\s{2,}", text), text
        if language is Language.FR:
            assert not re.search(r" [:;?!»%]", text), text
            assert "« " not in text, text
            assert not re.search(r"[^\s\N{NARROW NO-BREAK SPACE}/s]([;?!])", text), text
            assert not re.search(r"\w:(?=\s)", text.replace("Authorization:", "").replace("name:", "")), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_budget_of_a_project_is_not_the_accounts_of_a_year(language: Language) -> None:
    for entry in read_catalogue(language):
        text, english = str(entry.string).casefold(), str(entry.id).casefold()
        if "budget" in english:
            assert {"fr": "budget", "es": "presupuesto", "it": "budget"}[language] in text, text
        if language is Language.IT and "bilancio" in text:
            assert "accounts" in english, text


@pytest.mark.parametrize("language", list(Language))
def test_names_are_put_in_where_no_grammar_is_needed(language: Language) -> None:
    """Territories, sectors, dates and amounts stand after a colon or in brackets, never behind a preposition."""
    names = (
        "places",
        "sectors",
        "priorities",
        "applicants",
        "money",
        "codes",
        "mechanisms",
        "levels",
        "forms",
    )
    for text in texts(language):
        for name in names:
            before = text.partition(f"{{{name}}}")[0] if f"{{{name}}}" in text else None
            assert before is None or re.search(r"[:(]\s*$", before), text
