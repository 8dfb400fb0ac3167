"""Benchmarks: what the service does beside the simplest thing that could be done, in the same run."""
