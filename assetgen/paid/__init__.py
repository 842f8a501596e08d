"""Paid requests: sent once, stored first, read later."""
