"""Changes that belong together: one save in an editor, one checkout."""

from __future__ import annotations

import os
import queue
import time
from contextlib import suppress
from pathlib import Path

from assetgen.fs import platform
from assetgen.manifest.schema import FILE
from assetgen.watch.watcher import Change

#: Seconds without a change after which a burst of changes is over.
QUIET = 0.03
#: Seconds after which a burst counts as over, even if it goes on.
MOST = 2.0
#: Seconds to wait for a manifest that an editor moved away, and for git to finish a checkout.
MANIFEST_GONE, GIT_AT_WORK = 0.5, 10.0


class Bursts:
    """Collects the changes that are ``seen`` in a project into bursts."""

    def __init__(self, root: Path, seen: queue.SimpleQueue[Change], git_lock: Path | None) -> None:
        """``git_lock`` is the file with which git locks its index."""
        self._root, self._seen, self._git_lock = root, seen, git_lock

    def following(self) -> list[Change]:
        """The next changes, once their burst is over, however long it takes to begin."""
        changes = [self._first()]
        began = time.monotonic()
        while True:
            try:
                changes.append(self._seen.get(timeout=QUIET))
                is_quiet = False
            except queue.Empty:
                is_quiet = True
            waited = time.monotonic() - began
            if (is_quiet or waited > MOST) and not self._is_unfinished(waited):
                return changes

    def _first(self) -> Change:
        while True:
            with suppress(queue.Empty):
                return self._seen.get(timeout=platform.LONGEST_WAIT)

    def _is_unfinished(self, waited: float) -> bool:
        """Whether more changes follow: git locks its index, or an editor renames the manifest."""
        with suppress(OSError):
            if self._git_lock and time.time() - os.lstat(self._git_lock).st_mtime < GIT_AT_WORK:
                return True
        return waited < MANIFEST_GONE and not (self._root / FILE).exists()
