"""What init writes."""
