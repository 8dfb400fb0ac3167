"""Query parameters by their documented form, and no other that Python would read: ``1_000``, ``+5`` or ``on``."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from schemas.translation import note

WHOLE_NUMBER = re.compile("[0-9]{1,9}")


def _whole_number(value: object) -> object:
    if isinstance(value, str) and not WHOLE_NUMBER.fullmatch(value):
        raise ValueError(note("Give a whole number."))
    return value


def _flag(value: object) -> object:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError(note("Give true or false."))
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
