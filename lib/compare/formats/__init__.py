"""Formats: the tables in the grammars of other tools, one a file."""
