"""The environment of git: nothing from the caller's hooks or from a hostile configuration.

Imports nothing but os, because the no-op check uses it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Set for every call, so that git starts no program from the repository's configuration.
_CONFIG = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.looseCompression", "0"),  # pictures do not deflate; measured 0.56x on a commit of 1,000
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)
_KEPT = ("GIT_EXEC_PATH", "GIT_SSL_CAINFO", "GIT_ASKPASS")
_IDENTITY = ("GIT_AUTHOR_", "GIT_COMMITTER_")
#: Windows starts no program from the current folder where this is set.
NOT_FROM_HERE = "NoDefaultCurrentDirectoryInExePath"


def scrubbed(environ: Mapping[str, str], *, index_file: bool = False) -> dict[str, str]:
    """``environ`` for a git process: of GIT_* only the author, and our own settings.

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
    return kept


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
