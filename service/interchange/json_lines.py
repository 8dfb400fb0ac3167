"""Records as JSON lines: one object a line."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.document_limits import excess_of_json
from schemas.inputs import UNSTORABLE, JsonObject, unstorable_at
from schemas.translation import message
from service.field_errors import Fault
from service.interchange.lines import Line
from service.interchange.rows import FileRow

NO_JSON = message("This line is not valid JSON. Each line must contain one whole object.")
NO_OBJECT = message("This line contains no object. Each line must contain one whole object.")


def read_json_lines(lines: Iterable[Line]) -> Iterator[FileRow]:
    """The object of each line that is not blank, or why it is none."""
    return (_row(line) for line in lines if line.fault or line.text.strip())


def _row(line: Line) -> FileRow:
    if fault := line.fault or excess_of_json(line.text):
        return FileRow.refused(line.number, Fault("", fault))
    try:
        record = json.loads(line.text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except _RepeatedNameError as error:
        detail = message("The field “{name}” appears twice in this record.", name=str(error))
        return FileRow.refused(line.number, Fault("", detail))
    except ValueError:
        return FileRow.refused(line.number, Fault("", NO_JSON))
    if not isinstance(record, dict):
        return FileRow.refused(line.number, Fault("", NO_OBJECT))
    if (pointer := unstorable_at(record)) is not None:
        return FileRow.refused(line.number, Fault(pointer, UNSTORABLE))
    return FileRow(line.number, record, size=len(line.text))


class _RepeatedNameError(ValueError):
    """A name that stands twice in one object: one of the two values would be lost."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise _RepeatedNameError(name)
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
