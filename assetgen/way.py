"""The way from where the user is to the project, where cures are run: `cd site`.

Each command notes where it begins; the rest is worked out when the first cure is printed.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # every command loads it
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assetgen.cure import Cure

_FILE = "assets.toml"  # as in manifest.schema, which loads more


class _Beginning:
    """Where the user is, and which folder the command is to work in."""

    here = ""
    """"" before the first command, as in a test of a report."""
    folder = ""
    prefix: str | None = None
    root: str | None = None


_now = _Beginning()


def begin(folder: str, environ: Mapping[str, str]) -> None:
    """A command begins that works in ``folder``, as a user or a hook has called it."""
    try:
        here = os.getcwd()
    except OSError:  # it was removed
        here = ""
    # Git runs hooks at the top of the working tree, and says in GIT_PREFIX where the user is.
    _now.here, _now.prefix = here, environ.get("GIT_PREFIX")
    _now.folder, _now.root = os.path.join(here, folder), None


def end() -> None:
    """The command has ended."""
    _now.here = ""


def lead_to(root: str) -> None:
    """The project is in ``root``, whatever is above it."""
    _now.root = root


def to_project() -> Cure | None:
    """The "cd DIR" that cures need; None in the project."""
    if not _now.here:
        return None
    from assetgen.cure import command

    root = _now.root or _root(os.path.realpath(_now.folder))
    if root is None:
        return None
    try:
        relative = os.path.relpath(root, os.path.realpath(_user(root)))
    except ValueError:  # another drive
        return command("cd {folder}", folder=root)
    shown = relative.replace(os.sep, "/")
    return None if shown == "." else command("cd {folder}", folder=shown)


def _user(root: str) -> str:
    """The folder in which the user is."""
    if _now.prefix is not None:
        from assetgen.gitenv import find_repository

        if found := find_repository(root):
            return os.path.join(found[1], _now.prefix)  # the hook may have changed the folder
    return _now.here


def _root(folder: str) -> str | None:
    """The project that ``folder`` is in; without one, the folder itself if it exists."""
    return project_above(folder) or (folder if os.path.isdir(folder) else None)


def project_above(folder: str) -> str | None:
    """The nearest folder from ``folder`` upwards, in its repository, with a manifest."""
    while not os.path.lexists(os.path.join(folder, _FILE)):  # it need not be readable
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = above
    return folder
