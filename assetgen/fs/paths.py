"""Relative paths that are safe to join: inside the project, with names for every system."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import platform

# One component. No leading dot (.git, .assetgen), no "~" (8.3 names), no ":" (streams), no
# control or format characters: only plain ASCII names are accepted.
_COMPONENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_DEVICES = re.compile(
    r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])"
    r" *(\..*)?"
)
# The short name that Windows gives a file: GIT~1 is .git, ASSETG~1 is .assetgen.
_SHORT_NAME = re.compile(r"[^~]{1,8}~[0-9]{1,6}(\..{0,3})?")
# The longest name, in bytes: a variant adds its width and format.
_LONGEST_NAME = 230

#: The size of the largest input picture, in bytes.
MAX_INPUT_BYTES = 64 * 1024 * 1024


def problem(path: str) -> str | None:
    """What is wrong with a path of plain ASCII names, such as a template's; None if it is safe."""

    def of_part(part: str) -> str | None:
        if not _COMPONENT.fullmatch(part):
            return (
                f"has the part {part!r}; a part consists of A-Z a-z 0-9 . _ - "
                "and starts with a letter, digit or _"
            )
        return f"has the part {part!r}; a part cannot end in a dot" if part.endswith(".") else None

    return _problem(path, of_part)


# Routers name folders [slug], (group) and @modal; Windows allows none of these characters.
# A variable of a shell, and a character as URLs write it.
_CODED = re.compile(r"\$[A-Za-z_{(]|%[0-9A-Fa-f]{2}")
# Wide and small forms of dots, slashes and colons: some programs turn them into the ASCII ones.
_SEEMS_ASCII = re.compile("[\uff0e\uff0f\uff1a\uff3c\ufe52\ufe55\ufe68\u2024\u2025\u2026]")
_NEVER = re.compile(r'[<>:"|?*\\]')


def problem_of_page(path: str) -> str | None:
    """What is wrong with the path of a page, None if it is safe; frameworks choose its name."""

    return _problem(path, lambda part: _of_any_name(part, "a page"))


def problem_of_file(path: str) -> str | None:
    """What is wrong with the path of an image or a folder of images, None if it is safe.

    Names in any script may have blanks, ``@``, brackets and parentheses, as in hi@2x.png and
    app/(marketing)/[slug]/opengraph-image.png.
    """

    def of_part(part: str) -> str | None:
        if part.startswith(("-", "~")):
            return f"has the part {part!r}; a part cannot begin with {part[0]!r}"
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
            return f"has a part of more than {_LONGEST_NAME} bytes"
        if odd := _CODED.search(part) or _SEEMS_ASCII.search(unicodedata.normalize("NFC", part)):
            return f"contains {odd[0]!r}, which a shell or a URL can take for something else"
        return _of_any_name(part, "an image")

    return _problem(path, of_part)


