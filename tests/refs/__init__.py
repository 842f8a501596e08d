"""References: found, resolved, proposed."""
