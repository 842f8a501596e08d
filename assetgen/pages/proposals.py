"""The assets that the manifest would need for the missing images of pages. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from assetgen.cure import Blank, Cure, advice, command
from assetgen.fs import paths
from assetgen.layouts.kind import Kind
from assetgen.manifest.schema import FORMATS, Asset, Manifest, targets
from assetgen.pages import proposed_entry
from assetgen.pages.gap import Gap
from assetgen.refs.reference import Reference

#: The longest id that is proposed, in characters.
MAX_ID = 80


class Proposal(Struct, frozen=True):
    """One asset for the manifest, and the references to its image."""

    entry: Mapping[str, Any]
    references: tuple[Reference, ...]
    guess: str = ""
    """Why it is a draft of this kind and layout; "" if it is whole."""
    size: str = ""
    """Why the image gets another size than the page declares; "" if it does not."""


class Refusal(Struct, frozen=True):
    """Why no asset is proposed for a reference, and what to do instead."""

    reference: Reference
    what: str
    cure: Cure


class Proposals(Struct, frozen=True):
    """The proposals, one for each file, and the refusals, in the order of the references."""

    proposals: tuple[Proposal, ...]
    refusals: tuple[Refusal, ...]

    @property
    def entries(self) -> list[Mapping[str, Any]]:
        """The assets, as ``add_entries.add`` accepts them."""
        return [proposal.entry for proposal in self.proposals]

    @property
    def remarks(self) -> dict[str, str]:
        """What is to be said about assets, by id, as ``add_entries.add`` accepts it."""
        return {str(one.entry["id"]): one.guess for one in self.proposals if one.guess}


def propose(
    gaps: Iterable[Gap],
    manifest: Manifest,
    kind: Callable[[str], Kind],
    *,
    route: str | None = None,
) -> Proposals:
    """Propose an asset for each missing file; ``route`` is by default that of [defaults].

    Raises ManifestError or TemplateError if a kind is not usable.
    """
    refused: list[Refusal] = []
    by_path: dict[str, list[Gap]] = {}
    known = _Known(manifest)
    for gap in gaps:
        if wrong := _refusal(gap, known):
            refused.append(Refusal(gap.reference, *wrong))
        elif gap.resolution.path is not None:
            by_path.setdefault(gap.resolution.path, []).append(gap)
    taken = set(known.by_id)
    numbers: dict[str, int] = {}
    proposed = []
    for path, asking in by_path.items():
        names = _ids(path, manifest, numbers)
        asset_id = next(name for name in names if name not in taken)
        taken.add(asset_id)
        made = proposed_entry.entry(
            asset_id,
            path,
            asking,
            kind=kind,
            route=route,
            defaults=manifest.defaults,
            style=_style(manifest),
        )
        entry = made.keys
        size = proposed_entry.reason_of_size(entry["fit"], asking) if "fit" in entry else ""
        references = tuple(gap.reference for gap in asking)
        proposed.append(Proposal(entry, references, guess=made.guess, size=size))
    return Proposals(tuple(proposed), tuple(refused))


def _style(manifest: Manifest) -> str | None:
    """The style for new assets, unless [defaults] has one: the only one, or the starter's."""
    if manifest.defaults.style or not manifest.style:
        return None
    if len(manifest.style) == 1:
        return next(iter(manifest.style))
    return "brand" if "brand" in manifest.style else None


# -- refusing --------------------------------------------------------------------------------------

_NO_FILE = {
    "external": (
        "is loaded from another site",
        advice("download the picture into the project and refer to that file"),
    ),
    "dynamic": ("is computed when the page runs", advice("write the whole path in the page")),
    "package": (
        "comes from a package",
        advice("install the package, or refer to a file of the project"),
    ),
    "bare-unknown": (
        "is only a name, and its folder is in the component",
        advice("write its path, as in /img/{name}", name=Blank("name")),
    ),
}


