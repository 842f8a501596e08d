"""Glob patterns: ``**`` for folders, ``*`` and ``?`` in a name, ``[a-z]``, ``{mdx,md}``, ``!``.

A part in brackets also matches itself, because routers name folders ``[slug]``. A backslash escapes
the next character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

#: The files to search if the manifest names no content.
EVERYWHERE = (
    "**/*.{md,mdx,markdown,astro,vue,svelte,svx,html,css,scss,sass,less,webmanifest}",
    "**/*.{njk,nunjucks,liquid,webc,hbs,handlebars,mustache,ejs,eta,vto,twig,jinja,jinja2,j2}",
    "**/*.{erb,gohtml,tmpl}",
    "**/*.{jsx,tsx,js,ts,mjs,mts,cjs,cts}",
    "**/{docs,mint}.json",
)
# Folders without pages of the author: what tools install or build.
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
# How many patterns the braces of one may stand for.
_MOST = 1000


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A function that says whether the patterns match a path, with ``/`` between its parts.

    A pattern with ``!`` excludes what earlier ones matched. Raises ValueError for braces that are
    never closed, or that stand for too many patterns.
    """
    steps = [(not one.startswith("!"), compile_glob(one.removeprefix("!"))) for one in patterns]

    def matches(path: str) -> bool:
        found = False
        for includes, pattern in steps:
            if found != includes and pattern.fullmatch(path):
                found = includes
        return found

    return matches


def bases(patterns: Iterable[str]) -> set[str]:
    """The folders of all matches ("" is the top), and the paths named without wildcards."""
    globs = {_plain(pattern) for pattern in patterns if not pattern.startswith("!")}
    return {glob if _is_plain(glob) else base for glob in globs for base, _ in _bases([glob])}


def _is_plain(glob: str) -> bool:
    return re.search(r"[*?{\[\\]|/\Z|\A\Z", glob) is None


def _bases(patterns: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The fixed folder of each pattern, and whether it matches in subfolders."""
    for pattern in patterns:
        if not pattern.startswith("!"):
            glob = _plain(pattern)
            fixed = re.split(r"[*?{\[\\]", glob, maxsplit=1)[0]
            yield (
                fixed.rpartition("/")[0],
                "/" in glob[len(fixed) :] or "**" in glob or glob.endswith("/"),
            )


def may_hold(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A function that says whether a new name in a folder ("" is the top) may lead to a match."""
    found = set(_bases(patterns))
    above = {base for base, _ in found}
    below = {base for base, is_deep in found if is_deep}

    def holds(folder: str) -> bool:
        if any(not folder or f"{base}/".startswith(f"{folder}/") for base in above):
            return True
        return any(not base or f"{folder}/".startswith(f"{base}/") for base in below)

    return holds


def where_matches_begin(patterns: Iterable[str], folders: Iterable[str]) -> Iterator[str]:
    """Those of ``folders`` ("." for the top) in which a new name may lead to a match."""
    holds = may_hold(patterns)
    return (folder or "." for folder in folders if holds(folder))


def is_built(path: str) -> bool:
    """Whether a path is in a folder that a tool fills."""
    parts = path.split("/")[:-1]
    return any(part in _BUILT or (part.startswith(".") and part not in _WRITTEN) for part in parts)


def _plain(glob: str) -> str:
    return re.sub(r"/+", "/", glob.removeprefix("./"))


_WILD = re.compile(r"[*?{\[]")


@lru_cache(1024)
def compile_glob(glob: str) -> re.Pattern[str]:
    """The regular expression of one pattern without ``!``. Raises ValueError."""
    glob = _plain(glob)
    if not glob or glob.endswith("/"):
        glob += "**"
    # The plain name of a folder matches everything in it.
    plain = r"(?:/.*)?" if _WILD.search(glob) is None else ""
    return re.compile("|".join(_pattern(one) + plain for one in _unbraced(glob)), re.S)


def _unbraced(glob: str) -> list[str]:
    """The patterns without braces that one with braces stands for."""
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
            raise ValueError(f"its braces stand for more than {_MOST} patterns")
    return found


def _first_braces(glob: str) -> list[str] | None:
    """The patterns that the first pair of braces stands for; None without braces."""
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
    """A regular expression without backtracking: text between stars matches at its first place.

    A later place could match nothing more, and trying it takes time exponential in the stars.
    """
    runs: list[list[str]] = [[]]  # parts, with any number of folders between two runs
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
    """The regular expression of the text between two slashes."""
    pieces = [""]
    for token in _TOKEN.findall(part):
        if token[0] == "*":
            pieces.append("")
        elif token == "?":
            pieces[-1] += "[^/]"
        elif len(token) > 2 and token[0] == "[":
            pieces[-1] += f"(?:{_one_of(token[1:-1])}|{re.escape(token)})"
        else:
            pieces[-1] += re.escape(token[-1])
    first, *rest = pieces
    if not rest:
        return first
    *between, last = rest
    return first + "".join(f"(?>[^/]*?{piece})" for piece in between if piece) + f"[^/]*{last}"


def _one_of(chars: str) -> str:
    """A set of characters and ranges; a backward range matches nothing."""
    negated = chars[:1] in ("!", "^")
    inner = ""
    for found in re.finditer(r"(.)-(.)|.", chars[negated:], re.S):
        if found[1] is None:
            inner += re.escape(found[0])
        elif found[1] <= found[2]:
            inner += f"{re.escape(found[1])}-{re.escape(found[2])}"
    if not inner:
        return "[^/]" if negated else r"[^\s\S]"
    return rf"(?!/)[{'^' if negated else ''}{inner}]"
