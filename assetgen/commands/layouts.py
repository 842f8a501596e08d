"""assetgen layouts: kinds, layouts, their values, and examples."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.commands import context

if TYPE_CHECKING:
    from assetgen.layouts.listed import Listed
    from assetgen.manifest.schema import Manifest


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "List the kinds and layouts that can be drawn here, those in templates/ of the\n"
        "project included. With KIND or KIND/LAYOUT: its values, their types and limits,\n"
        "and an example to paste into assets.toml."
    )
    parser.add_argument(
        "name", nargs="?", metavar="KIND[/LAYOUT]", help="a kind, or one of its layouts"
    )
    parser.add_argument(
        "--preview",
        metavar="FILE",
        type=Path,
        help="draw the layout with sample values into this file",
    )


def contradiction(options: Namespace) -> str | None:
    if options.preview is not None and options.name is None:
        return "--preview needs KIND/LAYOUT, such as: assetgen layouts cover/split --preview a.png"
    return None


def run(options: Namespace) -> int:
    from assetgen.layouts import listed, samples
    from assetgen.report import layouts
    from assetgen.report.text import error

    root, manifest = _project(options)
    found = listed.listed(root, options.name)
    if options.preview is not None:
        _preview(options, root, manifest, found)
        return 0

    example = partial(samples.example, manifest)
    if options.json:
        context.print_json(layouts.as_data(found, example if options.name else None))
    elif options.name:
        layouts.details(found, example, sys.stdout)
    else:
        layouts.overview(found, sys.stdout)
        for exc in found.errors:
            error(exc, sys.stderr)
    return int(found.errors[0].exit_code) if found.errors else 0


def _project(options: Namespace) -> tuple[Path, Manifest]:
    """The folder whose templates count, and as much of its manifest as can be read."""
    from assetgen.errors import AssetgenError, ManifestError
    from assetgen.fs import paths
    from assetgen.manifest import parse
    from assetgen.manifest.schema import FILE, MAX_BYTES, Manifest

    root, _ = context.root_or_scratch(options)
    if root is None:
        return context.resolved(options.folder), Manifest()
    try:
        data = paths.read_regular(root, FILE, ManifestError, limit=MAX_BYTES)
        return root, parse.read(data).manifest
    except AssetgenError:  # check reports it
        return root, Manifest()


def _preview(options: Namespace, root: Path, manifest: Manifest, found: Listed) -> None:
    from assetgen.routes import preview
    from assetgen.text import clean

    [one] = found.kinds
    layout = found.layout or one.layout_name({})
    width, height = preview.write(root, manifest, one, layout, file=options.preview)
    drawn = {"kind": one.name, "layout": layout, "width": width, "height": height}
    if options.json:
        context.print_json({**drawn, "file": str(options.preview)})
    else:
        print(clean(f"wrote {options.preview}: {one.name}/{layout} with sample values"))
