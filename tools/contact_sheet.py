"""Draw the samples of contact_sheet.toml and compose them into sheets.

docs/sheets/KIND.webp has every sample of a kind, docs/sheets/KIND-sizes.webp the first of each
layout at the usual sizes, and docs/contact-sheet.webp the first of each layout of all kinds.

    python tools/contact_sheet.py [KIND ...]

Ends with 1 if a layout under templates/ has no sample, or a sample cannot be drawn.
"""

import io
import sys
from functools import cache
from pathlib import Path
from typing import Any

import tomli
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from assetgen.errors import AssetgenError  # noqa: E402
from assetgen.layouts import kind, render  # noqa: E402
from assetgen.layouts.spec import Order  # noqa: E402

WIDTH, MARGIN, GAP, LABEL = 1900, 40, 16, 36
PER_LINE, HIGHEST = 4, 330
SIZES = ([1200, 630], [1600, 900], [1280, 720], [1080, 1080], [1080, 1920])
SHEETS = ROOT / "docs" / "sheets"
OVERVIEW = ROOT / "docs" / "contact-sheet.webp"
PER_ROW, GROUND = 5, "#eceef1"
#: A palette for each row of the overview.
BRANDS = (
    ["#0f172a", "#4f46e5", "#f59e0b"],
    ["#0b3d2e", "#12b886", "#ffd43b"],
    ["#1a1a1a", "#e03131", "#f5f0e6"],
    ["#172554", "#0ea5e9", "#fb7185"],
)


@cache
def sample_picture() -> bytes:
    """A landscape with enough light and dark in it to try a scrim on."""
    image = Image.new("RGB", (1200, 900))
    draw = ImageDraw.Draw(image)
    for y in range(900):
        draw.line((0, y, 1200, y), fill=(255 - y // 9, 214 - y // 14, 170 + y // 14))
    draw.ellipse((760, 150, 920, 310), fill=(255, 246, 214))
    for depth, shade in enumerate(((152, 148, 190), (104, 106, 156), (62, 70, 116), (30, 38, 74))):
        base = 430 + depth * 110
        peaks = [
            (x, base + (x * (7 + depth * 4) // 10 + depth * 210) % 300 // (2 + depth))
            for x in range(-60, 1320, 150)
        ]
        draw.polygon([(-60, 900), *peaks, (1320, 900)], fill=shade)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def main(only: list[str]) -> int:
    samples = tomli.loads((ROOT / "tools" / "contact_sheet.toml").read_text("utf-8"))
    names = sorted(path.parent.name for path in (ROOT / "templates").glob("*/template.toml"))
    firsts: list[Image.Image] = []
    wrong = 0
    SHEETS.mkdir(exist_ok=True)
    for name in names:
        if only and name not in only:
            continue
        rows: list[tuple[str, list[Image.Image]]] = []
        sized: list[tuple[str, list[Image.Image]]] = []
        for layout in kind.find(ROOT, name).sheet.layouts:
            known = samples.get(name, {}).get(layout, [])
            try:
                pictures = [drawn(name, layout, sample) for sample in known]
                at_sizes = [drawn(name, layout, {**known[0], "size": size}) for size in SIZES]
            except (AssetgenError, IndexError) as exc:
                wrong += 1
                what = exc if known else "nothing to show in tools/contact_sheet.toml"
                print(f"{name}/{layout}: {what}", file=sys.stderr)
                continue
            rows.append((f"{name} / {layout}", pictures))
            sized.append((f"{name} / {layout}", at_sizes))
            brand = {"palette": BRANDS[len(firsts) // PER_ROW % len(BRANDS)]}
            shape = {} if name == "icon" else {"size": SIZES[0]}
            firsts.append(drawn(name, layout, {**known[0], **shape, **brand}))
        save(compose(rows), SHEETS / f"{name}.webp")
        save(compose(sized, len(SIZES)), SHEETS / f"{name}-sizes.webp")
    if not only:
        save(mosaic(firsts), OVERVIEW)
    return 1 if wrong else 0


def drawn(name: str, layout: str, sample: dict[str, Any]) -> Image.Image:
    """A sample, at its own size or at that of the layout. Raises AssetgenError."""
    of = kind.find(ROOT, name)
    filled = of.fill({"layout": layout, **sample["values"]})
    style = {key: value for key, value in sample.items() if key not in ("values", "size")}
    pictures = dict.fromkeys(of.pictures(filled), sample_picture())
    width, height = sample.get("size") or of.size(layout)
    fonts = kind.available_fonts(ROOT)
    order = Order(of, filled, width, height, fonts=fonts, pictures=pictures, **style)
    return Image.open(io.BytesIO(render.draw(order).png)).convert("RGBA")


def save(sheet: Image.Image, path: Path) -> None:
    sheet.save(path, quality=80, method=6)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


def mosaic(pictures: list[Image.Image]) -> Image.Image:
    """All pictures in cells of one size, each as large as its cell lets it be."""
    wide = (WIDTH - 2 * MARGIN - GAP * (PER_ROW - 1)) // PER_ROW
    high = wide * 630 // 1200
    lines = (len(pictures) + PER_ROW - 1) // PER_ROW
    sheet = Image.new("RGB", (WIDTH, 2 * MARGIN + lines * (high + GAP) - GAP), GROUND)
    for number, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((wide, high), Image.Resampling.LANCZOS)
        left = MARGIN + number % PER_ROW * (wide + GAP) + (wide - small.width) // 2
        top = MARGIN + number // PER_ROW * (high + GAP) + (high - small.height) // 2
        sheet.paste(small, (left, top), small)
    return sheet


def compose(rows: list[tuple[str, list[Image.Image]]], per_line: int = PER_LINE) -> Image.Image:
    """The rows below one another, each under its label, its pictures scaled to fill the width."""
    font = ImageFont.truetype(str(ROOT / "templates" / "fonts" / "Inter.ttf"), 20)
    font.set_variation_by_axes([14, 600])
    lines: list[tuple[str, list[Image.Image]]] = []
    for label, pictures in rows:
        for start in range(0, len(pictures), per_line):
            line = pictures[start : start + per_line]
            room = WIDTH - 2 * MARGIN - GAP * (len(line) - 1)
            high = min(HIGHEST, int(room / sum(picture.width / picture.height for picture in line)))
            small = [
                p.resize((int(high * p.width / p.height), high), Image.Resampling.LANCZOS)
                for p in line
            ]
            lines.append(("" if start else label, small))
    height = (
        2 * MARGIN
        + sum((LABEL if label else 0) + line[0].height + GAP for label, line in lines)
        - GAP
    )
    sheet = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(sheet)
    y = MARGIN
    for label, line in lines:
        if label:
            draw.text((MARGIN, y + 2), label, font=font, fill="#30363d")
            y += LABEL
        x = MARGIN
        for picture in line:
            sheet.paste(picture, (x, y), picture)
            x += picture.width + GAP
        y += line[0].height + GAP
    return sheet


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
