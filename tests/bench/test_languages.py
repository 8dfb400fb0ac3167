"""A text finds its counterpart in another language; measured on sentences kept unseen."""

from collections import Counter

from bench.languages import measure
from schemas.concepts import languages
from seed.parallel_sentences import is_for_measuring, sentences


def test_a_sentence_finds_its_counterpart_in_another_language_better_than_by_letters() -> None:
    found = measure()
    assert found["passerelle"].unseen >= 0.9
    assert found["passerelle"].unseen > found["character n-grams"].unseen > found["words"].unseen


def test_there_are_two_hundred_sentences_each_said_once_in_every_language() -> None:
    said = sentences()
    assert len(said) >= 200
    assert sum(map(is_for_measuring, range(len(said)))) >= len(said) // 3
    for language in languages():
        assert Counter(sentence[language] for sentence in said).most_common(1)[0][1] == 1
