"""Tests of assetgen.diff."""
