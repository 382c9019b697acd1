"""Measurements of speed: ratios in one run, never timed tests."""
