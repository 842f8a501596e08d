"""Real frameworks, run by make test-web: ASSETGEN_WEB is the folder they are installed in."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("ASSETGEN_WEB") else ["test_*.py"]
