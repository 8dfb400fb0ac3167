"""One module a part of the score: what of a profile becomes a vector, and what two profiles share."""
