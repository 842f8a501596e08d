"""Image files: decode, derive, mark."""
