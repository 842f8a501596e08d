"""Logos that cannot be seen on their ground: dark on dark, or light on light."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from assetgen.errors import StorageError
from assetgen.image import decode
from assetgen.layouts import colour, drawings, palette
from assetgen.layouts.spec import Order
from assetgen.manifest.toml_faults import dotted

# A logo is seen if a tenth of what it paints has this contrast (WCAG 2) with the ground.
_SEEN, _SHARE = 1.6, 0.1
_SIDE = 32


_OTHER = {"icon": "another ground"}
#: The role of each ground of an icon; a gradient is made of shades of its role.
_ICON_GROUNDS = {
    "accent": "accent",
    "gradient": "accent",
    "accent-2": "accent-2",
    "soft": "accent-soft",
    "plain": "raised",
}


def faint(order: Order) -> Iterator[str]:
    """A remark for each value ``logo`` that has hardly any contrast with its ground."""
    ground = _ground(order)
    for key, reference in order.kind.pictures_at(order.values):
        if key[-1] != "logo" or ground is None:
            continue
        if not _is_seen(order.pictures[reference], ground):
            yield (
                f"{dotted(key)}: {reference} can hardly be seen on its ground; "
                f"use a logo in another colour, or {_OTHER.get(order.kind.name, 'the other theme')}"
            )


@lru_cache(maxsize=4)  # a collection shows one logo in all of its images
def _is_seen(logo: bytes, ground: colour.Rgb) -> bool:
    try:
        painted = list(_painted(logo, ground))
    except StorageError:  # drawing it says what is wrong
        return True
    ratios = sorted((colour.contrast(one, ground) for one in painted), reverse=True)
    return bool(ratios) and ratios[int(len(ratios) * _SHARE)] >= _SEEN


def _ground(order: Order) -> colour.Rgb | None:
    """The colour behind a logo; None over a photo, and in layouts that are not known here."""
    roles = palette.roles(order.palette, order.theme, series=False)
    if order.kind.name == "icon" and order.layout == "app":
        role = _ICON_GROUNDS.get(str(order.values["ground"]))
        return colour.parse(roles[role]) if role else None
    is_photo = order.layout == "photo" and order.values.get("treatment") != "panel"
    if order.kind.name != "cover" or is_photo:
        return None
    return colour.parse(roles["accent" if order.values.get("ground") == "accent" else "bg"])


def _painted(data: bytes, ground: colour.Rgb) -> Iterator[colour.Rgb]:
    """The colours of a small copy of a logo on its ground. Raises StorageError."""
    from PIL import Image

    if drawings.is_svg(data):
        wide, high, rows = drawings.pixels(data, _SIDE)
        image = Image.frombytes("RGBA", (wide, high), rows)
    else:
        image = decode.in_srgb(decode.decode(data, decode.STILLS, _SIDE)).convert("RGBA")
        image.thumbnail((_SIDE, _SIDE))
    pixels = image.tobytes()
    for at in range(0, len(pixels), 4):
        if opacity := pixels[at + 3]:
            own = (pixels[at], pixels[at + 1], pixels[at + 2])
            yield colour.mix(ground, own, opacity / 255)
