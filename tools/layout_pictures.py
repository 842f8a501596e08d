"""Draw docs/layouts/KIND-LAYOUT.webp: the example of each layout, in light and in dark.

tools/layout_reference.py calls this. A picture that still looks the same is left as it is.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from PIL import Image, ImageChops, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assetgen.layouts import kind, render, samples  # noqa: E402
from assetgen.layouts.kind import Kind  # noqa: E402
from assetgen.layouts.spec import Order  # noqa: E402
from tools.contact_sheet import sample_picture  # noqa: E402

FOLDER = ROOT / "docs" / "layouts"
WIDEST, HIGHEST, GAP = 560, 360, 16
MAX_BYTES = 25_000
#: Behind a transparent image, by theme.
_BEHIND = {"light": "#ffffff", "dark": "#10151f"}
_EDGE = "#c9ced6"
#: How far the mean lightness and colour (YCbCr) of a block of 16 x 16 pixels may be from those of
#: the stored picture. WebP keeps lightness better than colour.
_SAME = (5, 10, 10)


def layouts() -> Iterator[tuple[Kind, str]]:
    """Every layout that ships."""
    for path in sorted(ROOT.glob("templates/*/template.toml")):
        of = kind.find(ROOT, path.parent.name)
        for layout in of.sheet.layouts:
            yield of, layout


def name(of: Kind, layout: str) -> str:
    """The file of the picture of a layout, below docs/."""
    return f"layouts/{of.name}-{layout}.webp"


def alternative(of: Kind, layout: str) -> str:
    """The alternative text of the picture of a layout."""
    both = ", light and dark" if "theme" in of.fields(layout) else ""
    return f"An example of {of.name}/{layout}{both}"


def drawn(of: Kind, layout: str) -> Image.Image:
    """The example of a layout in each theme: side by side, or below one another if it is flat."""
    values = {"layout": layout, **samples.sample(of, layout, picture="sample")}
    themes = ("light", "dark") if "theme" in of.fields(layout) else ("light",)
    every = [_example(of, {**values, **({"theme": one} if len(themes) > 1 else {})}, one)
             for one in themes]  # fmt: skip
    wide, high = every[0].size
    is_flat = wide > 3 * high
    scale = min((2 * WIDEST + GAP if is_flat else WIDEST) / wide, HIGHEST / high, 1)
    wide, high = round(wide * scale), round(high * scale)
    right, down = (0, high + GAP) if is_flat else (wide + GAP, 0)
    last = len(every) - 1
    sheet = Image.new("RGBA", (wide + last * right, high + last * down))
    for number, one in enumerate(every):
        small = one.resize((wide, high), Image.Resampling.LANCZOS)
        # A white image on a white page needs an edge.
        ImageDraw.Draw(small).rectangle((0, 0, wide - 1, high - 1), outline=_EDGE)
        sheet.paste(small, (number * right, number * down))
    return sheet


def _example(of: Kind, values: dict[str, object], theme: str) -> Image.Image:
    filled = of.fill(values)
    pictures = dict.fromkeys(of.pictures(filled), sample_picture())
    size = of.size(str(filled["layout"]))
    order = Order(of, filled, *size, fonts=kind.available_fonts(ROOT), pictures=pictures)
    image = Image.open(io.BytesIO(render.draw(order).png)).convert("RGBA")
    ground = Image.new("RGBA", image.size, _BEHIND[theme])
    return Image.alpha_composite(ground, image)


def is_same(path: Path, picture: Image.Image) -> bool:
    """Whether the file at ``path`` shows ``picture``, as far as its compression lets it."""
    if not path.is_file():
        return False
    stored = Image.open(path).convert("RGBA")
    if stored.size != picture.size:
        return False
    blocks = (max(1, picture.width // 16), max(1, picture.height // 16))
    white = Image.new("RGBA", picture.size, "#ffffff")
    both = [
        Image.alpha_composite(white, one).convert("YCbCr").resize(blocks, Image.Resampling.BOX)
        for one in (stored, picture.convert("RGBA"))
    ]
    bands = cast("tuple[tuple[int, int], ...]", ImageChops.difference(*both).getextrema())
    most = [high for _, high in bands]
    return all(one <= limit for one, limit in zip(most, _SAME, strict=True))


def save(path: Path, picture: Image.Image) -> None:
    """Write a picture as well as MAX_BYTES let it look."""
    for quality in (86, 78, 70, 62, 54, 46, 38, 30):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MAX_BYTES:
            break
    path.write_bytes(out.getvalue())


def renew() -> list[str]:
    """Draw what is missing or looks different now, and remove the rest; the names of all of it."""
    FOLDER.mkdir(exist_ok=True)
    changed, known = [], set()
    for of, layout in layouts():
        path = ROOT / "docs" / name(of, layout)
        known.add(path)
        picture = drawn(of, layout)
        if not is_same(path, picture):
            save(path, picture)
            changed.append(path.name)
    for path in sorted(set(FOLDER.iterdir()) - known):
        path.unlink()
        changed.append(path.name)
    return changed
