"""The files that git lists: those of the index and those of a commit."""

from __future__ import annotations

import os

from msgspec import Struct
from msgspec.structs import replace

from assetgen.fs.git_command import GitCommand

#: The blob of an empty file, as SHA-1 and as SHA-256: that of a file only intended to be added.
EMPTY = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)


class Row(Struct, frozen=True):
    """One row of the index: a path at stage 0, or at stages 1 to 3 if it is not merged."""

    path: str
    mode: str
    blob: str
    stage: int
    is_left_out: bool
    """Whether a sparse checkout leaves the file out of the working tree."""
    is_intended: bool = False
    """Whether it is only intended to be added (git add -N): then it is not staged."""
    is_hidden: bool = False
    """Whether git was told not to look at the file in the working tree."""


def row_of(listed: bytes, path: str) -> tuple[str, str, str] | None:
    """Mode, blob id and stage of a path in what ``git ls-files -s -z`` listed, the first row."""
    end = listed.find(b"\t%b\0" % os.fsencode(path))
    if end < 0:
        return None
    mode, blob, stage = listed[listed.rfind(b"\0", 0, end) + 1 : end].decode().split(" ")
    return mode, blob, stage


def index_of(git: GitCommand) -> list[Row]:
    """The rows of the index."""
    rows = []
    for listed in git.listed("ls-files", "-s", "-v", "-z"):
        head, _, path = listed.partition("\t")
        tag, mode, blob, stage = head.split(" ")
        is_left_out = tag in "Ss"  # a small letter: it is assumed to be unchanged
        row = Row(path, mode, blob, int(stage), is_left_out=is_left_out)
        rows.append(row if tag == "H" else replace(row, is_hidden=is_left_out or tag.islower()))
    if any(row.blob in EMPTY for row in rows):
        options = ("--name-only", "--relative", "--diff-filter=A", "-z")
        own_only = ("--no-ext-diff", "--ignore-submodules=all")
        intended = set(git.listed("diff-files", *options, *own_only))
        return [
            replace(row, is_intended=row.blob in EMPTY and row.path in intended) for row in rows
        ]
    return rows


def tree_of(git: GitCommand, commit: str) -> dict[str, str]:
    """path -> blob id of the project's files in a commit. Raises GitError if there is none."""
    entries = entries_of(git, commit)
    return {path: blob for path, (mode, blob) in entries.items() if mode.startswith("100")}


def entries_of(git: GitCommand, commit: str) -> dict[str, tuple[str, str]]:
    """path -> (mode, blob id) of what a commit has, links too. Raises GitError."""
    found = {}
    for row in git.listed("ls-tree", "-r", "-z", commit):
        head, _, path = row.partition("\t")
        mode, _, blob = head.split(" ")
        found[path] = (mode, blob)
    return found


def versions_of(git: GitCommand, folder: str) -> list[tuple[str, str]]:
    """(path, blob id) of every version of every file in ``folder`` on any branch.

    Each is listed once, newest first.
    """
    rows = git.listed(
        "log",
        "--all",
        "--full-history",
        "--diff-merges=separate",
        "--no-show-signature",
        "--format=",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--relative",
        "-z",
        "--",
        folder,
    )
    found: dict[tuple[str, str], None] = {}
    for about, path in zip(rows[::2], rows[1::2], strict=True):
        _, mode, _, blob, _ = about.strip().split(" ")
        if mode.startswith("100"):
            found[path, blob] = None
    return list(found)
