"""A layout drawn with sample values, without an asset."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assetgen.cure import advice
from assetgen.errors import ManifestError, StorageError
from assetgen.fs import paths
from assetgen.image import derive, xmp
from assetgen.layouts import fonts, kind, samples, sandbox
from assetgen.layouts.kind import Kind
from assetgen.layouts.spec import Order
from assetgen.manifest.schema import FORMATS, Asset, Manifest, Style, listed_paths


def write(root: Path, manifest: Manifest, one: Kind, layout: str, *, file: Path) -> tuple[int, int]:
    """Draw the example of a layout into ``file`` and return its size in pixels.

    Only an earlier preview is replaced. Raises ManifestError, TemplateError or StorageError.
    """
    _refuse(root, manifest, file)
    drawn = _drawn(root, manifest, one, layout)
    asset = Asset(id="preview", kind=one.name, path=f"preview{file.suffix.lower()}", alt="")
    source_type = one.layout(layout).source_type
    [made] = derive.derive(drawn, asset, source_type)
    _write(file, made.data)
    return made.width, made.height


def _refuse(root: Path, manifest: Manifest, file: Path) -> None:
    if file.suffix.lower() not in FORMATS:
        what = f"{file.name!r} does not end in .png, .jpg, .webp or .avif"
        raise ManifestError(what, cure=advice("the extension decides the format"))
    if not os.path.lexists(file):
        return
    where = str(file)
    elsewhere = advice("name a new file")
    if file.is_symlink() or not file.is_file():
        raise StorageError(f"{file} is not a file", where=where, cure=elsewhere)
    listed = {(root / path).resolve() for path in listed_paths(manifest)}
    size = file.stat().st_size
    data = file.read_bytes() if size <= paths.MAX_INPUT_BYTES else b""
    if file.resolve() in listed or not xmp.source_type(data):
        what = f"{file} exists, and is not a preview"
        raise StorageError(what, where=where, cure=elsewhere)


def _drawn(root: Path, manifest: Manifest, one: Kind, layout: str) -> bytes:
    """The example as PNG, in the style that the project's examples have."""
    first, *others = samples.entries(one, layout, manifest)
    style = manifest.style.get(samples.style_for(manifest) or "", Style())
    known = kind.available_fonts(root)
    shown: dict[str, bytes] = {}
    for entry in others:
        other = _order(kind.find(root, entry["kind"]), entry["values"], style, known, {})
        with sandbox.at_work():
            shown[f"@{entry['id']}"] = sandbox.draw(other).png
    files = one.pictures(first["values"])
    for name in files:
        if not name.startswith("@"):
            shown[name] = paths.read_regular(root, name, ManifestError)
    order = _order(one, first["values"], style, known, shown)
    with sandbox.at_work():
        return sandbox.draw(order).png


def _order(
    one: Kind,
    values: Mapping[str, Any],
    style: Style,
    known: dict[str, fonts.Font],
    pictures: Mapping[str, bytes],
) -> Order:
    width, height = one.size(str(values["layout"]))
    return Order(
        kind=one,
        values=one.fill(values),
        width=width,
        height=height,
        palette=style.palette,
        font=style.font or fonts.SANS,
        fonts=known,
        pictures=pictures,
    )


def _write(file: Path, data: bytes) -> None:
    """Replace ``file`` in one step, whatever is at its name."""
    try:
        handle, name = tempfile.mkstemp(prefix=".assetgen-", dir=file.parent)
    except FileNotFoundError:
        what = f"the folder {file.parent} does not exist"
        raise StorageError(what, where=str(file), cure=advice("make it, or name another")) from None
    try:
        with open(handle, "wb") as out:
            out.write(data)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
