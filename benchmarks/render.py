"""Drawing: the same designs as satori with resvg-js, PNG encoding included on both sides.

A picture in a warm process is the difference between a process that draws many and one that draws
few, without starting up, fonts and the first picture. "First cover" is a whole process that draws
one picture.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import HERE, PYTHON, Reading


def main() -> None:
    quick = measure.options(__doc__)
    if not measure.peers(["satori", "@resvg/resvg-js", "@fontsource/inter"]):
        return
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        art = folder / "art.svg"
        measure.run([PYTHON, "-m", "benchmarks.draw", "cover", "1", "--art", art], environ=environ)

        def ours(design: str, count: int, *options: str) -> Reading:
            return measure.run(
                [PYTHON, "-m", "benchmarks.draw", design, str(count), *options], folder, environ
            )

        def peer(design: str, count: int, *options: str) -> Reading:
            return measure.run(
                ["node", HERE / "draw.mjs", design, str(count), art, *options], folder, environ
            )

        def warm(
            draw: Callable[..., Reading], design: str, few: int, many: int, *options: str
        ) -> Reading:
            return (draw(design, many, *options) - draw(design, few, *options)).per(many - few)

        _one_at_a_time(
            "Cover, 1200 x 630",
            partial(warm, ours, "cover", 10, 40 if quick else 90),
            partial(warm, peer, "cover", 10, 40 if quick else 90),
            3 if quick else 7,
            0.42,
        )
        _one_at_a_time(
            "Infographic, 1600 x 900, seven boxes of which six have a soft shadow",
            partial(warm, ours, "cards", 3, 13 if quick else 23),
            partial(warm, peer, "cards", 3, 6 if quick else 9),
            2 if quick else 5,
            0.10,
        )
        _one_at_a_time(
            "The first cover in a fresh process",
            partial(ours, "cover", 1),
            partial(peer, "cover", 1),
            5 if quick else 15,
            0.22,
        )
        _on_all_cores(ours, peer, 40 if quick else 200, 2 if quick else 5)
        _sizes(folder, ours, peer)


def _one_at_a_time(
    words: str, ours: Callable[[], Reading], peer: Callable[[], Reading], count: int, goal: float
) -> None:
    measure.heading(words)
    found = measure.rounds({"assetgen": ours, "satori + resvg-js": peer}, count)
    measure.table(found)
    measure.ratio("CPU", measure.ratios(found, "assetgen", "satori + resvg-js"), goal)


def _on_all_cores(
    ours: Callable[..., Reading], peer: Callable[..., Reading], count: int, rounds: int
) -> None:
    cores = os.cpu_count() or 1
    measure.heading(f"{count} covers, whole process, {cores} cores")
    one, every, node = (
        "assetgen, one thread",
        f"assetgen, {cores} processes",
        "satori + resvg-js, as it comes",
    )
    found = measure.rounds(
        {
            one: partial(ours, "cover", count),
            every: partial(ours, "cover", count, "--processes", str(cores)),
            node: partial(peer, "cover", count),
        },
        rounds,
    )
    measure.table(found)
    measure.ratio("wall, all cores to one", measure.ratios(found, every, one, "wall"))
    measure.ratio("wall, all cores to satori", measure.ratios(found, every, node, "wall"), 0.42)
    measure.ratio("peak memory to satori", measure.ratios(found, every, node, "peak"))


def _sizes(folder: Path, ours: Callable[..., Reading], peer: Callable[..., Reading]) -> None:
    measure.heading("The files that came out")
    for design in ("cover", "cards"):
        for name, draw in (("assetgen", ours), ("satori + resvg-js", peer)):
            place = folder / "picture.png"
            draw(design, 1, "--save", str(place))
            measure.figure(f"{design}, {name}", place.stat().st_size / 1e3, "KB")


if __name__ == "__main__":
    main()
