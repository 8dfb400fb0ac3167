"""JSON merge patch (RFC 7396)."""

from typing import Annotated

from pydantic import AfterValidator

from schemas.inputs import UNSTORABLE, JsonObject, storable


def _only_storable_text(patch: JsonObject) -> JsonObject:
    if not storable(patch):
        raise ValueError(UNSTORABLE)
    return patch


MergePatch = Annotated[JsonObject, AfterValidator(_only_storable_text)]
"""The body of a merge patch; what it makes of its target is checked when it is applied."""


def merge_patch(target: JsonObject, patch: JsonObject) -> JsonObject:
    """``target`` with ``patch`` applied: ``null`` removes, an object merges, anything else replaces."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            former = merged.get(name)
            merged[name] = merge_patch(former if isinstance(former, dict) else {}, value)
        else:
            merged[name] = value
    return merged
