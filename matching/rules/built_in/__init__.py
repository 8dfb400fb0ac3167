"""The conditions that hold under every ruleset: those of programmes, of territories, and of candidates themselves."""
