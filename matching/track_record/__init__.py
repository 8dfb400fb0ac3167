"""What earlier partnerships say about new ones."""
