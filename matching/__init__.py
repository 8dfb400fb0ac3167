"""Matching as a library: no database, no web, no clock. :class:`PartnershipModel` is its whole surface.

The model is imported when it is first asked for: scikit-learn takes as long to import as all the rest of the
service, and conditions and reasons do not need it.
"""

from typing import TYPE_CHECKING, Any

from matching.parts.suggestion import Part, Suggestion

if TYPE_CHECKING:
    from matching.model import PartnershipModel

__all__ = ["Part", "PartnershipModel", "Suggestion"]


def __getattr__(name: str) -> Any:
    if name != "PartnershipModel":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from matching.model import PartnershipModel

    return PartnershipModel
