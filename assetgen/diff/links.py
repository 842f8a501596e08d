"""Where GitHub shows a file of a commit."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from assetgen.fs.git import Repository

SERVER = "https://github.com"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}")
_ORIGIN = re.compile(
    r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)github\.com[:/](.+?)(?:\.git)?/?", re.ASCII
)


def is_repository(name: str) -> bool:
    """Whether ``name`` is an owner and a repository, as in "octo/site"."""
    return _NAME.fullmatch(name) is not None and name.rpartition("/")[2].strip(".") != ""


def repository_of(repository: Repository) -> str | None:
    """OWNER/NAME of the remote ``origin``, if that is on GitHub; None if not."""
    ended = repository.git.ask("config", "--get", "remote.origin.url")
    found = _ORIGIN.fullmatch(os.fsdecode(ended.out).strip()) if ended.status == 0 else None
    return found[1] if found and is_repository(found[1]) else None


def picture(repository: str, commit: str, path: str) -> str:
    """The address at which GitHub shows a picture, also of a private repository.

    ``path`` is from the top of the repository. Addresses of raw.githubusercontent.com answer 404
    for a private one. Source: link-assistant/hive-mind#1350 and pingdotgg/t3code#6600, read on
    2026-11-30. Untried here: it takes a repository on GitHub, and a browser that is signed in.
    """
    return f"{SERVER}/{repository}/blob/{commit}/{quote(path, safe='/')}?raw=true"
