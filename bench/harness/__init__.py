"""Real servers and processes, against which benchmarks and end-to-end tests run."""
