"""A picture that a person supplies: which file it is, and whether it can be one."""

from __future__ import annotations

import os
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import StorageError, UnsupportedOption
from assetgen.fs import lfs, paths
from assetgen.image import decode, ico
from assetgen.manifest.schema import Asset
from assetgen.manifest.target import Target
from assetgen.plan.reasons import forcing

_NAME_IT = advice("name the picture to adopt")


def read(root: Path, file: Path) -> bytes:
    """The bytes of ``file``, whose header is that of a picture. Raises StorageError."""
    whole = Path(os.path.abspath(file))
    if whole.is_relative_to(root):
        # Users know where their own links lead; a link in a repository may be anyone's.
        paths.refuse_links(root, whole.relative_to(root).as_posix())
    try:
        if not file.is_file():
            raise StorageError(f"{file} is not a file", cure=_NAME_IT)
        if file.stat().st_size > paths.MAX_INPUT_BYTES:
            raise StorageError(f"{file} is larger than any picture", cure=_NAME_IT)
        data = file.read_bytes()
    except OSError as exc:
        raise StorageError(f"{file} cannot be read: {exc.strerror}", cure=_NAME_IT) from exc
    if lfs.is_pointer(data):
        raise a_pointer(root, whole)
    try:
        decode.facts(data)
    except StorageError as exc:
        usual = advice("name a PNG, JPEG, WebP or AVIF file")
        smaller = advice("make {file} smaller", file=str(file))
        cure = smaller if isinstance(exc, decode.TooManyPixels) else usual
        raise StorageError(exc.what, where=str(file), cure=cure) from None
    return data


def delivered(data: bytes, target: Target) -> ico.FileFacts:
    """What the header of a delivered file says. Raises StorageError if it is of another kind."""
    cure = advice(
        "put a whole {format} file in its place, or remove it and run {generate}",
        format=target.format,
        generate=command("assetgen generate"),
    )
    try:
        seen = ico.facts(data)
    except StorageError as exc:
        raise StorageError(exc.what, where=target.path, cure=cure) from None
    if seen.format != target.format:
        what = f"{target.path} contains {seen.format}, not {target.format}"
        raise StorageError(what, where=target.path, cure=cure)
    return seen


def refuse_rebuilt(asset: Asset) -> None:
    """Raise UnsupportedOption for an asset whose file git does not have: no one could build it."""
    if asset.is_rebuilt:
        raise UnsupportedOption(
            f'asset {asset.id} has keep = "record": its file is built from its layout, so a file '
            "that a person brings would be lost",
            where=f"asset {asset.id}",
            cure=advice(
                'write keep = "git" for it, or draw it: {draw}',
                draw=forcing(asset),
            ),
        )


def a_pointer(root: Path, file: Path) -> StorageError:
    """The error for a Git LFS pointer."""
    is_own = file.is_relative_to(root)
    shown = file.relative_to(root).as_posix() if is_own else str(file)
    outside = advice("name the picture itself")
    cure = lfs.fetching(root, shown) if is_own else outside
    return StorageError(f"{shown} {lfs.WHAT}", where=shown, cure=cure)
