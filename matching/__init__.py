"""Matching as a library: no database, no web, no clock. :class:`PartnershipModel` is its whole surface."""

from matching.model import PartnershipModel
from matching.suggestion import Part, Suggestion

__all__ = ["Part", "PartnershipModel", "Suggestion"]
