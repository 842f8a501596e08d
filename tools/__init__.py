"""Scripts that draw, write and fetch files of this repository."""
