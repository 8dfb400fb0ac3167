"""What is wrong with single values: found by Pydantic or by us, said in the reader's language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, Field

from matching import Condition
from schemas.inputs import JsonObject, pointer_step
from schemas.language import Language
from schemas.places import TERRITORY_PATTERN
from schemas.texts import shortened
from schemas.translation import Message, message
from schemas.wording import render

MOST_OF_A_DETAIL = 1_000
"""Characters of a sentence that names what was sent."""


class FieldError(BaseModel):
    """What is wrong with one value: ``pointer`` is a JSON Pointer (RFC 6901) into the body or parameters."""

    pointer: str
    detail: str
    candidates: list[JsonObject] | None = None
    line: int | None = Field(None, description="The line of the file, counted from 1.")


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be accepted, in a language not yet known."""

    pointer: str
    detail: Message
    candidates: tuple[JsonObject, ...] = ()
    line: int | None = None

    def shown(self, language: Language) -> FieldError:
        """The fault for its reader."""
        return FieldError(
            pointer=self.pointer,
            detail=shortened(render(language, self.detail), MOST_OF_A_DETAIL),
            candidates=list(self.candidates) or None,
            line=self.line,
        )


SENTENCES = {
    "missing": message("This field is missing."),
    "extra_forbidden": message("There is no such field. Look at the documentation for the fields there are."),
    "json_invalid": message("This is not valid JSON."),
    "string_type": message("Give a text."),
    "string_sub_type": message("Give a text."),
    "string_unicode": message("The text contains an incomplete character. Remove it."),
    "string_too_short": message("Give at least {min_length} characters."),
    "string_too_long": message("Give at most {max_length} characters."),
    "string_pattern_mismatch": message("This is not written in the expected form."),
    "int_type": message("Give a whole number."),
    "int_parsing": message("Give a whole number."),
    "int_parsing_size": message("This number is too large."),
    "int_from_float": message("Give a whole number."),
    "float_type": message("Give a number."),
    "float_parsing": message("Give a number."),
    "finite_number": message("Give a number that is neither infinite nor undefined."),
    "bool_type": message("Give true or false."),
    "bool_parsing": message("Give true or false."),
    "list_type": message("Give a list."),
    "dict_type": message("Give an object."),
    "model_type": message("Give an object."),
    "model_attributes_type": message("Give an object."),
    "too_short": message("Give at least {min_length} entries."),
    "too_long": message("Give at most {max_length} entries."),
    "literal_error": message("Give one of: {expected}."),
    "enum": message("Give one of: {expected}."),
    "greater_than": message("Give more than {gt}."),
    "greater_than_equal": message("Give at least {ge}."),
    "less_than": message("Give less than {lt}."),
    "less_than_equal": message("Give at most {le}."),
    "decimal_type": message("Give an amount such as “123.45”."),
    "decimal_parsing": message("Give an amount such as “123.45”."),
    "decimal_max_digits": message("Give an amount such as “123.45”."),
    "decimal_max_places": message("Give an amount such as “123.45”."),
    "decimal_whole_digits": message("Give an amount such as “123.45”."),
    "uuid_type": message("Give an identifier that the service has answered with."),
    "uuid_parsing": message("Give an identifier that the service has answered with."),
    "union_tag_invalid": message(
        "There is no such condition. Look at /rulesets/conditions for those there are."
    ),
    "union_tag_not_found": message("Say in “type” which condition this is. Look at /rulesets/conditions."),
    "tuple_type": message("Give a list."),
    "date_type": message("Give a date such as 2026-05-31."),
    "date_parsing": message("Give a date such as 2026-05-31."),
    "date_from_datetime_parsing": message("Give a date such as 2026-05-31."),
    "date_from_datetime_inexact": message("Give a date such as 2026-05-31."),
    "url_type": message("Give an address such as https://www.example.org."),
    "url_parsing": message("Give an address such as https://www.example.org."),
    "url_scheme": message("Give an address such as https://www.example.org."),
    "url_too_long": message("Give at most {max_length} characters."),
}
PATTERN_MESSAGES = {
    "^[A-Z]{2}$": message("Give a country code of two letters (ISO 3166-1), such as SN."),
    TERRITORY_PATTERN: message(
        "Give a territory code such as SN or SN-DB, or an object with country and place."
    ),
    "^[A-Z]{3}$": message("Give a currency code of ISO 4217, such as EUR."),
    "^[a-z]{2,3}$": message("Give a language code such as fr."),
}
ADDRESS = message("Give an e-mail address such as name@example.org.")
ANYTHING_ELSE = message("This value cannot be accepted. Look at the documentation for its form.")
OF_ANOTHER_BRANCH = {"string_type", "model_type", "model_attributes_type", "dict_type"}
CONDITION_TYPES = {form.model_fields["type"].default for form in get_args(Condition)}
PARTS_OF_A_REQUEST = {"body", "header"}


def faults_of(errors: Iterable[Any]) -> list[Fault]:
    """The errors of Pydantic as faults. Where a value may have one of several shapes, only the nearest is blamed."""
    found = [
        (_branch(item["loc"]), item["type"], Fault(_pointer(item["loc"]), _sentence(item))) for item in errors
    ]
    blamed: dict[str, set[str]] = {}
    for branch, kind, fault in found:
        if branch and kind not in OF_ANOTHER_BRANCH:
            for pointer in _with_those_around(fault.pointer):
                blamed.setdefault(pointer, set()).add(branch)
    kept = [
        fault
        for branch, kind, fault in found
        if not (branch and kind in OF_ANOTHER_BRANCH and blamed.get(fault.pointer, set()) - {branch})
    ]
    return list({(fault.pointer, fault.detail.text): fault for fault in kept}.values())


def _with_those_around(pointer: str) -> Iterator[str]:
    """A JSON Pointer, and those of everything that it lies in."""
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _sentence(item: Any) -> Message:
    if item["type"] == "value_error":
        text = item["msg"].removeprefix("Value error, ")
        return ADDRESS if "email address" in text else Message(text)
    context = item.get("ctx") or {}
    known = PATTERN_MESSAGES.get(context.get("pattern", "")) or SENTENCES.get(item["type"], ANYTHING_ELSE)
    return Message(known.text, context)


def _pointer(location: Sequence[str | int]) -> str:
    """A JSON Pointer; FastAPI's word for the part of the request is left out, but for query and path."""
    steps = [
        str(step)
        for position, step in enumerate(location)
        if not (position == 0 and step in PARTS_OF_A_REQUEST) and not _is_tag(location, position)
    ]
    return "".join(f"/{pointer_step(step)}" for step in steps if not _names_a_shape(step))


def _branch(location: Sequence[str | int]) -> str | None:
    return next((str(step) for step in reversed(location) if _names_a_shape(str(step))), None)


def _is_tag(location: Sequence[str | int], position: int) -> bool:
    """Whether a step is the type of a condition, which Pydantic puts behind the place where the condition stands."""
    before = location[position - 1] if position else None
    if isinstance(before, int) and position > 1:
        before = location[position - 2]
    return before in ("condition", "of") and location[position] in CONDITION_TYPES


def _names_a_shape(step: str) -> bool:
    # Pydantic puts the shape of a union that it tried into the path of the error.
    return step in ("constrained-str", "str", "NamedPlace") or "[" in step
