"""Makes the table that says in which subdivision each locality lies; run by hand when its source is renewed."""
