"""logos: one that cannot be seen on its ground is remarked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from assetgen.layouts import kind, logos
from assetgen.layouts.spec import Order

_COVER = kind.find(Path("none"), "cover")


def _logo(ink: str, ground: str = "#00000000") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGBA", (60, 40), ground)
    image.paste(ink, (10, 10, 50, 30))
    image.save(out, "PNG")
    return out.getvalue()


_WHITE_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    b'<circle cx="4" cy="4" r="4" fill="#fff"/></svg>'
)

_ROWS = {
    "dark on light": (_logo("#111111"), {}, False),
    "dark on dark": (_logo("#111111"), {"theme": "dark"}, True),
    "light on light": (_logo("#fafafa"), {}, True),
    "light on dark": (_logo("#fafafa"), {"theme": "dark"}, False),
    "a drawing on light": (_WHITE_SVG, {}, True),
    "a drawing on dark": (_WHITE_SVG, {"theme": "dark"}, False),
    "on a plate of its own": (_logo("#fafafa", "#224488"), {}, False),
    "on the accent": (_logo("#4f46e5"), {"layout": "centred", "ground": "accent"}, True),
    "nothing painted": (_logo("#ffffff00"), {}, True),
    "nearly clear": (_logo("#11111120"), {}, True),
    "half clear": (_logo("#11111180"), {}, False),
    "over a photo": (_logo("#fafafa"), {"layout": "photo", "picture": "p"}, False),
    "damaged": (b"\x89PNG", {}, False),
}


@pytest.mark.parametrize(("logo", "values", "is_faint"), _ROWS.values(), ids=_ROWS)
def test_a_logo_that_cannot_be_seen_is_remarked(
    logo: bytes, values: dict[str, str], is_faint: bool
) -> None:
    filled = _COVER.fill({"title": "T", "logo": "logo.png", **values})
    order = Order(_COVER, filled, 1200, 630, pictures={"logo.png": logo, "p": logo})
    found = list(logos.faint(order))
    assert bool(found) is is_faint
    assert all("values.logo: logo.png can hardly be seen" in one for one in found)
