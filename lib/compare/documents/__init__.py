"""Documents: the texts as obtained; serves ``data/raw``."""
