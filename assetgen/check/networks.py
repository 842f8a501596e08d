"""Images with a preset as their size, and what the networks of the preset take."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.findings import Finding
from assetgen.cure import advice
from assetgen.fs.lfs import is_pointer
from assetgen.fs.tree import Index, Tree
from assetgen.manifest import presets
from assetgen.manifest.presets import Preset
from assetgen.manifest.schema import SUFFIX, Asset
from assetgen.plan.workspace import Workspace

#: A file that is smaller may be a pointer of Git LFS.
_POINTER = 1024


def findings(project: Workspace) -> Iterator[Finding]:
    """One for each limit that an image breaks."""
    for asset in project.manifest.asset:
        if preset := presets.find(asset.size):
            yield from _of_asset(project, asset, preset)


def _of_asset(project: Workspace, asset: Asset, preset: Preset) -> Iterator[Finding]:
    stem, said = asset.path.rpartition(".")[0], f"({preset.source}, {preset.as_of})"
    line = project.line(asset.id)

    def problem(what: str, **how: str) -> Finding:
        best = SUFFIX[preset.formats[0]]
        cure = advice('write path = "{path}"', path=f"{stem}{how.get('suffix', best)}")
        if "size" in how:
            cure = advice('remove fit, or write size = "{size}"', size=how["size"])
        what = f"{what}, and size {asset.size} is for {preset.purpose}"
        return Finding(asset.path, "preset", f"{what} {said}", cure, line=line)

    if asset.format not in preset.formats:
        taken = " or ".join(one.upper() for one in preset.formats)
        yield problem(f"is {asset.format.upper()}; {taken} is taken")
    fit = asset.fit
    if fit and (fit.width, fit.height) != (preset.width, preset.height):
        size = f"{fit.width}x{fit.height}"
        yield problem(f"is {size} because of fit; {preset.size} is right", size=size)
    weight = _weight(project.tree, asset.path)
    if weight is not None and weight > preset.max_bytes:
        what = f"has {weight:,} bytes; at most {preset.max_bytes:,} are taken"
        if asset.format != "jpeg" and asset.background != "transparent":
            yield problem(what, suffix=".jpg")
            return
        cure = advice("make it simpler: fewer photos and gradients in the layout, or a smaller fit")
        what = f"{what}, and size {asset.size} is for {preset.purpose} {said}"
        yield Finding(asset.path, "preset", what, cure, line=line)


def _weight(tree: Tree, path: str) -> int | None:
    """The number of bytes of a file; None if it does not exist, or only its pointer does."""
    digest = tree.digest(path)
    if digest is None:
        return None
    work = tree.work if isinstance(tree, Index) else tree
    size: int | None = None
    if work.digest(path) == digest:  # its length need not be read from git
        size = (work.root / path).stat().st_size
    if size is None or size < _POINTER:
        data = tree.read(path) or b""
        return None if is_pointer(data) else len(data)
    return size
