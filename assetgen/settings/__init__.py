"""What the user decides, never the repository: keys, origins, limits, models."""
