"""How deep and how large a document is, is counted in its text as its parser would count it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.document_limits import MAX_NESTING, MAX_VALUES, TOO_DEEP, TOO_MANY_VALUES, excess_of_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.text('[]{},:"\\'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('[]{},:"\\ab'), inner),
    max_leaves=40,
)


@given(JSON_VALUES, st.sampled_from([None, 2]), st.booleans())
def test_what_strings_hold_is_not_counted(value: Any, indent: int | None, plain: bool) -> None:
    assert excess_of_json(json.dumps(value, indent=indent, ensure_ascii=plain)) is None


@given(JSON_VALUES, st.sampled_from(["[{}]", '{{"a": {}}}']))
def test_depth_is_counted(value: Any, around: str) -> None:
    text = json.dumps(value)
    for _ in range(MAX_NESTING - _depth(value)):
        text = around.format(text)
    assert excess_of_json(text) is None
    assert excess_of_json(around.format(text)) == TOO_DEEP


def test_values_are_counted() -> None:
    assert excess_of_json(json.dumps([1] * MAX_VALUES)) is None
    assert excess_of_json(json.dumps([1] * (MAX_VALUES + 1))) == TOO_MANY_VALUES
    assert excess_of_json(json.dumps({str(n): "a,b" for n in range(MAX_VALUES)})) is None
    assert excess_of_json(json.dumps([{}] * MAX_VALUES)) == TOO_MANY_VALUES


@given(st.text('[]{},:"\\a\n'))
def test_what_is_no_json_is_left_to_its_parser(text: str) -> None:
    assert excess_of_json(text) is None or len(text) > MAX_NESTING


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0
