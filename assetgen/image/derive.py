"""Original -> delivered files: fit, encode, mark."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from assetgen.errors import ManifestError, StorageError
from assetgen.image import encode, fitting, ico, icon_files, marking, plain, sizes, xmp
from assetgen.image.decode import Facts, decode, decoded_once, facts, in_srgb
from assetgen.image.steps import Fitting
from assetgen.manifest.schema import Asset, targets
from assetgen.manifest.target import LEAST, FileFormat, Target
from assetgen.record.schema import Measured

if TYPE_CHECKING:
    from PIL.Image import Image

#: What a crop keeps where nothing is said: heads are above the middle. Layouts do the same.
FOCUS = (0.5, 0.15)


@dataclass(frozen=True)
class Derived:
    """One delivered file, verified: its bytes and what was measured from them."""

    path: str
    data: bytes
    width: int
    height: int
    format: FileFormat
    alpha: bool
    fitting: Fitting | None = None
    """How it was made to fit its limit, if it was heavier by itself."""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def measured(self) -> Measured:
        """What was measured, as the record states it."""
        return Measured(
            path=self.path,
            width=self.width,
            height=self.height,
            format=self.format,
            alpha=self.alpha,
            bytes=len(self.data),
        )


# -- the files -------------------------------------------------------------------------------------

Mapper = Callable[
    [Callable[[list[Target]], list[Derived]], Iterable[list[Target]]], Iterable[list[Derived]]
]


def derive(
    original: bytes,
    asset: Asset,
    source_type: str | None,
    mapper: Mapper = map,
    *,
    marks: bool = True,
    is_brought: bool = False,
    private: Iterable[str] | None = None,
    image: Callable[[], Image] | None = None,
) -> list[Derived]:
    """Make every file of ``asset`` from ``original``; ``mapper`` may run them on several cores.

    Bytes that can be used as they are get their mark, and no other byte of them changes; with
    Content Credentials, or without ``marks``, they stay as they are. With ``private``, the bytes
    are those of a provider: parts that must not be published, such as these texts, are cut out.
    Files are made to fit the limit of the asset, but not what is signed or what a person has
    brought, where it can be used as it is.
    ``image`` returns the decoded original, for a caller that needs it too; it is called only if a
    file needs it.
    Raises StorageError or ManifestError if the original cannot give what was asked.
    """
    seen = facts(original)
    _refuse_small_icon(asset, seen)
    image = image or decoded_once(original)
    if is_set := _has_set(asset):
        image = _without_profile(image)
    packet = xmp.packet(source_type) if source_type else None
    stated = source_type if marks else None
    as_is = original if private is None else plain.cleaned(original, stated, private)
    if as_is is not None and stated:
        as_is = as_it_is(as_is, seen.format, stated)

    stays = is_brought or xmp.has_credentials(original)
    making = _Making(asset, seen, image, packet, as_is=as_is, stays=stays)
    every = targets(asset)
    if not all(map(making.is_usable, every)):
        image()  # before the mapper's threads ask for it
    # One resampling serves all formats of a width; the largest first, so that all cores stay busy.
    groups: dict[int | str, list[Target]] = {}
    for target in sorted(every, key=lambda target: -(target.width or 0)):
        icons = f"icons {target.is_opaque}" if is_set and target.width else ""
        groups.setdefault(icons or target.width or 0, []).append(target)
    made = {file.path: file for one in mapper(making.one_size, groups.values()) for file in one}
    return [made[target.path] for target in every]


@dataclass(frozen=True)
class _Making:
    """What the files of an asset are made from; ``one_size`` may be called from several threads."""

    asset: Asset
    seen: Facts
    image: Callable[[], Image]
    packet: bytes | None
    as_is: bytes | None
    """The bytes to publish where nothing has to be encoded."""
    stays: bool
    """Whether these bytes are used whatever they weigh."""

    def is_usable(self, target: Target) -> bool:
        """Whether the bytes of the original are a file."""
        return self._original(target) is not None and (
            self.stays or fitting.fits(self.as_is or b"", self.asset.max_kb)
        )

    def _original(self, target: Target) -> bytes | None:
        return self.as_is if _is_usable(self.seen, self.asset, target) else None

    def one_size(self, files: list[Target]) -> list[Derived]:
        """The files of one width, or the icons of a set."""
        asset = self.asset
        if _has_set(asset) and files[0].width:
            return self._icons(files)
        resized: Image | None = None
        made = []
        for target in files:
            if self.as_is is not None and self.is_usable(target):
                made.append(_verified(self.as_is, asset, target))
                continue
            resized = resized or _resized(self.image(), asset, target)
            heavy = self._original(target)
            data, how = encode.made(resized, target.format, self.packet, asset.max_kb, heavy)
            made.append(_verified(data, asset, target, how))
        return made

    def _icons(self, files: list[Target]) -> list[Derived]:
        base = _resized(self.image(), self.asset, Target(self.asset.path, "png", LEAST))
        new = [target for target in files if not self.is_usable(target)]
        data_of = icon_files.made(base, new, self.packet)
        # The image itself is in the set if it has the width of one of its files.
        found = [data_of.get(one.path, self.as_is or b"") for one in files]
        icons = [_verified(data, self.asset, one) for data, one in zip(found, files, strict=True)]
        return [self._lighter(one) if one.path in data_of else one for one in icons]

    def _lighter(self, icon: Derived) -> Derived:
        """A file of a set, made to fit; favicon.ico is small."""
        if icon.format != "png" or fitting.fits(icon.data, self.asset.max_kb):
            return icon
        found = encode.fitted(decode(icon.data), "png", self.packet, self.asset.max_kb or 0)
        return replace(icon, data=min(found.data, icon.data, key=len), fitting=found.fitting)


def as_it_is(data: bytes, form: FileFormat, source_type: str) -> bytes | None:
    """``data`` with its mark, unless it has that mark or Content Credentials, which it would break.

    XMP that states another source type is cut out; None if it cannot be. Nothing else changes:
    ``marking.unmarked`` gives the rest back.
    """
    if form == "ico":
        return ico.joined([as_it_is(one, "png", source_type) or one for one in ico.images(data)])
    if xmp.has_credentials(data):
        return data
    bare = plain.without_claims(data, source_type)
    if bare is None or xmp.source_type(bare) == source_type:
        return bare
    return marking.marked(bare, form, xmp.packet(source_type)) or bare


def _refuse_small_icon(asset: Asset, seen: Facts) -> None:
    if wrong := sizes.no_icon(asset, (seen.width, seen.height)):
        raise ManifestError(wrong.what, where=f"asset {asset.id}", cure=wrong.cure)


def _has_set(asset: Asset) -> bool:
    return asset.variants is not None and asset.variants.set is not None


def _is_usable(seen: Facts, asset: Asset, target: Target) -> bool:
    fit = asset.fit
    width = fit.width if fit else seen.width
    same_size = target.width in (None, width) and (
        fit is None or (fit.width, fit.height) == (seen.width, seen.height)
    )
    is_other = target.use or (target.width is not None and not _has_set(asset))
    return same_size and not is_other and seen.format == target.format


def _resized(image: Image, asset: Asset, target: Target) -> Image:
    """The picture at the target's size: the fit's crop and the width's scale in one resampling."""
    from PIL import Image as Pillow

    if wrong := next(sizes.misfits_of_file(asset, target, image.size), None):
        raise ManifestError(wrong.what, cure=wrong.cure)
    width, height = sizes.of_file(asset, target, image.size)
    mode = asset.fit.mode if asset.fit else "exact"
    if mode == "contain":
        return _contained(image, width, height)
    box = (0.0, 0.0, float(image.width), float(image.height))
    if mode == "cover":
        focus = asset.fit.focus if asset.fit else None
        box = _crop(image.size, width / height, focus or FOCUS)
    if (width, height) == image.size and box == (0.0, 0.0, float(width), float(height)):
        return image
    # Lanczos rings: that is a light line along the edge of an icon.
    is_icon = target.width is not None and _has_set(asset)
    how = Pillow.Resampling.HAMMING if is_icon else Pillow.Resampling.LANCZOS
    return image.resize((width, height), how, box=box, reducing_gap=3.0)


