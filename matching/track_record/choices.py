"""Choices: which subjects have worked with which candidates, as matrices."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from matching.sparse.matrices import Floats, Positions, SparseRow, stack_rows
from matching.track_record.partnerships import TrackRecord

MAX_AGE_YEARS = 15.0
"""Older partnerships count as if they were of this age."""


class PartnershipChoices(NamedTuple):
    """The choices: a 1 for each partnership (subjects × candidates), by row and by column; and by subject the age
    of its latest partnership in years."""

    matrix: csr_matrix
    by_candidate: csc_matrix
    ages: Floats

    @classmethod
    def of(
        cls, subjects: Sequence[str], columns: Mapping[str, int], track_record: TrackRecord
    ) -> "PartnershipChoices":
        partners = [[key for key in track_record.partners_of(one) if key in columns] for one in subjects]
        rows = [SparseRow.of({columns[key]: 1.0 for key in keys}) for keys in partners]
        ages = [
            min(track_record.age(one, key) for key in keys)
            for one, keys in zip(subjects, partners, strict=True)
        ]
        matrix = stack_rows(rows, len(columns))
        by_candidate = matrix.tocsc()
        by_candidate.sort_indices()
        return cls(matrix, by_candidate, np.minimum(ages, MAX_AGE_YEARS))

    def candidates_of(self, row: int) -> Positions:
        """The candidates (columns) that a subject has chosen."""
        chosen: Positions = self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]]
        return chosen

    def subjects_of(self, column: int) -> Positions:
        """The subjects (rows) that have chosen a candidate, in order."""
        start, end = self.by_candidate.indptr[column : column + 2]
        chosen: Positions = self.by_candidate.indices[start:end]
        return chosen
