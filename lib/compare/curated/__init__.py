"""Curated: what the program makes of it; serves ``data/curated``."""
