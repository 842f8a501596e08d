"""Benchmarks: assetgen compared with other tools."""
