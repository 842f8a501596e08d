"""Reading everything again: `check --rehash` against a bare sha256 loop over the same files."""

from __future__ import annotations

from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON

_BARE = """
import hashlib, os, sys
for folder, _, names in os.walk("public"):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            hashlib.sha256(file.read()).hexdigest()
"""
_OURS = """
import os, sys
from pathlib import Path
from assetgen.fs.tree import WorkTree
tree = WorkTree(Path("."), trust_stats=False)
for folder, _, names in os.walk("public") if sys.argv[1:] else ():
    for name in names:
        tree.digest(f"{folder}/{name}")
"""


def main() -> None:
    quick = measure.options(__doc__)
    many = 1_000 if quick else 10_000
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        project = measure.project(folder / "project", many, "--no-git")
        measure.run([ASSETGEN, "check"], project, environ)
        _compare(project, many, environ, 3 if quick else 7)


def _compare(project: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    measure.heading(f"{many:,} pictures of 50 KB, in the page cache")

    def run(*command: str) -> measure.Reading:
        return measure.run(command, project, environ)

    found = measure.rounds(
        {
            "bare sha256 loop": lambda: (
                run(PYTHON, "-c", _BARE) - run(PYTHON, "-c", "import hashlib, os")
            ),
            "assetgen's hashing": lambda: (
                run(PYTHON, "-c", _OURS, "all") - run(PYTHON, "-c", _OURS)
            ),
            "assetgen check --rehash": lambda: run(ASSETGEN, "check", "--rehash"),
            "assetgen plan": lambda: run(ASSETGEN, "plan"),
        },
        rounds,
    )
    measure.table(found)
    measure.ratio(
        "CPU, the hashing", measure.ratios(found, "assetgen's hashing", "bare sha256 loop"), 1.3
    )
    measure.ratio(
        "CPU, the whole command",
        measure.ratios(found, "assetgen check --rehash", "bare sha256 loop"),
    )
    per = measure.middle(found["assetgen check --rehash"]) - measure.middle(
        found["assetgen's hashing"]
    )
    measure.figure("CPU of all else, per asset", per / many * 1e6, "us")
    print(
        "(all else: the manifest is parsed, every record is proved whole, "
        "every asset is decided on)"
    )


if __name__ == "__main__":
    main()
