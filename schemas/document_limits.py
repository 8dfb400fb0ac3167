"""How deep and how large a document may be: counted in its text, before anything is made of it."""

import re

from schemas.translation import Message, message

MAX_NESTING = 50
"""How many lists and objects may stand in one another; the rules, which nest most, need fewer than twenty."""
MAX_VALUES = 5_000
"""How many values one document may hold, of a request or a line of a file."""
TOO_DEEP = message(
    "This is nested too deeply. Put at most {most} lists and objects into one another.", most=MAX_NESTING
)
TOO_MANY_VALUES = message("This holds too many values. Send at most {most} at once.", most=MAX_VALUES)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string of JSON, closed or not; possessive, so that no text takes longer than its length."""


def excess_of_json(text: str) -> Message | None:
    """What a JSON text (RFC 8259) has too much of, if anything; whether it is valid, its parser says."""
    structure = _STRING.sub("", text)
    if sum(map(structure.count, "[{,")) > MAX_VALUES:
        return TOO_MANY_VALUES
    depth = 0
    for character in structure:
        if character in "[{":
            depth += 1
            if depth > MAX_NESTING:
                return TOO_DEEP
        elif character in "]}":
            depth -= 1
    return None
