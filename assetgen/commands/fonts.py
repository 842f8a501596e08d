"""assetgen fonts: fonts for more scripts, from packages into templates/fonts."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "List the fonts that can be installed, or add some to templates/fonts: whole\n"
        "fonts under an open licence, downloaded with your own settings of pip, checked\n"
        "by their sha256, and committed."
    )
    parser.add_argument("action", nargs="?", choices=("list", "add"), default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as noto-sans-jp")
    add_no_commit(parser)


def contradiction(options: Namespace) -> str | None:
    if options.action == "add" and not options.names:
        return "add needs a name, such as: assetgen fonts add noto-sans-jp"
    if options.action == "list" and options.names:
        return "list takes no name; to install a font: assetgen fonts add NAME"
    return None


def run(options: Namespace) -> int:
    root = context.root(options)
    return _add(options, root) if options.action == "add" else _list(options, root)


def _list(options: Namespace, root: Path) -> int:
    from assetgen.init import font_files
    from assetgen.layouts import font_packs

    rows: dict[str, dict[str, Any]] = {
        name: {
            "family": pack.family,
            "languages": pack.languages,
            "bytes": pack.size,
            "installed": font_files.is_installed(root, pack),
        }
        for name, pack in font_packs.packs().items()
    }
    width = max(map(len, rows))
    words = "\n".join(
        f"{name.ljust(width)}  {row['languages']}"
        + ("  (installed)" if row["installed"] else f"  {_size(row['bytes'])}")
        for name, row in rows.items()
    )
    _print(options, {"fonts": rows}, words)
    return 0


def _print(options: Namespace, data: dict[str, Any], words: str) -> None:
    if options.json:
        context.print_json(data)
    else:
        print(words)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _add(options: Namespace, root: Path) -> int:
    from assetgen.errors import ManifestError
    from assetgen.fs import paths
    from assetgen.generate import commit
    from assetgen.init import font_files
    from assetgen.layouts import font_packs
    from assetgen.manifest import parse
    from assetgen.manifest.schema import FILE, MAX_BYTES

    packs = {name: font_packs.named(name) for name in options.names}
    data = paths.read_regular(root, FILE, ManifestError, limit=MAX_BYTES)
    commits = parse.read(data).manifest.project.commit and not options.no_commit
    written = [
        path for name, pack in packs.items() for path in font_files.install(root, name, pack)
    ]
    made = None
    if written and commits:
        made = commit.commit_fonts(root, os.environ, tuple(packs), written)
    said = [f"wrote {path}" for path in written] or ["nothing to do: installed already"]
    said += [f"committed as {made[:7]}"] if made else []
    said += [f'in a style: font = "{pack.family}"' for pack in packs.values()]
    result = {"written": written, "commit": made, "fonts": list(packs)}
    _print(options, result, "\n".join(said))
    return 0
