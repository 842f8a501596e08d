"""The candidates of an asset as numbered files, in a folder that git ignores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import originals, paths, staging, store
from assetgen.plan.choices import Option
from assetgen.plan.workspace import Workspace

#: Below it, each asset has a folder by its id.
FOLDER = f"{staging.CACHE}/candidates"


def known(project: Workspace, every: Sequence[Option]) -> Mapping[int, str | None]:
    """Where the bytes of each candidate are kept, for people; None for those of other clones."""
    return {
        one.number: originals.shown(project.root, one.candidate.sha256)
        if project.holdings.choices.is_kept(one)
        else None
        for one in every
    }


def written(project: Workspace, asset_id: str, every: Sequence[Option]) -> Mapping[int, str | None]:
    """Write each candidate to a numbered file; their paths below the project, by number.

    None for a candidate whose bytes are in another clone. Raises StorageError.
    """
    root, folder = project.root, f"{FOLDER}/{asset_id}"
    store.prepare(root)
    found: dict[int, str | None] = {}
    for one in every:
        data = originals.read(root, one.candidate.sha256)
        ending = one.candidate.media_type.removeprefix("image/")
        name = f"{folder}/{one.number}.{ending}"
        found[one.number] = name if data is not None else None
        if data is not None:
            _write(root, name, data)
    _remove_others(root / folder, {Path(path).name for path in found.values() if path})
    return found


def _write(root: Path, name: str, data: bytes) -> None:
    file = root / name
    try:
        paths.refuse_links(root, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_bytes() != data:
            file.write_bytes(data)
    except OSError as exc:
        raise store.explained(exc, name) from exc


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove the numbered files of earlier candidates."""
    try:
        for file in folder.glob("[0-9]*.*"):
            if file.name not in names:
                file.unlink()
    except OSError as exc:
        raise StorageError(f"an old candidate cannot be removed: {exc.strerror}") from exc
