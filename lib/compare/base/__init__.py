"""Base: what every room stands on; knows nothing of plans."""
