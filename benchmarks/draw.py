"""Draws one design many times, each time with another title: the process that render.py measures.

python -m benchmarks.draw cover|cards COUNT [--processes N] [--save FILE] [--art FILE]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from assetgen.layouts import kind, render
from assetgen.layouts.engine import Drawing
from assetgen.layouts.spec import Order

DESIGNS = Path(__file__).resolve().parent / "designs"
SIZES = {"cover": (1200, 630), "cards": (1600, 900)}


def order(design: str, number: int) -> Order:
    """Picture ``number`` of a design."""
    words = json.loads((DESIGNS / "words.json").read_text("utf-8"))[design]
    words["title"] = words["title"].format(n=number)
    if design == "cover":
        words |= {"layout": "split", "variant": 3}
    found = kind.find(DESIGNS, design)
    fonts = kind.available_fonts(DESIGNS)
    return Order(found, found.fill(words), *SIZES[design], fonts=fonts)


def _by_others(orders: list[Order], processes: int) -> Iterator[Drawing]:
    from concurrent.futures import ThreadPoolExecutor

    from assetgen.layouts import sandbox

    with sandbox.at_work(len(orders)), ThreadPoolExecutor(processes) as threads:
        yield from threads.map(sandbox.draw, orders)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("design", choices=SIZES)
    parser.add_argument("count", type=int)
    parser.add_argument("--processes", type=int, default=0, help="default: in this process")
    parser.add_argument("--save", type=Path, help="where the last picture goes")
    parser.add_argument("--art", type=Path, help="where the composition of the cover goes, as SVG")
    given = parser.parse_args()
    orders = [order(given.design, number) for number in range(given.count)]
    if given.art:
        page = render.page(orders[0])[0]
        art = "<svg" + page.partition("<svg")[2].partition("</svg>")[0] + "</svg>"
        given.art.write_text(art.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))
    for drawing in (
        _by_others(orders, given.processes) if given.processes else map(render.draw, orders)
    ):
        png = drawing.png
    if given.save:
        given.save.write_bytes(png)


if __name__ == "__main__":
    main()
