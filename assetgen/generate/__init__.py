"""The performer: make, place, record, commit."""
