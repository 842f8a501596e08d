"""Peak memory of planning, checking and drawing: it must not grow with the number of assets."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON, Reading


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        _looking(folder, environ, (100, 1_000) if quick else (1_000, 10_000), 1 if quick else 3)
        _drawing(folder, environ, (100, 1_000) if quick else (1_000, 10_000), 1)


def _looking(folder: Path, environ: dict[str, str], counts: tuple[int, int], rounds: int) -> None:
    few, many = counts
    measure.heading(f"Planning and checking {few:,} and {many:,} assets with all their records")
    cases = {}
    for count in counts:
        place = measure.project(folder / f"looking-{count}", count, "--bytes", "2000")
        for command in ("plan", "check --rehash", "check --staged --strict"):
            words = f"{command}, {count:,} assets"
            cases[words] = lambda place=place, command=command: measure.run(
                [ASSETGEN, *command.split()], place, environ
            )
    found = measure.rounds(cases, rounds)
    measure.table(found)
    for command in ("plan", "check --rehash", "check --staged --strict"):
        peak = measure.middle(found[f"{command}, {many:,} assets"], "peak")
        measure.figure(f"peak, {command}, {many:,} assets", peak / 1e6, "MB", 120)
        more = peak - measure.middle(found[f"{command}, {few:,} assets"], "peak")
        measure.figure("  for each further asset", more / (many - few) / 1e3, "KB")


def _drawing(folder: Path, environ: dict[str, str], counts: tuple[int, int], rounds: int) -> None:
    few, many = counts
    measure.heading(f"Generating {few:,} and {many:,} covers from nothing, commit included")

    def generate(count: int) -> Reading:
        place = folder / "drawing"
        measure.project(place, 0)
        script = (
            "import sys; from benchmarks.projects import manifest; "
            "print(manifest(int(sys.argv[1])))"
        )
        write = f"{script.replace('print', 'open(sys.argv[2], chr(119)).write')}"
        measure.run([PYTHON, "-c", write, str(count), place / "assets.toml"], place, environ)
        taken = measure.run([ASSETGEN, "generate"], place, environ, is_family=True)
        shutil.rmtree(place)
        return taken

    cases = {f"{count:,} covers": lambda count=count: generate(count) for count in counts}
    found = measure.rounds(cases, rounds)
    measure.table(found)
    name, to = f"{many:,} covers", f"{few:,} covers"
    measure.figure(
        f"peak, {name}, all processes", measure.middle(found[name], "peak") / 1e6, "MB", 300
    )
    measure.ratio(f"peak, {many:,} to {few:,}", measure.ratios(found, name, to, "peak"))
    measure.ratio(f"wall, {many:,} to {few:,}", measure.ratios(found, name, to, "wall"), 10.5)
    taken = measure.middle(found[f"{many:,} covers"]) - measure.middle(found[f"{few:,} covers"])
    measure.figure("CPU for each further cover, all included", taken / (many - few) * 1e3, "ms")


if __name__ == "__main__":
    main()
