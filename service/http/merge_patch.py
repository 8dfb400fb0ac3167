"""JSON merge patch (RFC 7396)."""

from typing import Annotated, Any

from pydantic import AfterValidator

from schemas.inputs import UNSTORABLE, storable


def _only_storable_text(patch: dict[str, Any]) -> dict[str, Any]:
    if not storable(patch):
        raise ValueError(UNSTORABLE)
    return patch


MergePatch = Annotated[dict[str, Any], AfterValidator(_only_storable_text)]
"""The body of a merge patch; what it makes of its target is checked when it is applied."""


def merge_patch(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
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
