"""References to images in pages and code."""

from __future__ import annotations
