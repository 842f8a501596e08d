"""The sample record."""

from __future__ import annotations

from pathlib import Path

SAMPLE = (Path(__file__).parents[1] / "data" / "sample-record.json").read_bytes()
PLACE = ".assetgen/records/launch/cover.json"
