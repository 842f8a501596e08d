"""Benchmarks: what assetgen costs beside the tools it is measured against."""
