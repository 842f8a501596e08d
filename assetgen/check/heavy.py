"""Images that are heavier than their max_kb, and that generate cannot make lighter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import UNSET

from assetgen.check.findings import Finding
from assetgen.cure import Cure, advice, command
from assetgen.fs import globs, weighing
from assetgen.manifest import presets, weight
from assetgen.manifest.key_types import KB, Format
from assetgen.manifest.schema import SUFFIX, Asset, targets
from assetgen.manifest.target import FileFormat, Target
from assetgen.plan.decide import Decision, State
from assetgen.plan.weight import in_kb, is_left
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record

#: The formats that are lighter than another, the first to try first.
_LIGHTER: Mapping[FileFormat, tuple[Format, ...]] = {
    "png": ("webp", "avif", "jpeg"),
    "jpeg": ("webp", "avif"),
    "webp": ("avif",),
    "avif": (),
}


def findings(project: Workspace, decisions: Iterable[Decision]) -> Iterator[Finding]:
    """One for each file of an asset that is too heavy, and that is as it was made.

    Of other files, the finding of their state says what to do.
    """
    level = project.manifest.check.too_heavy
    if level == "off":
        return
    is_ignored = globs.matcher(project.manifest.check.ignore)
    for decision in decisions:
        asset = decision.asset
        if asset.max_kb is None or decision.state is not State.FRESH:
            continue
        for target in targets(asset):
            size = None if is_ignored(target.path) else _size(project, asset, target)
            if size is None or size <= asset.max_kb * KB:
                continue
            what = f"has {in_kb(size)} kB; at most {asset.max_kb:,} kB are allowed"
            yield Finding(
                path=target.path,
                code="too-heavy",
                message=f"{what} ({weight.said_by(asset, project.manifest)})",
                cure=_cure(project, asset, target),
                level=level,
                line=project.line(asset.id),
            )


def _size(project: Workspace, asset: Asset, target: Target) -> int | None:
    size = weighing.weight(project.tree, target.path)
    if size is None and asset.is_rebuilt and isinstance(known := project.record(asset.id), Record):
        seen = next((one for one in known.observed if one.path == target.path), None)
        size = None if seen is None or seen.bytes is UNSET else seen.bytes
    return size


def _cure(project: Workspace, asset: Asset, target: Target) -> Cure:
    known = project.record(asset.id)
    if not isinstance(known, Record):
        return _smaller(asset, target, {})
    step = _step(known, target)
    how = _smaller(asset, target, step)
    if target.format == "ico":  # its images are as light as they can be
        return how
    if is_left(known, target):
        if known.is_brought:
            return advice("it stays as a person brought it: bring a lighter one, or {how}", how=how)
        return advice("it stays as it is, because its Content Credentials sign it: {how}", how=how)
    if "max_kb" not in step and not asset.is_local:
        again = command("assetgen generate {id}", id=asset.id)
        return advice("where its original is kept: {again} (it is not bought again)", again=again)
    return how


def _step(known: Record, target: Target) -> Mapping[str, Any]:
    encoded = [step for step in known.steps if step.get("op") == "encode"]
    steps = dict(zip(known.subject, encoded, strict=False))
    return steps.get(target.path, {})


def _smaller(asset: Asset, target: Target, step: Mapping[str, Any]) -> Cure:
    """What makes a file lighter that is as light as it can be made in its format and size."""
    if asset.variants is not None and asset.variants.set is not None:  # what is PNG stays PNG
        return advice("show less in the image, or write a larger max_kb")
    preset = presets.find(asset.size)
    taken = [one for one in _LIGHTER.get(target.format, ()) if not preset or one in preset.formats]
    if "colours" in step or asset.background == "transparent":
        taken = [one for one in taken if one != "jpeg"]  # no lighter for flat areas
    if taken and target.path == asset.path:
        path = f"{target.path.rpartition('.')[0]}{SUFFIX[taken[0]]}"
        return advice('write path = "{path}", a smaller size, or a larger max_kb', path=path)
    what = "smaller widths" if target.width else "a smaller size"
    return advice("write {what}, less in the picture, or a larger max_kb", what=what)
