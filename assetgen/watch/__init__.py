"""watch: images at every save."""
