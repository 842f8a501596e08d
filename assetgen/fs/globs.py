"""Globs: ``**`` over folders, ``*`` and ``?`` within a name, ``[a-z]``, ``{mdx,md}``, ``!`` to leave out.

A part in brackets means itself too, as routers name folders ``[slug]``; a backslash takes a sign its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

#: What is looked into where the manifest names no content.
EVERYWHERE = (
    "**/*.{md,mdx,markdown,astro,vue,svelte,html,jsx,tsx,js,ts,mjs,mts,cjs,cts,css,scss,sass,less,webmanifest}",
    "**/{docs,mint}.json",
)
#: Folders in which nobody writes pages: what tools install or build.
_BUILT = (
    "node_modules",
    ".git",
    ".venv",
    "venv",
    "__pycache__",
    "dist",
    "build",
    "out",
    "target",
    "coverage",
    "_site",
)
_WRITTEN = (".vitepress", ".vuepress", ".github", ".storybook")
#: The most globs that the braces of one may stand for.
_MOST = 1000


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path (``/`` between parts) is meant; a later glob with ``!`` takes out what an earlier one let in.

    Raises ValueError for braces that are never closed, or that stand for too many globs.
    """
    steps = [(not glob.startswith("!"), compile_glob(glob.removeprefix("!"))) for glob in globs]

    def is_meant(path: str) -> bool:
        meant = False
        for lets_in, pattern in steps:
            if meant != lets_in and pattern.fullmatch(path):
                meant = lets_in
        return meant

    return is_meant


def bases(patterns: Iterable[str]) -> set[str]:
    """The folders below which everything lies that globs mean, "" for the top; the files that they name plainly."""
    globs = {_plain(pattern) for pattern in patterns if not pattern.startswith("!")}
    return {glob if _is_plain(glob) else base for glob in globs for base, _ in _bases([glob])}


def _is_plain(glob: str) -> bool:
    return re.search(r"[*?{\[\\]|/\Z|\A\Z", glob) is None


def _bases(patterns: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The folder of each glob that holds no sign of one, and whether it reaches deeper."""
    for pattern in patterns:
        if not pattern.startswith("!"):
            glob = _plain(pattern)
            fixed = re.split(r"[*?{\[\\]", glob, maxsplit=1)[0]
            yield (
                fixed.rpartition("/")[0],
                "/" in glob[len(fixed) :] or "**" in glob or glob.endswith("/"),
            )


def may_hold(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a new name in a folder ("" is the top) may turn out to be a file that globs mean, or lead to one."""
    found = set(_bases(patterns))
    above = {base for base, _ in found}
    below = {base for base, is_deep in found if is_deep}

    def holds(folder: str) -> bool:
        if any(not folder or f"{base}/".startswith(f"{folder}/") for base in above):
            return True
        return any(not base or f"{folder}/".startswith(f"{base}/") for base in below)

    return holds


def is_built(path: str) -> bool:
    """Whether a path lies in a folder that a tool has filled."""
    parts = path.split("/")[:-1]
    return any(part in _BUILT or (part.startswith(".") and part not in _WRITTEN) for part in parts)


def _plain(glob: str) -> str:
    return re.sub(r"/+", "/", glob.removeprefix("./"))


_WILD = re.compile(r"[*?{\[]")


@lru_cache(1024)
def compile_glob(glob: str) -> re.Pattern[str]:
    glob = _plain(glob)
    if not glob or glob.endswith("/"):
        glob += "**"
    plain = (
        r"(?:/.*)?" if _WILD.search(glob) is None else ""
    )  # the name of a folder means all that is in it
    return re.compile("|".join(_pattern(one) + plain for one in _unbraced(glob)), re.S)


def _unbraced(glob: str) -> list[str]:
    """The globs without braces that one with braces stands for."""
    if glob.count("{") > _MOST:
        raise ValueError(f"it has more than {_MOST} braces")
    found, waiting = [], [glob]
    while waiting:
        head = waiting.pop()
        parts = _first_braces(head)
        if parts is None:
            found.append(head)
        else:
            waiting += reversed(parts)
        if len(found) + len(waiting) > _MOST:
            raise ValueError(f"its braces stand for more than {_MOST} globs")
    return found


def _first_braces(glob: str) -> list[str] | None:
    """The globs that the first pair of braces makes of one; None if there is none."""
    start = glob.find("{")
    if start < 0:
        return None
    depth, parts, last = 0, [], start + 1
    for at in range(start, len(glob)):
        char = glob[at]
        depth += (char == "{") - (char == "}")
        if (char == "," and depth == 1) or (char == "}" and depth == 0):
            parts.append(glob[last:at])
            last = at + 1
        if depth == 0:
            return [glob[:start] + part + glob[last:] for part in parts]
    raise ValueError("a brace is never closed")


_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]/]*\]|\\.|.", re.S)


def _pattern(glob: str) -> str:
    """A pattern that never tries one way after the other: what stands between two stars is taken where it comes first.

    Taking it later could match nothing more, and trying that takes a time that grows with the power of the stars.
    """
    runs: list[list[str]] = [[]]  # of parts, with any folders between two runs
    for part in glob.split("/"):
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_part(part))
    first, *rest = ["/".join(run) for run in runs]
    if not rest:
        return f"(?:{first})"
    *between, last = rest
    head = f"{first}/" if first else ""
    middle = "".join(f"(?>(?:[^/]+/)*?{run}/)" for run in between if run)
    return f"(?:{head}{middle}" + (f"(?:[^/]+/)*{last})" if last else ".*)")


def _part(part: str) -> str:
    """The pattern of what stands between two slashes."""
    pieces = [""]
    for token in _TOKEN.findall(part):
        if token[0] == "*":
            pieces.append("")
        elif token == "?":
            pieces[-1] += "[^/]"
        elif len(token) > 2 and token[0] == "[":
            pieces[-1] += (
                f"(?:{_one_of(token[1:-1])}|{re.escape(token)})"  # a router's [slug] is a name too
            )
        else:
            pieces[-1] += re.escape(token[-1])
    first, *rest = pieces
    if not rest:
        return first
    *between, last = rest
    return first + "".join(f"(?>[^/]*?{piece})" for piece in between if piece) + f"[^/]*{last}"


def _one_of(signs: str) -> str:
    """A set of characters and ranges; nothing, for a range that runs backwards."""
    negated = signs[:1] in ("!", "^")
    inner = ""
    for found in re.finditer(r"(.)-(.)|.", signs[negated:], re.S):
        if found[1] is None:
            inner += re.escape(found[0])
        elif found[1] <= found[2]:
            inner += f"{re.escape(found[1])}-{re.escape(found[2])}"
    if not inner:
        return "[^/]" if negated else r"[^\s\S]"
    return rf"(?!/)[{'^' if negated else ''}{inner}]"
