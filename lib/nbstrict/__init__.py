"""Strict nbval: notebooks whose stored outputs are what a run gives."""