def _crop(
    size: tuple[int, int], ratio: float, focus: tuple[float, float]
) -> tuple[float, float, float, float]:
    """The largest box of ``ratio`` (width / height) in a picture of ``size``.

    What is cut off is shared as ``focus`` says: [0.5, 0.15] cuts as much on the left as on the
    right, and 15 % of the height that goes at the top.
    """
    width, height = min(size[0], size[1] * ratio), min(size[1], size[0] / ratio)
    left, top = (size[0] - width) * focus[0], (size[1] - height) * focus[1]
    return (left, top, left + width, top + height)


def _contained(image: Image, width: int, height: int) -> Image:
    from PIL import Image as Pillow

    scale = min(width / image.width, height / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(inner, Pillow.Resampling.LANCZOS, reducing_gap=3.0).convert("RGBA")
    canvas = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
    canvas.paste(small, ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return canvas


def _without_profile(image: Callable[[], Image]) -> Callable[[], Image]:
    """The image in sRGB: a profile would be larger than the smaller icons."""
    return cache(lambda: in_srgb(image().copy()))


def _verified(data: bytes, asset: Asset, target: Target, how: Fitting | None = None) -> Derived:
    """Measure the bytes of a file. Raises StorageError if they differ from the request."""
    seen = ico.facts(data)
    width = target.width or (asset.fit.width if asset.fit else seen.width)
    if seen.format != target.format or seen.width != width:
        raise StorageError(
            f"{target.path} is {seen.format} {seen.width}x{seen.height}, which was not requested",
            where=target.path,
        )
    if asset.background == "transparent" and not seen.alpha and not target.is_opaque:
        raise StorageError(f"{target.path} must be transparent and is not", where=target.path)
    return Derived(
        target.path,
        data,
        width=seen.width,
        height=seen.height,
        format=seen.format,
        alpha=seen.alpha,
        fitting=how,
    )


@cache
def encoder(formats: Sequence[FileFormat]) -> str:
    """Pillow and the libraries behind ``formats``, as records state them."""
    from PIL import __version__, features

    names = {"png": "zlib", "jpeg": "libjpeg_turbo", "webp": "webp", "avif": "avif"}
    found = []
    for fmt in dict.fromkeys("png" if fmt == "ico" else fmt for fmt in formats):
        name, version = names[fmt], features.version(names[fmt])
        shown = "libwebp" if fmt == "webp" else name
        found.append(f"{shown} {version}" if version else name)
    return ", ".join([f"pillow {__version__}", *found])
