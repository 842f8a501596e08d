"""What `assetgen init` leaves in a repository: a manifest to start from, and git's part of the agreement."""

from __future__ import annotations

import json
from pathlib import Path

from assetgen import paths, store
from assetgen.errors import StorageError
from assetgen.manifest import FILE, json_schema

SCHEMA = ".assetgen/assets.schema.json"

_MANIFEST = """\
#:schema .assetgen/assets.schema.json
# The pictures this repository wants. `assetgen plan` says what is missing, `assetgen generate` makes it.

[project]
public  = "public"               # served at /
outputs = ["public", "assets"]   # the only folders written to
# content = ["content/**/*.{md,mdx}", "src/**/*.{tsx,jsx}"]   # your pages: check compares them with the pictures

[style.brand]
palette = ["#0f172a", "#4f46e5", "#f59e0b"]
font    = "Inter"

[[asset]]
id    = "welcome"
kind  = "cover"
path  = "public/img/welcome.png"
alt   = "Welcome: the first picture of this repository"
style = "brand"
[asset.values]
title = "Every picture knows where it came from"
"""

# Without -merge git would silently join two edits of one record into one that nobody wrote.
_ATTRIBUTES = (".assetgen/records/** text eol=lf -merge linguist-generated",)
_IGNORED = (".assetgen/cache/",)


def init(root: Path) -> list[str]:
    """Write what is missing of the starter files; returns their paths. What is there is left alone.

    Raises StorageError.
    """
    store.prepare(root)
    written = []
    for path, text in ((FILE, _MANIFEST), (SCHEMA, schema_text())):
        paths.refuse_links(root, path)
        if not (root / path).exists() or (path == SCHEMA and (root / path).read_bytes() != text.encode()):
            write(root, path, text.encode())
            written.append(path)
    for path, lines in ((".gitattributes", _ATTRIBUTES), (".gitignore", _IGNORED)):
        if _add_lines(root, path, lines):
            written.append(path)
    return written


def schema_text() -> str:
    """The JSON Schema of assets.toml as a file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _add_lines(root: Path, path: str, lines: tuple[str, ...]) -> bool:
    paths.refuse_links(root, path)
    old = (root / path).read_bytes() if (root / path).exists() else b""
    new = [line for line in lines if line.encode() not in old.splitlines()]
    if new:
        write(root, path, old + (b"\n" if old and not old.endswith(b"\n") else b"") + "\n".join([*new, ""]).encode())
    return bool(new)


def write(root: Path, path: str, data: bytes) -> None:
    """Write a file of the project, with the folders above it. Raises StorageError."""
    try:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        store.replace(root, path, data)
    except OSError as exc:
        raise StorageError(f"{path} cannot be written: {exc.strerror}", where=path) from exc
