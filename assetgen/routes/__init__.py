"""Routes: who makes an image."""
