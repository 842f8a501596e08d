"""The files that a template folder consists of."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import TemplateError
from assetgen.fs import paths

#: The largest file a layout may reach, in bytes.
MAX_TEMPLATE_BYTES = 4 * 1024 * 1024


@cache
def shipped_root() -> Path:
    """The templates that come with the package: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def roots(project: Path) -> tuple[Path, ...]:
    """Where templates are looked for, first hit wins."""
    own = project / "templates"
    return (own, shipped_root()) if own.is_dir() and not own.is_symlink() else (shipped_root(),)


_INCLUDE = re.compile(r"""\{%-?\s*(?:include|extends|import|from)\s+(["'])(?P<name>[^"']+)\1""")
_DYNAMIC_INCLUDE = re.compile(r"""\{%-?\s*(?:include|extends|import|from)\s+(?!["'])""")
REFERENCE = re.compile(
    r"""(?P<before>\b(?:src|href)\s*=\s*["']|url\(\s*["']?)(?P<name>[A-Za-z0-9_./-]+\.[A-Za-z0-9]+)(?P<after>["']|\s*\)|["']\s*\))"""
)
_FONT_SUFFIXES = (".ttf", ".otf", ".woff", ".woff2")


def join(folder: str, name: str, at: str) -> str:
    """``name`` as seen from ``folder``, below the templates root. Raises TemplateError."""
    parts = [part for part in folder.split("/") if part]
    for part in name.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part == "..":
            what = f"{at} refers to {name!r}, which is outside templates/"
            raise TemplateError(what, cure=advice("copy the file into templates/"))
        elif part != ".":
            parts.append(part)
    joined = "/".join(parts)
    if wrong := paths.problem(joined):
        raise TemplateError(
            f"{at} refers to {name!r}, a name that {wrong}",
            cure=advice("give the file another name"),
        )
    return joined


def closure_of(root: Path, first: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        home = next((base for base in (root, shipped_root()) if (base / name).is_file()), root)
        found[name] = paths.read_regular(home, name, TemplateError, MAX_TEMPLATE_BYTES)
        if not name.endswith((".html", ".css")):
            continue
        try:
            source = found[name].decode("utf-8")
        except UnicodeDecodeError:
            raise TemplateError(
                "this is not UTF-8 text", where=f"templates/{name}", cure=advice("save it as UTF-8")
            ) from None
        if _DYNAMIC_INCLUDE.search(source):
            what = "this includes a file whose name is not written out"
            cure = advice('write the name in quotes: {{% include "parts/x.html" %}}')
            raise TemplateError(what, where=f"templates/{name}", cure=cure)
        folder = name.rpartition("/")[0]
        wanted = [m["name"] for m in _INCLUDE.finditer(source)]
        wanted += [
            m["name"] for m in REFERENCE.finditer(source) if not m["name"].endswith(_FONT_SUFFIXES)
        ]
        waiting += [join(folder, reached, f"templates/{name}") for reached in wanted]
    return found
