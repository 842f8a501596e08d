"""What doctor examines."""
