"""HTML layouts for the local route."""
