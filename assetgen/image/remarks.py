"""What is worth a remark about files that were made: stills of what moves, and enlargements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assetgen.image import decode
from assetgen.image.derive import Derived
from assetgen.manifest.schema import Asset


def remarks(original: bytes, asset: Asset, files: Sequence[Derived]) -> tuple[str, ...]:
    """The remarks about the ``files`` of ``asset`` that were made from ``original``."""
    return (*_moving(original, files), *_enlarged(original, asset, files))


def _moving(original: bytes, files: Sequence[Derived]) -> Iterator[str]:
    if (many := decode.frames(original)) < 2:
        return
    moves = [file.path for file in files if decode.frames(file.data) > 1]
    still = [file.path for file in files if file.path not in moves]
    if moves:
        others = f", and {', '.join(still)} shows its first frame" if still else ""
        yield f"{', '.join(moves)} moves ({many} frames){others}"
    else:
        yield f"the image moves ({many} frames), and {', '.join(still)} shows its first frame"


def _enlarged(original: bytes, asset: Asset, files: Sequence[Derived]) -> Iterator[str]:
    """The main file, if ``fit`` makes it larger than the original; variants never are."""
    if not asset.fit or not files:
        return
    seen, main = decode.facts(original), files[0]
    scales = (asset.fit.width / seen.width, asset.fit.height / seen.height)
    scale = min(scales) if asset.fit.mode == "contain" else max(scales)
    if scale > 1:
        yield (
            f"{main.path} is enlarged {scale:.1f} times: it is made from "
            f"{seen.width}x{seen.height} pixels"
        )
