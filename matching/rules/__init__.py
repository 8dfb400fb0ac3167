"""Conditions: those that are built in, those of a ruleset, and what would meet them."""
