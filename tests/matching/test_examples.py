"""The examples in docstrings give what they say."""

import doctest

import pytest

import matching

EXAMPLES = [
    example
    for name in matching.__all__
    for example in doctest.DocTestFinder().find(getattr(matching, name), name)
    if example.examples
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_gives_what_it_says(example: doctest.DocTest) -> None:
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0
