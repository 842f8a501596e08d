"""The page in a real Chromium, run by make test-review: ASSETGEN_REVIEW has axe-core from npm."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("ASSETGEN_REVIEW") else ["test_*.py"]
