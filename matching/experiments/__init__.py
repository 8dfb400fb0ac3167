"""Experiments with a model: evaluation, back-tests, previews of drafts, and learning of weights."""
