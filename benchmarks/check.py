"""`assetgen check` in a clean project: start-up, time per output, compared with `git status`.

Every output has its record, so two files are looked at for each; git tracks the same files.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON

#: Seconds, a little above assetgen.snapshot.RACY_NS: a younger file is read again next time.
_RACY = 2.5


def settle(project: Path, environ: dict[str, str]) -> None:
    """Let check and git remember the files. Raises RuntimeError if check would read them again."""
    time.sleep(_RACY)
    for command in (
        ["git", "status"],  # writes the index of a copied project, which check looks at
        [ASSETGEN, "check"],
        [ASSETGEN, "check"],
        [ASSETGEN, "check", "--staged"],
        ["git", "status"],
    ):
        measure.run(command, project, environ)
    ask = (
        "import sys, time; from assetgen.snapshot import still_clean; "
        "sys.exit(not still_clean(time.time_ns()))"
    )
    measure.run([PYTHON, "-c", ask], project, environ)


def main() -> None:
    quick = measure.options(__doc__)
    many = 1_000 if quick else 10_000
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        small = measure.project(folder / "small", 1)
        large = measure.project(folder / "large", many)
        settle(small, environ)
        settle(large, environ)
        _start(small, environ, 11 if quick else 41)
        _many(small, large, many, environ, 7 if quick else 21)
        _edited(large, many, environ, 5 if quick else 11)


def _start(small: Path, environ: dict[str, str], rounds: int) -> None:
    measure.heading("Starting up: one asset, nothing to do")
    script = small.parent / "assetgen"
    script.write_text(
        f"#!{PYTHON}\nimport sys\nfrom assetgen.__main__ import main\nsys.exit(main())\n"
    )
    script.chmod(0o755)
    commands = {
        "python -c pass": [PYTHON, "-c", "pass"],
        "python -m assetgen check": [PYTHON, "-m", "assetgen", "check"],
        "assetgen check, script as pip wrote it": [ASSETGEN, "check"],
        "assetgen check, script as uv writes it": [str(script), "check"],
        "assetgen --version": [ASSETGEN, "--version"],
    }
    runs = {
        name: partial(measure.run, command, small, environ) for name, command in commands.items()
    }
    found = measure.rounds(runs, rounds)
    measure.table(found)
    for name in list(commands)[1:4]:
        measure.ratio(f"CPU, {name}", measure.ratios(found, name, "python -c pass"), 1.3)
    if "import re" in Path(ASSETGEN).read_text("utf-8", "replace"):
        print("(the script that this pip wrote imports re first, which check itself does not need)")


def _many(small: Path, large: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    measure.heading(f"{many:,} outputs of 50 KB and their records, all clean")
    found = measure.rounds(
        {
            "git status": lambda: measure.run(["git", "status"], large, environ),
            "assetgen check": lambda: measure.run([ASSETGEN, "check"], large, environ),
            "assetgen check --staged": lambda: measure.run(
                [ASSETGEN, "check", "--staged"], large, environ
            ),
            "assetgen check, one asset": lambda: measure.run([ASSETGEN, "check"], small, environ),
        },
        rounds,
    )
    measure.table(found)
    measure.ratio(
        "CPU, check",
        measure.ratios(found, "assetgen check", "git status"),
        1.8 if many == 10_000 else None,
    )
    measure.ratio("wall, check", measure.ratios(found, "assetgen check", "git status", "wall"))
    measure.ratio(
        "CPU, check --staged",
        measure.ratios(found, "assetgen check --staged", "git status"),
        1.0 if many == 10_000 else None,
    )
    pairs = zip(found["assetgen check"], found["assetgen check, one asset"], strict=True)
    each = measure.middle([whole - start for whole, start in pairs]) / many
    measure.figure("CPU per output (its picture and its record)", each * 1e6, "us", 3.0)
    measure.figure("CPU per file looked at", each / 2 * 1e6, "us")


def _edited(project: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    """What commands cost that decide something: nothing changed, then one title."""
    measure.heading(f"{many:,} assets: a plan, then the same after one changed title")
    manifest, goals = project / "assets.toml", many == 10_000
    text = manifest.read_text()

    def commands(*named: str) -> dict[str, Callable[[], measure.Reading]]:
        rows = {name: [ASSETGEN, *name.split()[1:]] for name in named}
        return {
            "git status": lambda: measure.run(["git", "status"], project, environ),
            **{name: partial(_found, row, project, environ) for name, row in rows.items()},
        }

    _found([ASSETGEN, "plan"], project, environ)  # remembers what is fresh
    found = measure.rounds(commands("assetgen plan"), rounds)
    measure.table(found)
    same = measure.ratios(found, "assetgen plan", "git status")
    measure.ratio("CPU, plan, nothing changed", same, 1.8 if goals else None)
    manifest.write_text(text.replace("post number 0", "post number zero", 1))
    found = measure.rounds(commands("assetgen plan", "assetgen check"), rounds)
    measure.table(found)
    for name in ("assetgen plan", "assetgen check"):
        after = measure.ratios(found, name, "git status")
        measure.ratio(f"CPU, {name}, one title", after, 6.0 if goals else None)
    measure.run(["git", "add", "assets.toml"], project, environ)
    found = measure.rounds(commands("assetgen check --staged"), rounds)
    measure.table(found)
    staged = measure.ratios(found, "assetgen check --staged", "git status")
    measure.ratio("CPU, check --staged, one title", staged, 6.0 if goals else None)
    made: dict[str, list[measure.Reading]] = {"git status": [], "assetgen generate": []}
    for number in range(rounds):
        manifest.write_text(text.replace("post number 0", f"post number {number}, again", 1))
        made["git status"].append(measure.run(["git", "status"], project, environ))
        row = [ASSETGEN, "generate", "--no-commit"]
        made["assetgen generate"].append(measure.run(row, project, environ))
    measure.table(made)
    each = measure.ratios(made, "assetgen generate", "git status")
    measure.ratio("CPU, generate --no-commit, one title", each, 8.0 if goals else None)


def _found(command: list[str], project: Path, environ: dict[str, str]) -> measure.Reading:
    """Measure a command that may find something."""
    return measure.run(["sh", "-c", '"$@" || [ $? = 1 ]', "sh", *command], project, environ)


if __name__ == "__main__":
    main()
