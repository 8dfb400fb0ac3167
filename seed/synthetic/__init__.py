"""Generated organisations: as many as wanted, plausible, reproducible, and none of them real."""
