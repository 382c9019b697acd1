"""Codebook: what people decided; serves ``data/codebook``."""
