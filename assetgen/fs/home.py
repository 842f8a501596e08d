"""Where what is paid for is kept: in the repository's own folder, for all its working trees.

The log of purchases, the replies and the paid originals belong to the repository, not to one
checkout. They are below git's common folder, by the path of the project in the repository. Outside
git, they are in the cache of the project.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

#: The name for a project at the top of the repository; no quoted path is equal to it.
_TOP = "%"
_LONGEST = 200


def home(root: Path) -> Path:
    """The folder that has, like a project, what is kept in ``.assetgen/cache``.

    It is ``root`` itself outside git. It need not exist. Reads files only, and runs no git.
    """
    real = Path(os.path.realpath(root))
    for top in (real, *real.parents):
        if os.path.lexists(top / ".git"):
            common = _common(top / ".git")
            return common / "assetgen" / _name(real, top) if common else root
    return root


def _name(project: Path, top: Path) -> str:
    """The name of a project's folder: its path in the repository, as one part."""
    path = project.relative_to(top).as_posix()
    if path == ".":
        return _TOP
    name = quote(path, safe="")
    if len(name) > _LONGEST:
        return f"%{hashlib.sha256(name.encode()).hexdigest()}"
    return name


def _common(git: Path) -> Path | None:
    """The folder that all working trees of a repository share; None if ``git`` is no repository."""
    try:
        if git.is_file():  # a linked working tree, or a submodule
            said = git.read_text("utf-8")
            if not said.startswith("gitdir:"):
                return None
            git = git.parent / said.removeprefix("gitdir:").strip()
        shared = git / "commondir"
        if shared.is_file():
            git = git / shared.read_text("utf-8").strip()
        is_repository = (git / "HEAD").is_file() and (git / "objects").is_dir()
    except (OSError, ValueError):
        return None
    return Path(os.path.realpath(git)) if is_repository else None


def shown(root: Path, name: str) -> str:
    """The path of a kept file for people: relative to the project if it is inside."""
    file = home(root) / name
    inside = Path(os.path.realpath(root))
    for base in (root, inside):
        if file.is_relative_to(base):
            return file.relative_to(base).as_posix()
    return str(file)
