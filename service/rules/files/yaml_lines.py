"""YAML files with the line on which each value stands, so that what is wrong can be found."""

from collections.abc import Iterator
from typing import Any

import yaml

from schemas.document_limits import MAX_NESTING, MAX_VALUES, TOO_DEEP, TOO_MANY_VALUES
from schemas.inputs import UNSTORABLE, JsonObject, pointer_step, storable
from schemas.translation import message
from schemas.yaml_files import LOADER
from service.errors import Invalid
from service.field_errors import Fault

MAX_CHARACTERS = 200_000
"""How long a file may be; the longest that ships has 6,000."""
Lines = dict[str, int]
"""For the JSON Pointer of each value, its line, counted from 1."""


def read_yaml_text(text: str) -> tuple[JsonObject, Lines]:
    """The object in a YAML text and where its values stand; raises ``Invalid``.

    There are no aliases, no tags and no key twice: what one reads is what counts.
    """
    _refuse_excess(text)
    try:
        _refuse_aliases_and_excess(text)
        node: yaml.Node | None = yaml.compose(text, LOADER)
        lines: Lines = {}
        faults = list(_faults(node, "", lines)) if node else []
        if faults:
            raise Invalid.of(faults)
        said = yaml.SafeLoader("").construct_document(node) if node else None
    except yaml.YAMLError as error:
        raise Invalid.of([_broken(error)]) from None
    except ValueError:
        raise Invalid.of([Fault("", message("A date or a number in this file is not valid."))]) from None
    if not isinstance(said, dict):
        raise Invalid.of(
            [Fault("", message("Begin with the name of a field, such as “name: Region first”."), line=1)]
        )
    if not storable(said):
        raise Invalid.of([Fault("", UNSTORABLE)])
    return said, lines


def _refuse_excess(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise Invalid.at("", message("The file is longer than {most} characters.", most=MAX_CHARACTERS))


def _refuse_aliases_and_excess(text: str) -> None:
    """Look at a file event by event, and go no further than it may: its reader takes longer than the depth of a file."""
    depth = values = 0
    for event in yaml.parse(text, LOADER):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            said = message(
                "References to other places of the file (*{name}) are not read. Write it out.",
                name=event.anchor,
            )
            raise Invalid.of([Fault("", said, line=line)])
        values += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        for excess, found in ((TOO_DEEP, depth > MAX_NESTING), (TOO_MANY_VALUES, values > MAX_VALUES)):
            if found:
                raise Invalid.of([Fault("", excess, line=line)])


def _broken(error: yaml.YAMLError) -> Fault:
    said = message("This is not valid YAML: {problem}", problem=getattr(error, "problem", None) or "?")
    return Fault("", said, line=_line(getattr(error, "problem_mark", None)))


def _line(mark: Any) -> int | None:
    """The line that a mark of the reader stands for, counted from 1."""
    return None if mark is None else int(mark.line) + 1


def _faults(node: yaml.Node, pointer: str, lines: Lines) -> Iterator[Fault]:
    """What YAML allows and a file of rules does not; meanwhile, where everything stands."""
    if pointer in lines:
        return
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            at = f"{pointer}/{pointer_step(name)}"
            if at in lines:
                yield Fault(at, message("This appears twice in the file."), line=key.start_mark.line + 1)
            yield from _faults(value, at, lines)
            lines[at] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _faults(item, f"{pointer}/{position}", lines)


def line_of(pointer: str, lines: Lines) -> int | None:
    """The line of a value, or of the nearest one around it that is there."""
    while pointer not in lines and pointer:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)
