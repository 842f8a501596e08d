"""Images with a preset as their size, and what the networks of the preset take."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.findings import Finding
from assetgen.cure import advice
from assetgen.manifest import presets
from assetgen.manifest.presets import Preset
from assetgen.manifest.schema import SUFFIX, Asset
from assetgen.plan.workspace import Workspace


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
