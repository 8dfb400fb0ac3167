"""YAML files with the line on which each value stands, so that what is wrong can be found."""

from collections.abc import Iterator
from typing import Any

import yaml

from schemas.inputs import TOO_DEEP, UNSTORABLE, JsonObject, storable
from schemas.translation import Message, message
from service.errors import Invalid
from service.field_errors import Fault

MAX_NESTING = 100
"""How many lists and objects may stand in one another. Rules need fewer than twenty, and the time that it takes to
read more grows with the square of it."""
Lines = dict[str, int]
"""For the JSON Pointer of each value, its line, counted from 1."""


def read_yaml_text(text: str) -> tuple[JsonObject, Lines]:
    """The object in a YAML text and where its values stand; raises ``Invalid``.

    There are no aliases, no tags and no key twice: what one reads is what counts.
    """
    try:
        node = _composed(text)
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
        raise Invalid.of([Fault("", Message(UNSTORABLE))])
    return said, lines


def _composed(text: str) -> yaml.Node | None:
    _refuse_aliases_and_deep_nesting(text)
    loader = yaml.SafeLoader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _refuse_aliases_and_deep_nesting(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            said = message(
                "References to other places of the file (*{name}) are not read. Write it out.",
                name=event.anchor,
            )
            raise Invalid.of([Fault("", said, line=_line(event.start_mark))])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_NESTING:
            raise Invalid.of([Fault("", Message(TOO_DEEP), line=_line(event.start_mark))])


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
            at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
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
