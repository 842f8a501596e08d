"""Aliases of folders in module specifiers.

They come from tsconfig ``paths``, package.json ``imports`` and the configuration of bundlers.

Sources: https://www.typescriptlang.org/tsconfig/#paths,
https://nodejs.org/api/packages.html#subpath-imports,
https://vite.dev/config/shared-options.html#resolve-alias
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from assetgen.refs.folders import below, joined, upwards
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

_FILES = ("tsconfig.json", "jsconfig.json")
# How many files a chain of `extends` and `references` may have.
_MAX_CHAIN = 16
# How many aliases count: each is tried for each path of a page.
_MAX_ALIASES = 200
_BUNDLER = re.compile(
    r"(?:[\"']|(?<![\w@~#$/-]))([\w@~#$/-]++)[\"']?\s*+:\s*+"
    r"(?:(?:path\.)?(?:resolve|join)"
    r"\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*"
    r"|fileURLToPath\(\s*new URL\(\s*)?"
    r"([\"'])(\.{0,2}/?[^\"'\n$]*)\2"
)
_ALIAS_BLOCK = re.compile(r"\balias\s*+:\s*+\{")
_BLOCK_END = re.compile(r"\}\s*+(?:,|\}|\Z)")
_ALIAS_ROW = re.compile(r"find\s*:\s*([\"'])([^\"'\n]+)\1\s*,\s*replacement(\s*:.*)")


@dataclass(frozen=True, slots=True)
class Alias:
    """A name and the paths that it may mean, in order; ``*`` is the same text in both."""

    written: str
    targets: tuple[str, ...]
    sure: bool = True
    """Whether the project defines it; else projects of its kind usually do."""

    def paths(self, specifier: str) -> tuple[str, ...]:
        """The paths of the repository that ``specifier`` may mean by this alias, if it fits."""
        head, star, tail = self.written.partition("*")
        if not star:
            return self.targets if specifier == head else ()
        if (
            not specifier.startswith(head)
            or not specifier.endswith(tail)
            or len(specifier) < len(head) + len(tail)
        ):
            return ()
        rest = specifier[len(head) : len(specifier) - len(tail)]
        found = (joined("", target.replace("*", rest, 1)) for target in self.targets)
        return tuple(path for path in found if path)

    def specifier(self, path: str) -> str | None:
        """How a module names the file ``path`` by this alias; None if it cannot."""
        for target in self.targets:
            head, star, tail = target.partition("*")
            is_long_enough = len(path) > len(head) + len(tail)
            if path == target or (
                star and path.startswith(head) and path.endswith(tail) and is_long_enough
            ):
                return self.written.replace("*", path[len(head) : len(path) - len(tail)], 1)
        return None


@dataclass(frozen=True, slots=True)
class Modules:
    """How the modules of a site name files: by alias, or from the folder that ``baseUrl`` names."""

    aliases: tuple[Alias, ...] = ()
    base_url: str | None = None

    def find(self, specifier: str) -> tuple[Alias, tuple[str, ...]] | None:
        """The alias that a specifier begins with, and the paths that it may mean."""
        for alias in self.aliases:
            if paths := alias.paths(specifier):
                return alias, paths
        return None

    def specifier(self, path: str) -> str | None:
        """How every module of the site can name the file ``path`` by an alias of the project."""
        return next(
            (named for one in self.aliases if one.sure and (named := one.specifier(path))), None
        )


def modules(root: str, usual: Iterable[Alias], config: str, listing: Listing) -> Modules:
    """The aliases of the site in ``root``, also from a tsconfig above it; ``usual`` comes last.

    ``config`` is the source of the framework's configuration.
    """
    base_url, stated = _typescript(root, listing)
    stated += [*_subpaths(root, listing), *_bundler(root, config)]
    longest_first = sorted(stated, key=lambda alias: -len(alias.written.partition("*")[0]))
    return Modules((*longest_first, *usual), base_url)


def _typescript(root: str, listing: Listing) -> tuple[str | None, list[Alias]]:
    for folder in upwards(root):
        for name in _FILES:
            path = below(folder, name)
            if path in listing:
                return _followed(path, listing)
    return None, []


def _followed(first: str, listing: Listing) -> tuple[str | None, list[Alias]]:
    """``baseUrl`` and ``paths`` of a tsconfig or the nearest file that it extends or references."""
    base_url, paths, seen, waiting = None, None, set[str](), [first]
    while waiting and len(seen) < _MAX_CHAIN and (base_url is None or paths is None):
        path = waiting.pop(0)
        if path in seen or path not in listing:
            continue
        seen.add(path)
        folder = path.rpartition("/")[0]
        document = literals.table(literals.text_of(listing.read(path)))
        options = document.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        if base_url is None and isinstance(stated := options.get("baseUrl"), str):
            base_url = joined(folder, stated)
        if paths is None and isinstance(options.get("paths"), dict):
            own = options.get("baseUrl")
            if isinstance(own, str):
                anchor = joined(folder, own)
            else:
                anchor = base_url if base_url is not None else folder
            paths = list(_paths(options["paths"], anchor or ""))
        waiting += _next(document, folder, listing)
    return base_url, paths or []


def _next(document: dict[str, Any], folder: str, listing: Listing) -> Iterator[str]:
    extended = document.get("extends")
    rows = document.get("references")
    named = (
        [row.get("path") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    for name in [*(extended if isinstance(extended, list) else [extended]), *named]:
        if not isinstance(name, str) or not name.startswith("."):
            continue  # a package: not in the repository
        path = joined(folder, name)
        for end in ("", ".json", "/tsconfig.json"):
            if path is not None and path + end in listing:
                yield path + end
                break


def _paths(stated: dict[str, Any], anchor: str) -> Iterator[Alias]:
    for written, targets in islice(stated.items(), _MAX_ALIASES):
        found = (
            [joined(anchor, one) for one in targets if isinstance(one, str)]
            if isinstance(targets, list)
            else []
        )
        if written not in ("*", "") and any(found):
            yield Alias(written, tuple(one for one in found if one))


def _subpaths(root: str, listing: Listing) -> Iterator[Alias]:
    stated = literals.table(literals.text_of(listing.read(below(root, "package.json")))).get(
        "imports"
    )
    rows = stated.items() if isinstance(stated, dict) else ()
    for written, target in islice(rows, _MAX_ALIASES):
        path = joined(root, target) if isinstance(target, str) and target.startswith("./") else None
        if path and written.startswith("#"):
            yield Alias(written, (path,))


def _blocks(config: str) -> Iterator[str]:
    """What is in the braces of each ``alias: {...}``."""
    at = 0
    while (begin := _ALIAS_BLOCK.search(config, at)) and (
        end := _BLOCK_END.search(config, begin.end())
    ):
        yield config[begin.end() : end.start()]
        at = end.end()


def _bundler(root: str, config: str) -> Iterator[Alias]:
    """The aliases of Vite and webpack.

    As ``alias: {"@": path.resolve(__dirname, "src")}`` or ``[{find, replacement}]``.
    """
    stated = [row for block in _blocks(config) for row in _BUNDLER.finditer(block)]
    stated += [
        row for line in _ALIAS_ROW.finditer(config) if (row := _BUNDLER.search(line[2] + line[3]))
    ]
    for row in stated[:_MAX_ALIASES]:
        target = joined(root, row[3])
        if row[1] and target and not row[3].startswith("node_modules"):
            yield Alias(f"{row[1].rstrip('/')}/*", (f"{target}/*",))