class _Known:
    """What the manifest lists, by the name that a new asset would have."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.by_id = {asset.id: asset for asset in manifest.asset}
        self.by_path: dict[str, Asset] = {}
        for asset in manifest.asset:
            for target in targets(asset):
                self.by_path.setdefault(target.path.lower(), asset)


def _refusal(gap: Gap, known: _Known) -> tuple[str, Cure] | None:
    """Why a reference cannot get an asset, and the cure."""
    raw, path = gap.reference.raw, gap.resolution.path
    if path is None:
        what, cure = _NO_FILE.get(
            gap.resolution.how,
            ("is not a file of the project", advice("write its path in the page")),
        )
        return f"{raw} {what}", cure.filled(name=raw)
    if wrong := paths.problem_of_file(path):
        return f"{path} {wrong}", advice("use another name in the page")
    stem, _, suffix = path.rpartition(".")
    if "." + suffix.lower() not in FORMATS:
        what = f"{path}: assetgen makes .png, .jpg, .webp and .avif files, not .{suffix}"
        return what, advice(
            "write {stem}.png in the page, or add the file yourself", stem=stem.rpartition("/")[2]
        )
    outputs = known.manifest.project.outputs
    if not any(path.startswith(folder + "/") for folder in outputs):
        folder = path.rpartition("/")[0]
        named = ", ".join(f'"{one}"' for one in (*outputs, folder))
        cure = (
            advice("write outputs = [{named}] under [project]", named=named)
            if folder
            else advice("use a file in an output folder")
        )
        return f"{path} is not in an output folder ({', '.join(outputs)})", cure
    return _taken(gap.reference, path, known)


def _taken(reference: Reference, path: str, known: _Known) -> tuple[str, Cure] | None:
    if asset := known.by_path.get(path.lower()):
        listed = next(one.path for one in targets(asset) if one.path.lower() == path.lower())
        what = f"asset {asset.id} lists {listed}, which differs from {path} in case only"
        return what, advice(
            "write that name in the page: {fix}",
            fix=command("assetgen refs --fix {place}", place=reference.place),
        )
    wanted = next(_ids(path, known.manifest, {}))
    if other := known.by_id.get(wanted):
        what = f"the id of {path} would be {other.id}, which is the id of {other.path}"
        return what, advice(
            "refer to {path} in the page, or give asset {id} another id",
            path=other.path,
            id=other.id,
        )
    return None


# -- naming ----------------------------------------------------------------------------------------

_FOLDERS = {
    "img",
    "imgs",
    "image",
    "images",
    "picture",
    "pictures",
    "media",
    "static",
    "assets",
    "public",
}


def free_id(path: str, manifest: Manifest) -> str:
    """An id for the asset of a path that no asset has."""
    taken = {asset.id for asset in manifest.asset}
    return next(name for name in _ids(path, manifest, {}) if name not in taken)


def _ids(path: str, manifest: Manifest, numbers: dict[str, int]) -> Iterator[str]:
    """Ids for the asset of a path: without common folder names, with them, then numbered.

    ``numbers`` are the last ones that were tried, so that many equal names are quick.
    """
    *folders, name = path.rpartition(".")[0].split("/")
    for folder in sorted(
        (*manifest.project.outputs, manifest.project.public or ""), key=len, reverse=True
    ):
        if folder and path.startswith(folder + "/"):
            folders = folders[folder.count("/") + 1 :]
            break
    short = [_slug(part) for part in folders if part.lower() not in _FOLDERS]
    whole = [_slug(part) for part in folders]
    stem = _slug(name) or "picture"
    first = _joined(short, stem)
    yield first
    yield _joined(whole, stem)
    while True:
        numbers[first] = numbers.get(first, 1) + 1
        yield f"{first[: MAX_ID - 7]}-{numbers[first]}"


def _joined(folders: Sequence[str], stem: str) -> str:
    parts = [part for part in (*folders, stem) if part]
    while len(parts) > 1 and len("/".join(parts)) > MAX_ID:
        parts.pop(0)
    return "/".join(parts)[:MAX_ID].strip("-")


def _slug(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{slug}-picture" if slug and paths.problem(slug) else slug
