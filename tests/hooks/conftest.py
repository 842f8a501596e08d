"""What takes an environment of its own is collected only where ASSETGEN_HOOKS=1 asks for it."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("ASSETGEN_HOOKS") == "1" else ["test_installed.py"]