def _of_any_name(part: str, what: str) -> str | None:
    unseen = None if part.isprintable() else next(filter(_is_unseen, part), None)
    if unseen:
        return f"contains the invisible character U+{ord(unseen):04X}"
    if bad := _NEVER.search(part):
        return f"contains {bad[0]!r}, which not every system allows in a name"
    if part.startswith(".") or _SHORT_NAME.fullmatch(part):
        return f"has the part {part!r}; a hidden file is not {what}"
    if part != part.strip() or part.endswith("."):
        return f"has the part {part!r}; a part cannot begin or end in a space, or end in a dot"
    return None


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def folded(path: str) -> str:
    """The path as a file system sees it that ignores case and the form of letters (NFC, NFD)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).lower())


def in_other_forms(path: str) -> Iterator[tuple[str, str]]:
    """(form, path) of each other spelling of ``path`` with the same letters, as NFC or NFD."""
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, path)
        if other != path:
            yield form, other


def _problem(path: str, of_part: Callable[[str], str | None]) -> str | None:
    """What is wrong with a path, or by ``of_part`` with a part between two slashes."""
    if not path:
        return "is empty"
    if len(path) > 240:
        return "is longer than 240 characters"
    if path.startswith("/"):
        return "is absolute; paths are relative to the project"
    for part in path.split("/"):
        if part in ("..", "."):
            return f"contains {part!r}; paths must stay inside the project"
        if not part:
            return "has an empty part (a doubled or trailing slash)"
        if wrong := of_part(part):
            return wrong
        if _DEVICES.fullmatch(part):
            return f"has the part {part!r}, which is a device on Windows"
    return None


def refuse_links(
    root: Path,
    path: str,
    error: type[AssetgenError] = StorageError,
    shown: Callable[[str], str] = str,
) -> None:
    """Raise unless every existing part of ``root/path`` is a real directory or a real file.

    ``shown`` gives the path of a part for people, by default the path in ``root``.
    """
    parts = path.split("/")
    current = str(root)  # joined as text: this runs for every folder above every file
    for depth, part in enumerate(parts, start=1):
        current = os.path.join(current, part)
        try:
            info = os.lstat(current)
        except (FileNotFoundError, NotADirectoryError):
            return
        if platform.is_link(info):
            where = shown("/".join(parts[:depth]))
            raise error(
                f"{where} is a symbolic link; assetgen does not read or write through links",
                where=shown(path),
                cure=advice(
                    "replace the link with a real folder or file: {rm}",
                    rm=command("rm {where}", where=where),
                ),
            )


def obstacle(root: Path, path: str, *, is_committed: bool) -> tuple[str, Cure] | None:
    """What keeps a new file from being put at ``path``, and the fix; None if nothing does.

    A file that ``is_committed`` cannot be in a repository inside the project's own repository.
    """
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if (root / folder).is_file():
            return f"{folder} is a file, and {path} needs a folder there", advice(
                "move {folder} away", folder=folder
            )
        is_nested = is_committed and os.path.lexists(root / folder / ".git")
        if is_nested and any(os.path.lexists(above / ".git") for above in (root, *root.parents)):
            return in_a_repository(folder, path)
    full = root / path
    if os.path.lexists(full) and not full.is_symlink() and not full.is_file():
        kind = "a folder" if full.is_dir() else "not a regular file"
        return f"{path} is {kind}, where a file has to be written", _aside(root, path)
    return None


def _aside(root: Path, path: str) -> Cure:
    """The command that gives another name to what is at ``path``."""
    number, to = 1, f"{path}.old"
    while os.path.lexists(root / to):
        number += 1
        to = f"{path}.old{number}"
    return command("mv -- {path} {to}", path=path, to=to)


def in_a_repository(folder: str, path: str) -> tuple[str, Cure]:
    """What is wrong with a file in another repository, and the fix."""
    what = f"{folder} is a git repository of its own, so {path} cannot be committed here"
    if folder.startswith(".assetgen"):
        return what, advice(
            "move {git} away, or set commit = false in [project]",
            git=f"{folder}/.git",
        )
    return what, advice(
        "choose a path outside {folder}, or set commit = false in [project]", folder=folder
    )


def read_regular(
    root: Path, path: str, error: type[AssetgenError], limit: int = MAX_INPUT_BYTES
) -> bytes:
    """Read a regular file inside ``root``, of at most ``limit`` bytes.

    Raises ``error`` for a path out of it, a link, a device, a pipe, or a missing file.
    """
    if wrong := problem_of_file(path):
        raise error(f"{path} {wrong}", where=path)
    return read_own(root, path, error, limit)


def read_own(
    root: Path, path: str, error: type[AssetgenError], limit: int = MAX_INPUT_BYTES
) -> bytes:
    """``read_regular`` for a path of assetgen's own, which may be in .assetgen."""
    refuse_links(root, path, error)
    full = root / path
    try:
        info = os.lstat(full)
        if not stat.S_ISREG(info.st_mode):
            raise error(
                f"{path} is not a regular file",
                where=path,
                cure=advice("put a file in the place of {path}", path=path),
            )
        if info.st_size > limit:
            raise error(f"{path} has {info.st_size} bytes; the limit is {limit}", where=path)
        return full.read_bytes()
    except FileNotFoundError:
        raise error(
            f"{path} does not exist",
            where=path,
            cure=advice("add {path}, or correct its name", path=path),
        ) from None
    except OSError as exc:
        raise error(f"{path} cannot be read: {exc.strerror}", where=path) from exc
