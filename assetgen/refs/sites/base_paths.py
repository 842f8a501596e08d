"""The path below which a site is deployed, as its configuration states it.

A plain literal is certain. An expression (``isProd ? "/docs" : ""``) is not: its strings are what
the base may be, and without any it may be any folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assetgen.refs.folders import below, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals

#: The longest expression that is read, in characters, and how many constants are followed.
_LONGEST = 500
_MAX_CONSTANTS = 8
_PLAIN = re.compile(r"\s*([\"'`])(/?(?:(?!\1)[^\\\n$])*)\1\s*\Z")
_NAME = re.compile(r"(?<![\w$.\"'`])[A-Za-z_$][\w$]*(?![\w$])")
_PATH = re.compile(r"([\"'`])(/(?:(?!\1)[^\\\n$?*:{}])*)\1")
_OPTION = re.compile(r"--base[ =]+[\"']?(/[^\s\"'\\]*)")


@dataclass(frozen=True, slots=True)
class Base:
    """What a site may be deployed below, each without slashes at its ends."""

    stated: str = ""
    """The one that is certain; "" for the root."""
    possible: tuple[str, ...] = ()
    """Those that the configuration may mean."""
    is_open: bool = False
    """Whether it may be any other, too."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every base that the configuration names."""
        return (self.stated, *self.possible) if self.stated else self.possible

    def below(self, url: str) -> list[str]:
        """What ``url`` (without its first slash) is below the bases that it may begin with."""
        found = [rest for one in self.named if (rest := within(one, url)) is not None]
        return [*found, url.partition("/")[2]] if self.is_open and "/" in url else found


#: The base of a site that is deployed at the root of its host.
NOWHERE = Base()


def of(config: str, key: str) -> Base:
    """The base that ``key`` sets in ``config``, JavaScript without comments."""
    written, stated, is_sure = [], set[str](), True
    for one in _set(key).finditer(config):
        value = _expression(config, one.end()) if one["is_set"] is not None else key
        plain = _PLAIN.fullmatch(value)
        if plain is None or plain[2].startswith("/"):  # else it is relative, or another's key
            written.append(value)
            is_sure = is_sure and plain is not None
            if plain and not one["of"]:
                stated.add(plain[2])
    if not written:
        return NOWHERE
    possible = tuple(dict.fromkeys(_paths(written, config)))
    if is_sure and stated and len({*map(_value, written)}) < 2:
        return Base(possible[0] if possible else "")
    return Base(possible=possible, is_open=not possible)


def _value(code: str) -> str:
    """The path in a plain string, without slashes at its ends."""
    return code.strip().strip("\"'`").strip("/")


def of_commands(package: str) -> tuple[str, ...]:
    """The bases that the scripts of a package.json pass to the build."""
    scripts = literals.table(package).get("scripts")
    commands = scripts.values() if isinstance(scripts, dict) else ()
    found = [
        path.strip("/") for one in commands if isinstance(one, str) for path in _OPTION.findall(one)
    ]
    return tuple(path for path in dict.fromkeys(found) if path)


def is_passed(root: str, listing: Listing) -> bool:
    """Whether a command of the site in ``root`` or of its deployment may set another base."""
    paths = [below(root, "package.json"), below(root, "Makefile"), "netlify.toml", "package.json"]
    paths += [below(root, "netlify.toml"), *listing.starting(".github/workflows/")]
    return any(_PASSED.search(literals.text_of(listing.read(path))) for path in paths)


_PASSED = re.compile(
    r"--base(?:url)?[ =]|--pathprefix\b|\bhugo\b[^\n]*\s-b[ =]|\bHUGO_BASEURL\b", re.I
)


@lru_cache(64)
def _set(key: str) -> re.Pattern[str]:
    """``key: "x"``, ``config.key = "x"``, ``key,`` and ``key }``."""
    return re.compile(
        r"(?:(?P<of>\.|\b(?:const|let|var)\s++)|(?<![\w$.-])(?<!\$\{))"
        rf"(?P<quote>[\"']?)(?<![\w$-]){key}(?P=quote)"
        r"\s*+(?:(?P<is_set>[:=](?![=>])\s*+)|(?=[,}]))"
    )


def _expression(config: str, at: int) -> str:
    """The code from ``at`` to the end of the value."""
    depth, spot, last = 0, at, min(len(config), at + _LONGEST)
    for found in _TOKEN.finditer(config, at, last):
        token = found[0]
        spot = found.end()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        is_over = token in ",;" or (token == "\n" and not _goes_on(config, at, found.start()))
        if depth < 0 or (depth == 0 and is_over):
            return config[at : found.start()]
    return config[at:spot]


_TOKEN = re.compile(r"[()\[\]{},;\n]|\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")


def _goes_on(config: str, at: int, end: int) -> bool:
    """Whether an expression goes on after the end of a line."""
    before, after = config[at:end].rstrip(), config[end : end + 100].lstrip()[:2]
    return before[-1:] in ("?", ":", "|", "&", "+", "=", "") or after[:1] in ("?", ":", "|", "&")


def _paths(texts: list[str], config: str) -> list[str]:
    """The paths in pieces of code, and in the constants that these name."""
    found: list[str] = []
    waiting, seen = list(texts), set[str]()
    while waiting and len(seen) < _MAX_CONSTANTS:
        text = waiting.pop(0)
        found += [path for _, one in _PATH.findall(text) if (path := one.strip("/"))]
        for name in dict.fromkeys(_NAME.findall(text)):
            if name not in seen and len(seen) < _MAX_CONSTANTS:
                seen.add(name)
                waiting += [
                    _expression(config, one.end()) for one in _constant(name).finditer(config)
                ]
    return found


@lru_cache(256)
def _constant(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$.]){re.escape(name)}\s*+(?::\s*+\w+\s*+)?=(?![=>])\s*+")
