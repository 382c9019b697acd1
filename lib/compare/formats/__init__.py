"""Formats: the tables in the grammars of other tools, one a file.

Nothing is computed here: every file says what the tables say, in another grammar, with
the same bytes on every run.
"""

NAMES = "urn:x-compare:"
