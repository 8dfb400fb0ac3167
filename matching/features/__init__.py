"""What is read in a profile, and the vectors it becomes: one module for each kind of feature."""
