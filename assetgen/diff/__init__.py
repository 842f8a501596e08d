"""What became of the pictures between two commits, or since a commit."""
