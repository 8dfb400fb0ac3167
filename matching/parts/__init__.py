"""The parts of a score: how similar a pair is in each, and what can be said of it."""
