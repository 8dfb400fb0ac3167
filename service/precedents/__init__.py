"""Documented practices: what others have done, searched and read by anybody."""
