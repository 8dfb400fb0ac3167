"""When profiles were last confirmed, as numbers."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from matching.features.records import confirmed_on
from matching.sparse.matrices import Positions
from schemas.records import Record


def confirmation_days(records: Sequence[Record]) -> Positions:
    """The ordinal of the day on which each record was last confirmed, that of ``date.max`` if none is known."""
    days = (confirmed_on(record) or date.max for record in records)
    return np.fromiter((day.toordinal() for day in days), np.int64, len(records))
