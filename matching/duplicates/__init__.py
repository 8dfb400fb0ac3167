"""Record linkage: which profiles may be one and the same organisation."""
