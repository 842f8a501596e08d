"""Globs: ``**`` over folders, ``*`` and ``?`` within a name, ``[a-z]``, ``{mdx,md}``, ``!`` to leave out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from assetgen.refs.listing import Listing

#: What is looked into where the manifest names no content.
EVERYWHERE = ("**/*.{md,mdx,markdown,astro,vue,svelte,html,jsx,tsx,js,ts,mjs,css,scss,sass,less,webmanifest}",)
#: Folders in which nobody writes pages: what tools install or build.
_BUILT = ("node_modules", ".git", ".venv", "venv", "__pycache__", "dist", "build", "out", "target", "coverage", "_site")
_WRITTEN = (".vitepress", ".vuepress", ".github", ".storybook")
_DEEPEST = 6


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path (``/`` between parts) is meant; a later glob with ``!`` takes out what an earlier one let in.

    Raises ValueError for braces that are never closed.
    """
    steps = [(not glob.startswith("!"), _compiled(glob.removeprefix("!"))) for glob in globs]

    def is_meant(path: str) -> bool:
        meant = False
        for lets_in, pattern in steps:
            if meant != lets_in and pattern.fullmatch(path):
                meant = lets_in
        return meant

    return is_meant


def matched(pattern: str, listing: Listing) -> tuple[str, ...]:
    """The files of the repository that a glob of a bundler, relative to it, takes in; none for one that is broken."""
    fixed = re.split(r"[*?{\[]", pattern, maxsplit=1)[0]
    try:
        compiled = _compiled(pattern)
    except ValueError:
        return ()
    return tuple(path for path in listing.starting(fixed) if compiled.fullmatch(path))


def bases(patterns: Iterable[str]) -> set[str]:
    """The folders below which everything lies that globs mean; "" is the top."""
    found = set()
    for pattern in patterns:
        fixed = re.split(r"[*?{\[]", pattern.removeprefix("./"), maxsplit=1)[0]
        if not pattern.startswith("!"):
            found.add(fixed.rpartition("/")[0])
    return found


def is_built(path: str) -> bool:
    """Whether a path lies in a folder that a tool has filled."""
    parts = path.split("/")[:-1]
    return any(part in _BUILT or (part.startswith(".") and part not in _WRITTEN) for part in parts)


@lru_cache(1024)
def _compiled(glob: str) -> re.Pattern[str]:
    glob = re.sub(r"/+", "/", glob.removeprefix("./"))
    if not glob or glob.endswith("/"):
        glob += "**"
    return re.compile("|".join(map(_pattern, _unbraced(glob, 0))))


def _unbraced(glob: str, deep: int) -> list[str]:
    """The globs without braces that one with braces stands for."""
    start = glob.find("{")
    if start < 0 or deep > _DEEPEST:
        return [glob]
    depth, parts, last = 0, [], start + 1
    for at in range(start, len(glob)):
        char = glob[at]
        depth += (char == "{") - (char == "}")
        if (char == "," and depth == 1) or (char == "}" and depth == 0):
            parts.append(glob[last:at])
            last = at + 1
        if depth == 0:
            heads = [glob[:start] + part for part in parts]
            return [one for head in heads for one in _unbraced(head + glob[last:], deep + 1)]
    raise ValueError("a brace is never closed")


_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", re.S)


def _pattern(glob: str) -> str:
    parts = []
    for token in _TOKEN.findall(glob):
        if token == "**/":
            parts.append("(?:[^/]+/)*")
        elif token == "**":
            parts.append(".*")
        elif token == "*":
            parts.append("[^/]*")
        elif token == "?":
            parts.append("[^/]")
        elif len(token) > 2 and token[0] == "[":
            inner = token[1:-1].replace("\\", "\\\\")
            parts.append(f"[{'^' + inner[1:] if inner[0] == '!' else inner}]".replace("[[", r"[\["))
        else:
            parts.append(re.escape(token))
    return "(?:" + "".join(parts) + ")"
