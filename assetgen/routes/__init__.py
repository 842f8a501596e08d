"""Routes: the ways to make an image."""
