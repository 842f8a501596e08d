"""A durable batch of files against one at a time; a commit of 1,000 pictures against git's."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import PYTHON, Reading

_MAKE = """
import random, sys
from pathlib import Path
noise = random.Random(3)
names = [f"public/{n % 10}/{n}.png" for n in range(int(sys.argv[1]))]
def data(): return noise.randbytes(50_000)
"""
_BARE = (
    _MAKE
    + """
import os
for name in names:
    place = Path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place.with_suffix(".tmp"), "wb") as file:
        file.write(data())
        file.flush()
        os.fsync(file.fileno())
    os.replace(place.with_suffix(".tmp"), place)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
"""
)
_BATCH = (
    _MAKE
    + """
from assetgen.fs.store import Batch
batch = Batch(Path("."))
for name in names:
    batch.add(name, data())
batch.place()
"""
)
_COMMIT = """
import os, sys
from pathlib import Path
from assetgen.fs import commits
from assetgen.fs.git import Repository
names = [f"public/{n % 10}/{n}.png" for n in range(int(sys.argv[1]))]
repository = Repository.open(Path("."), os.environ)
assert commits.commit(repository, names, [], "assetgen: pictures")
"""
_GIT = 'git add -- public && git commit -q -m "pictures"'


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        _writing(folder, environ, 200 if quick else 1_000, 3 if quick else 11)
        for count in (1, 100) if quick else (1, 100, 1_000):
            _committing(folder, environ, count, (3 if quick else 7) if count > 1 else 11)


def _writing(folder: Path, environ: dict[str, str], count: int, rounds: int) -> None:
    measure.heading(f"{count:,} files of 50 KB, durable")

    def once(script: str) -> Reading:
        place = folder / "written"
        place.mkdir()
        os.sync()  # flush what other programs have not written yet
        taken = measure.run([PYTHON, "-c", script, str(count)], place, environ)
        nothing = measure.run([PYTHON, "-c", script, "0"], place, environ)
        shutil.rmtree(place)
        return taken - nothing

    def making() -> Reading:
        script = _MAKE + "for _ in names: data()"
        return measure.run([PYTHON, "-c", script, str(count)]) - measure.run(
            [PYTHON, "-c", script, "0"]
        )

    found = measure.rounds(
        {
            "tmp, fsync, rename, fsync of the folder, each": lambda: once(_BARE) - making(),
            "assetgen.fs.store.Batch": lambda: once(_BATCH) - making(),
        },
        rounds,
    )
    measure.table(found)
    bare, batch = found
    measure.ratio("wall", measure.ratios(found, batch, bare, "wall"), 0.4)
    measure.ratio("CPU", measure.ratios(found, batch, bare))


def _committing(folder: Path, environ: dict[str, str], count: int, rounds: int) -> None:
    measure.heading(f"The commit of {count:,} pictures in a repository of 1,000")
    template = folder / f"repository-{count}"
    measure.project(template, 1_000, "--bytes", "2000")
    measure.run([PYTHON, "-c", _MAKE + _WRITE, str(count)], template, environ)

    def once(command: list[str]) -> Reading:
        place = folder / "committing"
        shutil.copytree(template, place)
        measure.run(["git", "update-index", "-q", "--refresh"], place, environ)
        os.sync()
        taken = measure.run(command, place, environ)
        measure.run(["git", "diff", "--quiet", "HEAD"], place, environ)
        shutil.rmtree(place)
        return taken

    ours = "Repository.commit, whole process"
    found = measure.rounds(
        {
            "git add, git commit": partial(once, ["sh", "-c", _GIT]),
            ours: partial(once, [PYTHON, "-c", _COMMIT, str(count)]),
        },
        rounds,
    )
    measure.table(found)
    goal = {1: 2.5, 1_000: 0.7}.get(count)
    measure.ratio("CPU", measure.ratios(found, ours, "git add, git commit"), goal)
    measure.ratio("wall", measure.ratios(found, ours, "git add, git commit", "wall"))
    shutil.rmtree(template)


_WRITE = """
for name in names:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(data())
"""


if __name__ == "__main__":
    main()
