"""Small notebooks that lie, one cell for each way, and what catches each."""
