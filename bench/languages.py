"""What ``passerelle bench languages`` measures: how surely a text finds what says the same in another language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching import PartnershipModel
from matching.parts.pairwise import PairwiseScores
from matching.sparse.matrices import Floats
from schemas.concepts import languages
from schemas.kinds import Kind
from schemas.text_folding import fold
from seed.parallel_sentences import Said, is_for_measuring, sentences

TextComparison = Callable[[Sequence[str]], Floats]
"""Texts to how alike they are, each with each."""


@dataclass(frozen=True)
class Precision:
    """How often the nearest sentence of another language is the one that says the same (0 to 1).

    Candidates are all sentences of the other language; queries are those in hand while the vocabulary was written,
    and those that were kept unseen.
    """

    seen: float
    unseen: float


def measure() -> dict[str, Precision]:
    """Precision at 1 over all ordered pairs of languages, of the model's text part and of plain TF-IDF."""
    ways: dict[str, TextComparison] = {
        "passerelle": by_model,
        "character n-grams": by_characters,
        "words": by_words,
    }
    said = sentences()
    return {name: precision(said, likeness) for name, likeness in ways.items()}


def precision(said: Sequence[Said], likeness: TextComparison) -> Precision:
    """Precision at 1 of one way to compare texts."""
    alike = likeness([sentence[language] for language in languages() for sentence in said])
    count = len(said)
    found = np.zeros(count)
    for one, other in permutations(range(len(languages())), 2):
        here, there = (slice(at * count, (at + 1) * count) for at in (one, other))
        found += alike[here, there].argmax(axis=1) == np.arange(count)
    found /= len(languages()) * (len(languages()) - 1)
    unseen = np.array([is_for_measuring(number) for number in range(count)])
    return Precision(seen=float(found[~unseen].mean()), unseen=float(found[unseen].mean()))


def by_model(texts: Sequence[str]) -> Floats:
    """The text part of the model, between projects that say nothing else."""
    model = PartnershipModel().fit(
        {"key": f"{number:05}", "kind": Kind.PROJECT, "description": text}
        for number, text in enumerate(texts)
    )
    projects = model.state_.profiles.of(Kind.PROJECT)
    return PairwiseScores(model.state_, projects, projects).similarity("text")


def by_characters(texts: Sequence[str]) -> Floats:
    """Groups of two to four letters."""
    return _by(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), preprocessor=fold, sublinear_tf=True), texts
    )


def by_words(texts: Sequence[str]) -> Floats:
    """Whole words."""
    return _by(TfidfVectorizer(preprocessor=fold, sublinear_tf=True), texts)


def _by(vectorizer: TfidfVectorizer, texts: Sequence[str]) -> Floats:
    rows = vectorizer.fit_transform(texts)
    alike: Floats = (rows @ rows.T).toarray()
    return alike
