"""A style sheet that shows an image as a background."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen import escapes
from assetgen.pages import elements
from assetgen.pages.elements import Reach
from assetgen.pages.published import Published


def rule(found: Published, link: Reach) -> str:
    """A rule with the picture as background, in full size: a style sheet knows no widths."""
    name = _class(found.asset_id)
    lines = [
        *([f"/* {escapes.css_comment(found.alt)} */"] if found.alt else []),
        f".{name} {{",
        f"  aspect-ratio: {found.main.width} / {found.main.height};",
        *_background(found, link),
        "}",
    ]
    if found.dark:
        inner = [f".{name} {{", *_background(found.dark, link), "}"]
        indented = ("  " + line.replace("\n", "\n  ") for line in inner)
        lines += ["@media (prefers-color-scheme: dark) {", *indented, "}"]
    return "\n".join(lines)


def _background(found: Published, link: Reach) -> Iterator[str]:
    offered, fallback = elements.choice(found)
    whole = [
        files[-1] for files in (*offered.values(), fallback) if files[-1].width >= found.main.width
    ]
    best = found.main if found.main in fallback else fallback[-1]
    yield f'  background: url("{link(best).url}") center / cover no-repeat;'
    if len(whole) > 1:
        listed = ",\n".join(
            f'    url("{link(file).url}") type("{file.media_type}")' for file in whole
        )
        yield f"  background-image: image-set(\n{listed}\n  );"


def _class(asset_id: str) -> str:
    name = asset_id.replace("/", "-")
    return f"picture-{name}" if name[0].isdigit() else name
