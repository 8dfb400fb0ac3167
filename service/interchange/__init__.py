"""Whole lists in and out: files of records, as other people keep them."""
