"""What kind of project pages live in: told from its package.json and tsconfig.json, where that is simple."""

from __future__ import annotations

import json
import re
from pathlib import Path

from assetgen import paths
from assetgen.errors import ManifestError, StorageError
from assetgen.snippets import FORMS, Site

_MOST_BYTES = 1024 * 1024
_FRAMEWORKS = {"next": "next", "astro": "astro", "@docusaurus/core": "docusaurus"}
_ALIAS = re.compile(r'"@/\*"\s*:\s*\[\s*"(?:\./)?([\w./-]*?)/?\*"')
_BASE = re.compile(r'"baseUrl"\s*:\s*"(?:\./)?([\w./-]*?)/?"')


def site(root: Path, public: str | None) -> Site:
    """How the pages of a project reach its pictures."""
    return Site(public, _framework(_dependencies(root)), _alias(root))


def form(root: Path) -> str:
    """The form of snippet that fits a project. Raises ManifestError if that cannot be told."""
    depends_on = _dependencies(root)
    found = _framework(depends_on)
    if found == "vite" or (found is None and not depends_on & _FRAMEWORKS.keys()):
        found = "react" if "react" in depends_on else None
    if found is None:
        what = "package.json does not tell for which framework the snippet is to be"
        raise ManifestError(what, cure=f"say it: --for {', '.join(FORMS[:-1])} or {FORMS[-1]}")
    return found


def _framework(depends_on: set[str]) -> str | None:
    named = [_FRAMEWORKS[name] for name in _FRAMEWORKS if name in depends_on]
    if not named and "vite" in depends_on:
        return "vite"
    return named[0] if len(named) == 1 else None


def _dependencies(root: Path) -> set[str]:
    """The packages that package.json names; none if it cannot be read."""
    try:
        stated = json.loads(_text(root, "package.json"))
        return {name for key in ("dependencies", "devDependencies") for name in stated.get(key) or ()}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return set()


def _alias(root: Path) -> str | None:
    """The folder that ``@/*`` means in tsconfig.json or jsconfig.json, which are JSON with comments."""
    text = _text(root, "tsconfig.json") or _text(root, "jsconfig.json")
    alias, base = _ALIAS.search(text), _BASE.search(text)
    if alias is None:
        return None
    return "/".join(part for part in (base[1] if base else "", alias[1]) if part not in ("", "."))


def _text(root: Path, path: str) -> str:
    """A small text file of the project; "" if there is none that can be read."""
    try:
        return paths.read_own(root, path, StorageError, _MOST_BYTES).decode("utf-8-sig", "replace")
    except StorageError:
        return ""
