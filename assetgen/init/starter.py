"""The files that `assetgen init` writes: a starter manifest, the schema, and git's settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.store import write
from assetgen.init import folders, sealed, sites
from assetgen.init.folders import Folders
from assetgen.layouts import editor_schema
from assetgen.manifest.schema import FILE, SCHEMA
from assetgen.refs import survey

_MANIFEST = """\
#:schema .assetgen/assets.schema.json
# The images of this repository. `assetgen plan` lists what is missing; `assetgen generate`
# makes it.

[project]
PROJECT

[style.brand]
palette = ["#0f172a", "#4f46e5", "#f59e0b"]
font    = "Inter"
"""
_FIRST = """
[[asset]]
id    = "welcome"
kind  = "cover"
path  = "FOLDER/img/welcome.png"
alt   = "Welcome: the first picture of this repository"
style = "brand"
[asset.values]
title = "Every picture knows where it came from"
"""

_CONTENT = "# Your pages: check compares them with the pictures."

# Without -merge, git would combine two edits of a record into one that no one wrote.
_ATTRIBUTES = (
    ".assetgen/records/** text eol=lf -merge linguist-generated",
    ".assetgen/approvals/** text eol=lf -merge",
    ".assetgen/baseline text eol=lf",
)
_IGNORED = (".assetgen/cache/",)


def init(root: Path, *, is_bare: bool = False) -> list[str]:
    """Write the missing starter files and return their paths. Existing files are not changed.

    ``is_bare`` lists no picture in the manifest; nor does a project that has pages get one.
    Raises StorageError.
    """
    names = (FILE, SCHEMA, ".gitattributes", ".gitignore")
    old = {path: _old(root, path) for path in names}
    manifest = old[FILE]
    texts = {
        FILE: _manifest(root, is_bare=is_bare).encode() if manifest is None else manifest,
        SCHEMA: editor_schema.text(root).encode(),
        ".gitattributes": _with_lines(".gitattributes", old[".gitattributes"], _ATTRIBUTES),
        ".gitignore": _with_lines(".gitignore", old[".gitignore"], _IGNORED),
    }
    changed = {path: text for path, text in texts.items() if text != old[path]}
    store.prepare(root)
    for path, text in changed.items():
        write(root, path, text)
    return list(changed)


def _old(root: Path, path: str) -> bytes | None:
    """The bytes of a file, None if there is none. Raises StorageError if it is no regular file."""
    if os.path.lexists(root / path):
        return paths.read_own(root, path, StorageError)
    paths.refuse_links(root, path)
    return None


def _manifest(root: Path, *, is_bare: bool) -> str:
    """A manifest for the site in ``root``, or for the only site below it.

    ``is_bare`` leaves out the first picture, which does not exist until it is made.
    """
    listing = sites.listing_of(root)
    own = sites.chosen(listing)
    if own is None:
        has_pages = sites.has_pages(listing) or bool(sites.found(listing))
        return _written(folders.UNKNOWN, is_sure=False, is_bare=is_bare or has_pages)
    found = folders.of(own, listing, sites.languages(own, listing))
    pages = survey.pages(listing, found.content)
    return _written(found, is_sure=bool(pages), is_bare=is_bare or bool(pages))


def _written(found: Folders, *, is_sure: bool, is_bare: bool) -> str:
    lines = [
        *([(f'public  = "{found.public}"', "served at /")] if found.public else []),
        (f"outputs = [{_quoted(found.outputs)}]", "the only folders written to"),
    ]
    width = max(len(line) for line, _ in lines)
    project = [f"{line.ljust(width)}   # {said}" for line, said in lines]
    mark = "" if is_sure else "# "
    patterns = [f'{mark}  "{pattern}",' for pattern in found.content]
    project += [f"{mark}{_CONTENT}", f"{mark}content = [", *patterns, f"{mark}]"]
    text = _MANIFEST + ("" if is_bare else _FIRST)
    return text.replace("PROJECT", "\n".join(project)).replace("FOLDER", found.first)


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _with_lines(path: str, old: bytes | None, lines: tuple[str, ...]) -> bytes:
    """The text of a file of git's with ``lines``; no other byte changes.

    Raises StorageError for UTF-16, which git does not read; PowerShell 5 writes it with ">".
    """
    before = old or b""
    if b"\0" in before:
        raise StorageError(
            f"{path} is not UTF-8 text, so git ignores what it says",
            where=path,
            cure=advice("convert {path} to UTF-8 and run this again", path=path),
        )
    new = [line for line in lines if line.encode() not in before.splitlines()]
    if not new:
        return before
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    return before + sealed.like(gap + "\n".join([*new, ""]).encode(), before)
