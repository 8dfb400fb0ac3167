"""Columns by the annotations of fields: a new field is read and written without being listed anywhere."""

import math
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from schemas.records import FIELDS
from service.interchange.column_types import column_type_of
from service.interchange.columns import COLUMN_TYPES


class Answers(BaseModel):
    """Fields of every plain type."""

    volunteers: Annotated[int, Field(ge=0)] | None = None
    audited: bool | None = None
    part: float = 0.0
    size: Literal["small", "large"] | None = None
    networks: list[str] = []


@given(
    st.fixed_dictionaries(
        {
            "volunteers": st.integers(0, 10**12),
            "audited": st.booleans(),
            "part": st.floats(0, 1),
            "size": st.sampled_from(["small", "large"]),
            "networks": st.lists(st.sampled_from(["a|b", "c\\", "d"]), min_size=1),
        }
    )
)
def test_a_field_of_any_plain_type_is_read_back_as_it_was(values: dict[str, Any]) -> None:
    for name, value in values.items():
        column_type = column_type_of(Answers.model_fields[name].annotation)
        read = column_type.read(column_type.write(value))
        assert type(read) is type(value)
        assert math.isclose(read, value) if isinstance(value, float) else read == value


def test_every_field_of_every_kind_has_a_type_of_column() -> None:
    assert {name for fields in FIELDS.values() for name in fields.model_fields} <= set(COLUMN_TYPES)


@pytest.mark.parametrize("annotation", [object, dict[str, int], list[list[str]], int | str])
def test_what_no_column_can_hold_is_refused_when_the_service_starts(annotation: Any) -> None:
    with pytest.raises(TypeError, match="there is no type of column"):
        column_type_of(annotation)
