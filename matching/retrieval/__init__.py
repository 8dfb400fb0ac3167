"""Exact top-k retrieval: candidate generation, bounds, rescoring and order."""
