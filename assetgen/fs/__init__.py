"""Files: safe paths, durable writes, locks, trees, git."""
