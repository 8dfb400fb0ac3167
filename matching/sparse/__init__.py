"""Sparse matrices and the loops over them: nothing here knows what a profile is."""
