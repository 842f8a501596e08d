"""Draw every sample of contact_sheet.toml and compose them into docs/contact-sheet.png.

docs/contact-sheet-sizes.webp has the first sample of each layout at the usual sizes.

    python tools/contact_sheet.py [KIND ...]

Ends with 1 if a layout under templates/ has no sample, or a sample cannot be drawn.
"""

import io
import sys
import time
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
TARGET = ROOT / "docs" / "contact-sheet.png"


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
    fonts, picture = kind.available_fonts(ROOT), sample_picture()
    rows: list[tuple[str, list[Image.Image]]] = []
    sized: list[tuple[str, list[Image.Image]]] = []
    wrong = 0

    def drawn(
        name: str, values: dict[str, Any], size: list[int] | None = None, **style: Any
    ) -> Image.Image:
        of = kind.find(ROOT, name)
        filled = of.fill(values)
        pictures = dict.fromkeys(of.pictures(filled), picture)
        width, height = size or of.size(filled["layout"])
        order = Order(of, filled, width, height, fonts=fonts, pictures=pictures, **style)
        return Image.open(io.BytesIO(render.draw(order).png)).convert("RGBA")

    for name in sorted(path.parent.name for path in (ROOT / "templates").glob("*/template.toml")):
        if only and name not in only:
            continue
        for layout in kind.find(ROOT, name).sheet.layouts:
            pictures = []
            begun = time.process_time()
            for sample in samples.get(name, {}).get(layout, []):
                style = {
                    key: value for key, value in sample.items() if key not in ("values", "size")
                }
                try:
                    pictures.append(
                        drawn(
                            name,
                            {"layout": layout, **sample["values"]},
                            sample.get("size"),
                            **style,
                        )
                    )
                except AssetgenError as exc:
                    wrong += 1
                    print(f"{name}/{layout}: {exc}", file=sys.stderr)
            if not pictures:
                wrong += 1
                print(
                    f"{name}/{layout}: nothing to show in tools/contact_sheet.toml", file=sys.stderr
                )
                continue
            taken = (time.process_time() - begun) * 1000 / len(pictures)
            print(f"{name}/{layout}: {taken:.0f} ms a picture")
            rows.append((f"{name} / {layout}", pictures))
            first = samples[name][layout][0]["values"]
            at_sizes = [drawn(name, {"layout": layout, **first}, size) for size in SIZES]
            sized.append((f"{name} / {layout}", at_sizes))
    compose(rows).save(TARGET, optimize=True)
    compose(sized, len(SIZES)).save(TARGET.with_name("contact-sheet-sizes.webp"), quality=82)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1024} KiB")
    return 1 if wrong else 0


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
    sheet = Image.new("RGB", (WIDTH, height), "#eceef1")
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
