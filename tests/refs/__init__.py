"""Tests of what finds and resolves references."""
