"""The environment of git: nothing from the caller's hooks or from a hostile configuration.

A clone can contain files that look like a repository of their own, with settings that run
programs. So the repository is found here, only by the name ``.git``, which no clone can contain,
and each call of git is given its folder by name.

Imports nothing but os, because the no-op check uses it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    #: The folder of a repository, and the top of its working tree; both without links.
    Place = tuple[str, str]

# Set for every call, so that git starts no program from the repository's configuration.
_CONFIG = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.pager", "cat"),
    ("core.looseCompression", "0"),  # pictures do not deflate; measured 0.56x on a commit of 1,000
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("core.hooksPath", os.devnull),  # the last one, so that it can be left out
)
#: Added to the environment of a call that asks where the user's own hooks are.
WITH_HOOKS = {"GIT_CONFIG_COUNT": str(len(_CONFIG) - 1)}
#: Added to a call that asks who the user is: a name that git would guess is none.
NO_GUESS = {
    "GIT_CONFIG_COUNT": str(len(_CONFIG) + 1),
    f"GIT_CONFIG_KEY_{len(_CONFIG)}": "user.useConfigOnly",
    f"GIT_CONFIG_VALUE_{len(_CONFIG)}": "true",
}
_KEPT = ("GIT_EXEC_PATH", "GIT_SSL_CAINFO", "GIT_ASKPASS")
_IDENTITY = ("GIT_AUTHOR_", "GIT_COMMITTER_")
#: Windows starts no program from the current folder where this is set.
NOT_FROM_HERE = "NoDefaultCurrentDirectoryInExePath"


def scrubbed(
    environ: Mapping[str, str], place: Place | None = None, *, index_file: bool = False
) -> dict[str, str]:
    """``environ`` for a git process: of GIT_* only the author, our own settings, and ``place``.

    ``index_file`` keeps GIT_INDEX_FILE, the index of a running commit; only for reading.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("GIT_")
        or name in _KEPT
        or name.startswith(_IDENTITY)
        or (index_file and name == "GIT_INDEX_FILE")
    }
    if "PATH" in kept:  # git finds filters and signing there: never in the current folder
        folders = kept["PATH"].split(os.pathsep)
        kept["PATH"] = os.pathsep.join(folder for folder in folders if os.path.isabs(folder))
    kept.update(
        GIT_LITERAL_PATHSPECS="1", GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C"
    )
    kept[NOT_FROM_HERE] = "1"
    kept["GIT_CONFIG_COUNT"] = str(len(_CONFIG))
    for index, (key, value) in enumerate(_CONFIG):
        kept[f"GIT_CONFIG_KEY_{index}"] = key
        kept[f"GIT_CONFIG_VALUE_{index}"] = value
    if place is not None:
        kept.update(GIT_DIR=place[0], GIT_WORK_TREE=place[1])
    return kept


def find_repository(folder: str) -> Place | None:
    """The repository around ``folder``; None if there is none.

    As git looks for it, on the same file system only, but never for a bare one.
    """
    current = os.path.realpath(folder)
    device = _device(current)
    while device is not None:
        named = os.path.join(current, ".git")
        if os.path.isdir(named):
            if _is_git_folder(named):
                return os.path.realpath(named), current
        elif os.path.lexists(named):
            return _pointed_to(named), current
        above = os.path.dirname(current)
        if above == current or _device(above) != device:
            return None
        current = above
    return None


def top_of(folder: str) -> str:
    """The top of the repository around ``folder``; outside of one, ``folder`` itself."""
    found = find_repository(folder)
    return found[1] if found else folder


def _device(folder: str) -> int | None:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return None


def _is_git_folder(path: str) -> bool:
    inside = os.path.isdir(os.path.join(path, "objects")) and os.path.isdir(
        os.path.join(path, "refs")
    )
    return os.path.lexists(os.path.join(path, "HEAD")) and (
        inside or os.path.isfile(os.path.join(path, "commondir"))
    )


def _pointed_to(file: str) -> str:
    """The folder that a file ``.git`` names, as in submodules and linked working trees."""
    try:
        with open(file, "rb") as stream:
            said = os.fsdecode(stream.read(65_536)).strip("\r\n")
    except OSError:
        said = ""
    named = said.removeprefix("gitdir: ")
    return os.path.realpath(os.path.join(os.path.dirname(file), named if named != said else ""))


def is_planted(place: Place) -> bool:
    """Whether the folder of a repository is among its own files, where a clone can put one."""
    folder, top = place
    own = os.path.join(top, ".git")
    return folder != own and (folder + os.sep).startswith(top.rstrip(os.sep) + os.sep)


def find_git(environ: Mapping[str, str], project: str) -> str | None:
    """The absolute path of git on PATH, but not inside the project or the current folder."""
    inside = os.path.realpath(project) + os.sep
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        for name in ("git.exe",) if os.name == "nt" else ("git",):
            program = os.path.join(folder, name)
            usable = (
                os.path.isabs(folder) and os.path.isfile(program) and os.access(program, os.X_OK)
            )
            if usable and not os.path.realpath(program).startswith(inside):
                return program
    return None
