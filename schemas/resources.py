"""What organisations offer and need beside work in a sector: concepts that have no DAC code, with their names."""

from collections.abc import Mapping

from schemas.translation import Message, message

RESOURCES: Mapping[str, Message] = {
    "money": message("money"),
    "co-financing": message("co-financing"),
    "donation": message("donations"),
    "network": message("networks and contacts"),
    "expert-engineer": message("expertise"),
    "language": message("languages"),
    "office": message("premises"),
}
"""By concept (:mod:`schemas.concepts`), as they stand in a sentence."""
