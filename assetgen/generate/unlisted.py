"""What to add to assets.toml for an image that someone adopts before it is listed there."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError
from assetgen.fs import paths
from assetgen.manifest import parse
from assetgen.manifest.schema import FILE, FORMATS
from assetgen.plan.workspace import Workspace, open_workspace


def opened(root: Path, asset_id: str, file: Path) -> Workspace:
    """The project in ``root``, which has the asset ``asset_id``.

    Raises ManifestError, with the entry to paste if there is no such asset.
    """
    project = open_workspace(root)
    try:
        project.manifest.find(asset_id)
    except ManifestError as exc:
        cure = _entry(asset_id, _path(project, asset_id, file))
        if not _is_sound(str(cure).partition("\n\n")[2]):
            raise
        raise ManifestError(exc.what, where=FILE, cure=cure) from None
    return project


def _entry(asset_id: str, path: str) -> Cure:
    return advice(
        "add this to assets.toml, say in alt what the image shows, and run the same again:\n\n"
        '[[asset]]\nid    = {id}\npath  = {path}\nalt   = "what the image shows"\n'
        'route = "adopted"\n',
        id=_quoted(asset_id),
        path=_quoted(path),
    )


def _path(project: Workspace, asset_id: str, file: Path) -> str:
    """Where the image belongs: where it is, or else its name in the first output folder."""
    outputs = project.manifest.project.outputs
    whole = Path(os.path.abspath(file))
    if whole.is_relative_to(project.root):
        inside = whole.relative_to(project.root).as_posix()
        if inside.startswith(tuple(f"{folder}/" for folder in outputs)) and _is_named(inside):
            return inside
    placed = f"{outputs[0]}/{file.name}"
    return placed if _is_named(placed) else f"{outputs[0]}/{asset_id}.png"


def _is_named(path: str) -> bool:
    extension = PurePosixPath(path).suffix.lower()
    return extension in FORMATS and paths.problem_of_file(path) is None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_sound(entry: str) -> bool:
    try:
        parse.parse(entry.encode())
    except (ManifestError, UnicodeEncodeError):
        return False
    return True
