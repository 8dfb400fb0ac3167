"""Records as JSON lines: one object a line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.inputs import JsonObject
from schemas.translation import message
from service.field_errors import Fault
from service.interchange.lines import Line
from service.interchange.rows import FileRow


def read_json_lines(lines: Iterable[Line]) -> Iterator[FileRow]:
    """The object of each line that is not blank, or why it is none."""
    return (_row(line) for line in lines if line.fault or line.text.strip())


def _row(line: Line) -> FileRow:
    if line.fault:
        return FileRow.refused(line.number, Fault("", line.fault))
    try:
        record = json.loads(line.text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except _RepeatedNameError as error:
        detail = message("The field “{name}” appears twice in this record.", name=str(error))
        return FileRow.refused(line.number, Fault("", detail))
    except RecursionError:
        return FileRow.refused(line.number, Fault("", message("This is nested too deeply.")))
    except ValueError:
        detail = message("This line is not valid JSON. Each line must contain one whole object.")
        return FileRow.refused(line.number, Fault("", detail))
    if not isinstance(record, dict):
        detail = message("This line contains no object. Each line must contain one whole object.")
        return FileRow.refused(line.number, Fault("", detail))
    return FileRow(line.number, record)


class _RepeatedNameError(ValueError):
    """A name that stands twice in one object: one of the two values would be lost."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedNameError(next(name for name in names if names.count(name) > 1))
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
