"""What every shape that a person or machine sends has in common."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.texts import shortened
from schemas.translation import message

JsonObject = dict[str, Any]
"""A JSON object (RFC 8259) whose shape is checked elsewhere: what somebody sent, or a document as it is stored."""
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, of which databases cannot take NUL and terminals obey others; characters that change the direction of
all that follows; halves of characters. Line breaks and tabs are none of these."""
MOST_OF_A_STEP = 100
"""Characters of a name in a JSON Pointer; none of ours is longer."""
UNSTORABLE = message("The text contains a control character or an incomplete character. Remove it.")


class Input(BaseModel):
    """A strict shape: no unknown fields, no guessing of types.

    That its texts can be stored is seen to where they come in, once for all shapes.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


def unstorable_at(value: Any, pointer: str = "") -> str | None:
    """The JSON Pointer of the first text in a JSON value that holds a character which no text may hold (``NO_TEXT``)."""
    if isinstance(value, str):
        return pointer if NO_TEXT.search(value) else None
    found: Any = ()
    if isinstance(value, dict):
        if any(NO_TEXT.search(name) for name in value):
            return pointer
        found = value.items()
    elif isinstance(value, list):
        found = enumerate(value)
    inner = (unstorable_at(item, f"{pointer}/{pointer_step(step)}") for step, item in found)
    return next((at for at in inner if at is not None), None)


def storable(value: Any) -> bool:
    """Whether every text in a JSON value can be stored."""
    return unstorable_at(value) is None


def pointer_step(name: str | int) -> str:
    """One step of a JSON Pointer (RFC 6901); of a name that nobody would read to its end, the beginning."""
    return shortened(str(name), MOST_OF_A_STEP).replace("~", "~0").replace("/", "~1")
