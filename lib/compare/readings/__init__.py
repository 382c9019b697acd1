"""Readings: what people read; serves ``data/readings``."""
