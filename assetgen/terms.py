"""What a plan depends on besides the files of the project: the user's side, in one line of bytes.

Imports only what every Python has loaded already: this is on the start-up path, as snapshot is.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

from assetgen import gitenv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The note of a run that was interrupted while it placed files, below the project.
UNDER_WAY = ".assetgen/cache/under-way.json"


def of(root: str, environ: Mapping[str, str], before_ns: int) -> bytes | None:
    """Python, the repository, the user's configuration, and the bill of OpenAI's routes.

    None if what was planned under them cannot be kept: another index is named, a run was
    interrupted, or the configuration was changed after ``before_ns``.
    """
    if "GIT_INDEX_FILE" in environ or os.path.lexists(os.path.join(root, UNDER_WAY)):
        return None
    place = config_place(environ)
    found = _file(place) if place else ()
    if max(found[-2:], default=0) > before_ns:
        return None
    of_files = (os.path.realpath(place or os.devnull), found, bool(environ.get("ASSETGEN_CONFIG")))
    repository = (gitenv.find_repository(root), list(_with_git(os.path.realpath(root))))
    stated = (of_files, repository, _bill(environ), crc32(repr(code()).encode()))
    return repr(stated).encode("ascii", "backslashreplace")


def code() -> tuple[str, list[int], list[tuple[str, int, int]]]:
    """Python, the times of the folders of packages, and the size and time of each module.

    The version alone does not show an edit; an installed package changes the times of its folder.
    """
    places = [place for place in sys.path if place.endswith("-packages") and os.path.isdir(place)]
    packages = [os.stat(place).st_mtime_ns for place in places]
    return sys.version, packages, sorted(_modules(os.path.dirname(os.path.abspath(__file__))))


def _modules(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".toml")):  # the catalogue of models too
                info = entry.stat()
                yield entry.path, info.st_size, info.st_mtime_ns
            elif "." not in entry.name and entry.name != "__pycache__":
                yield from _modules(entry.path)


def _file(place: str) -> tuple[int, ...]:
    """What shows that a file is another one, its times last; links are followed."""
    try:
        info = os.stat(place)
    except OSError as exc:
        return exc.errno or 0, 0, 0
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def _with_git(folder: str) -> Iterator[str]:
    """The folders from ``folder`` upwards that have something called .git."""
    above = ""
    while folder != above:
        if os.path.lexists(os.path.join(folder, ".git")):
            yield folder
        above, folder = folder, os.path.dirname(folder)


def config_place(environ: Mapping[str, str]) -> str | None:
    """The path of the user's configuration; None if there is no home directory."""
    if stated := environ.get("ASSETGEN_CONFIG"):
        return stated
    return usual_config_place(environ)


def usual_config_place(environ: Mapping[str, str]) -> str | None:
    """The default path of the configuration; None if there is no home directory."""
    folder = environ.get("XDG_CONFIG_HOME")
    if not folder and os.name == "nt":
        folder = environ.get("APPDATA")
    if not folder:
        home = environ.get("HOME") or environ.get("USERPROFILE")
        folder = home and os.path.join(home, ".config")
    return os.path.join(folder, "assetgen", "config.toml") if folder else None


def _bill(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What decides the bill of OpenAI's routes; never a password."""
    scheme, _, rest = environ.get("OPENAI_BASE_URL", "").partition("://")
    for end in "/?#":
        rest = rest.partition(end)[0]
    _user, at, host = rest.rpartition("@")
    return scheme, at, host
