"""A collection with an image for each of many pages: looking, expanding, drawing, growing.

Its last part compares how long one page takes in small and in large projects.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.check import settle
from benchmarks.measure import ASSETGEN, PYTHON, Reading

_READ = """
import os
from assetgen.refs.scan import frontmatter
for folder, _, names in sorted(os.walk("content")):
    for name in sorted(names):
        with open(os.path.join(folder, name), "rb") as file:
            frontmatter.values(frontmatter.split(file.read().decode()))
"""
_EXPAND = """
from pathlib import Path
from assetgen.plan.workspace import open_workspace
open_workspace(Path.cwd()).manifest
"""
# Runs a command on one processor only.
_ON_ONE = """
import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.execvp(sys.argv[1], sys.argv[1:])
"""


def main() -> None:
    quick = measure.options(__doc__)
    many = 1_000 if quick else 10_000
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        project = measure.project(folder / "clean", many, "--bytes", "2000", "--pages")
        _looking(project, many, environ, 5 if quick else 15)
        _expanding(project, many, environ, 3 if quick else 7)
        shutil.rmtree(project)
        _drawing(folder, environ, 100 if quick else 600, 1 if quick else 3)
        _growing(folder, environ, (250, 1_000) if quick else (1_000, 4_000, 16_000))


def _looking(project: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    measure.heading(f"{many:,} pages, each with its image, all clean")
    settle(project, environ)
    commands = {
        "git status": ["git", "status"],
        "assetgen check": [ASSETGEN, "check"],
        "assetgen check --staged": [ASSETGEN, "check", "--staged"],
    }
    found = measure.rounds(
        {name: partial(measure.run, row, project, environ) for name, row in commands.items()},
        rounds,
    )
    measure.table(found)
    goals = many == 10_000
    for name, goal in (("assetgen check", 1.8), ("assetgen check --staged", 1.0)):
        each = measure.ratios(found, name, "git status")
        measure.ratio(f"CPU, {name}", each, goal if goals else None)


def _expanding(project: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    measure.heading(f"A plan of {many:,} pages that remembers nothing")
    found = measure.rounds(
        {
            "reading their front matter": lambda: measure.run(
                [PYTHON, "-c", _READ], project, environ
            ),
            "expanding the collection": lambda: measure.run(
                [PYTHON, "-c", _EXPAND], project, environ
            ),
            "assetgen plan --no-cache": lambda: measure.run(
                [ASSETGEN, "plan", "--no-cache"], project, environ
            ),
        },
        rounds,
    )
    measure.table(found)
    expanding, reading = "expanding the collection", "reading their front matter"
    measure.ratio("CPU, expanding to reading", measure.ratios(found, expanding, reading), 1.5)
    peak = measure.middle(found["assetgen plan --no-cache"], "peak")
    measure.figure(f"peak, plan, {many:,} pages", peak / 1e6, "MB", 120)


def _drawing(folder: Path, environ: dict[str, str], covers: int, rounds: int) -> None:
    measure.heading(f"{covers:,} covers of pages from nothing, one commit included")
    alone = [PYTHON, "-c", _ON_ONE, ASSETGEN, "generate"]
    found = measure.rounds(
        {
            "one core": lambda: _generate(folder, environ, covers, alone),
            "all cores": lambda: _generate(folder, environ, covers, [ASSETGEN, "generate"]),
        },
        rounds,
    )
    measure.table(found)
    # The wall clock says it on a quiet machine only; each round is worth what both runs share.
    measure.ratio("wall, one core to all", measure.ratios(found, "one core", "all cores", "wall"))
    measure.ratio("CPU, all cores to one", measure.ratios(found, "all cores", "one core"))


def _generate(folder: Path, environ: dict[str, str], covers: int, command: list[str]) -> Reading:
    place = measure.project(folder / "drawing", 0)
    write = "import sys; from pathlib import Path; from benchmarks.projects import write_pages; "
    write += "write_pages(Path(sys.argv[1]), int(sys.argv[2]))"
    measure.run([PYTHON, "-c", write, place, str(covers)], place, environ)
    taken = measure.run(command, place, environ, is_family=True)
    shutil.rmtree(place)
    return taken


def _growing(folder: Path, environ: dict[str, str], counts: tuple[int, ...]) -> None:
    few, many = counts[0], counts[-1]
    measure.heading(f"The same for {few:,} to {many:,} pages: 1.00x would be linear")
    noting = (
        "import sys; from pathlib import Path; from assetgen.fs import placed_files, store\n"
        "for start in range(0, int(sys.argv[1]), 64):\n"
        "    files = {f'public/og/post-{n:06}.png': f'{n:064}' for n in range(start, start + 64)}\n"
        "    placed_files.note(Path.cwd(), files, store.replace)\n"
    )
    cases = {}
    for count in counts:
        place = measure.project(folder / f"growing-{count}", count, "--bytes", "200", "--pages")
        settle(place, environ)
        commands = {
            "plan --no-cache": [ASSETGEN, "plan", "--no-cache"],
            "check": [ASSETGEN, "check"],
            "noting": [PYTHON, "-c", noting, str(count)],
        }
        for name, row in commands.items():
            cases[f"{name}, {count:,}"] = partial(measure.run, row, place, environ)
    start = partial(measure.run, [ASSETGEN, "--version"], folder, environ)
    found = measure.rounds({**cases, "start": start}, 3)
    measure.table(found)
    for name in ("plan --no-cache", "check", "noting"):
        for more in counts[1:]:
            each = [
                (large.cpu - none.cpu) / more / max((small.cpu - none.cpu) / few, 1e-9)
                for small, large, none in zip(
                    found[f"{name}, {few:,}"],
                    found[f"{name}, {more:,}"],
                    found["start"],
                    strict=True,
                )
            ]
            measure.ratio(f"CPU a page, {name}, {more:,} to {few:,}", sorted(each), 1.0)


if __name__ == "__main__":
    main()
