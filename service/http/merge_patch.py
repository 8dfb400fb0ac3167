"""JSON merge patch (RFC 7396)."""

from schemas.inputs import JsonObject


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
