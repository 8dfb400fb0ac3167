"""Who may work with whom: eligibility, freshness, capacity, and the conditions and preferences of a ruleset."""
