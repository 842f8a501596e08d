"""Draw docs/compositions.webp: the covers of a blog, each in the composition that its id chooses.

python tools/compositions.py
"""

import io
import sys
from functools import partial
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assetgen.layouts import kind, render  # noqa: E402
from assetgen.layouts.spec import Order  # noqa: E402

POSTS = {
    "og/one-flag": "The one flag that mattered",
    "og/maps-first": "Maps first, code second",
    "og/fast-deploys": "The quiet cost of fast deploys",
    "og/version-3": "Version 3 is here",
    "og/names": "How we name things",
    "og/a-cache": "A cache that forgets on purpose",
    "og/logs": "Reading logs like a novelist",
    "og/forms": "Why our forms have one column",
    "og/interviews": "Two years of remote interviews",
    "og/postgres": "Postgres, explained to a gardener",
    "og/tuesdays": "The bug that only rained on Tuesdays",
    "og/small-teams": "Small teams, long memories",
}
PER_LINE, WIDE, HIGH, GAP = 3, 420, 220, 16


def main() -> None:
    """Draw a cover for each post, and put them below one another in lines."""
    of, fonts = kind.find(ROOT, "cover"), kind.available_fonts(ROOT)
    lines = -(-len(POSTS) // PER_LINE)
    sheet = Image.new("RGB", (PER_LINE * (WIDE + GAP) + GAP, lines * (HIGH + GAP) + GAP), "#eceef1")
    for number, (name, title) in enumerate(POSTS.items()):
        values = {"layout": "poster", "title": title, "brand": "Harbour", "author": "Ines Okafor"}
        order = Order(of, of.fill(values, partial(str, name)), 2 * WIDE, 2 * HIGH, fonts=fonts)
        drawn = Image.open(io.BytesIO(render.draw(order).png)).convert("RGB")
        at = (number % PER_LINE, number // PER_LINE)
        small = drawn.resize((WIDE, HIGH), Image.Resampling.LANCZOS)
        sheet.paste(small, (GAP + at[0] * (WIDE + GAP), GAP + at[1] * (HIGH + GAP)))
    sheet.save(ROOT / "docs" / "compositions.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
