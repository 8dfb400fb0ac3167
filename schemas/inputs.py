"""What every shape that a person or machine sends has in common."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.translation import note

JsonObject = dict[str, Any]
"""A JSON object (RFC 8259) whose shape is checked elsewhere: what somebody sent, or a document as it is stored."""
TOO_DEEP = note("This is nested too deeply.")
NO_TEXT = re.compile("[\x00\ud800-\udfff]")
UNSTORABLE = note("The text contains a NUL character or an incomplete character. Remove it.")


class Input(BaseModel):
    """A strict shape: no unknown fields, no guessing of types, no characters that no database can keep."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _only_storable_text(cls, value: Any) -> Any:
        try:
            if not storable(value):
                raise ValueError(UNSTORABLE)
        except RecursionError:
            raise ValueError(TOO_DEEP) from None
        return value


def storable(value: Any) -> bool:
    """Whether every text in a JSON value can be stored: no NUL, no lone surrogate."""
    if isinstance(value, str):
        return NO_TEXT.search(value) is None
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(storable(item) for item in value)
    return True
