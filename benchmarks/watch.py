"""`assetgen watch`: from a save to the new file in place, compared with `assetgen generate`.

It also measures what a hook adds to a commit in which no picture changed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import measure
from benchmarks.check import settle
from benchmarks.measure import ASSETGEN, Reading

_PICTURE = "public/img/00/post-00000.png"
_TITLE = "What we learned from post number 0"


def plainly(path: Path, text: bytes) -> None:
    path.write_bytes(text)


def like_vim(path: Path, text: bytes) -> None:
    probe, backup = path.parent / "4913", path.with_name(path.name + "~")
    probe.write_bytes(b"")
    probe.unlink()
    path.rename(backup)
    path.write_bytes(text)
    backup.unlink()


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        for assets in (100, 1_000):
            project = measure.project(folder / f"project-{assets}", assets)
            _saves(project, environ, assets, 11 if quick else 41)
        _commits(folder / "project-100", environ, 7 if quick else 21)


def _saves(project: Path, environ: dict[str, str], assets: int, rounds: int) -> None:
    measure.heading(f"A changed title of one cover at 1200x630, {assets:,} assets")
    manners: dict[str, Callable[[Path, bytes], None]] = {"plain": plainly, "as vim saves": like_vim}
    found: dict[str, list[float]] = {name: [] for name in manners}
    fresh: list[float] = []
    watching = subprocess.Popen(
        [ASSETGEN, "watch", "--json"], cwd=project, env=environ, stdout=subprocess.PIPE
    )
    try:
        assert watching.stdout
        while json.loads(watching.stdout.readline())["event"] != "started":
            pass
        for number in range(rounds):
            for name, save in manners.items():
                found[name].append(_saved(project, save, f"{name} {number}"))
                watching.stdout.readline()
    finally:
        watching.terminate()
        watching.wait()
        if watching.stdout:
            watching.stdout.close()
    for number in range(rounds):
        start = time.perf_counter()
        _change(project, plainly, f"fresh {number}")
        measure.run([ASSETGEN, "generate", "--no-commit"], project, environ)
        fresh.append(time.perf_counter() - start)
    for name, seconds in found.items():
        _spread(f"save ({name}) to file in place", seconds, 300)
    _spread("a fresh assetgen generate --no-commit", fresh)
    ratios = sorted(ours / theirs for ours, theirs in zip(found["plain"], fresh, strict=True))
    measure.ratio("save (plain), beside a fresh process", ratios)


def _saved(project: Path, save: Callable[[Path, bytes], None], words: str) -> float:
    """Seconds from the beginning of a save until another picture has the name of the old one."""
    picture = project / _PICTURE
    before = os.stat(picture).st_ino
    start = time.perf_counter()
    _change(project, save, words)
    while os.stat(picture).st_ino == before:
        time.sleep(0.0005)
    return time.perf_counter() - start


def _change(project: Path, save: Callable[[Path, bytes], None], words: str) -> None:
    manifest = project / "assets.toml"
    lines = manifest.read_bytes().splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith(b"title = "))
    lines[first] = f'title = "{_TITLE}: {words}"\n'.encode()
    save(manifest, b"".join(lines))


def _spread(words: str, seconds: Sequence[float], goal: float | None = None) -> None:
    """The median, the range of the middle half and the worst."""
    ordered = sorted(1e3 * one for one in seconds)
    low, high = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]
    wanted = f"goal <= {goal:g} ms" if goal else ""
    middle = statistics.median(ordered)
    print(
        f"{words:46}{middle:9.0f} ms  "
        f"({low:.0f} to {high:.0f}, at most {ordered[-1]:.0f})  {wanted}",
        flush=True,
    )


def _commits(project: Path, environ: dict[str, str], rounds: int) -> None:
    measure.heading("What hooks add to a commit, 100 assets, nothing to say")
    scripts = os.path.dirname(ASSETGEN)
    known = {
        **environ,
        "PATH": f"{scripts}{os.pathsep}{environ['PATH']}",
        "PRE_COMMIT_HOME": str(project.parent / "pc"),
    }
    measure.run([ASSETGEN, "generate", "--no-commit"], project, known)
    for command in (["git", "add", "-A"], ["git", "commit", "-q", "-m", "pictures"]):
        measure.run(command, project, known)
    settle(project, known)

    def hooks(*commands: Sequence[str]) -> None:
        (project / ".git/hooks/pre-commit").unlink(missing_ok=True)
        for command in commands:
            measure.run(command, project, known)

    def commit() -> Reading:
        return measure.run(
            ["git", "commit", "-q", "--allow-empty", "-m", "nothing"], project, known
        )

    def after(*commands: Sequence[str]) -> Callable[[], Reading]:
        def once() -> Reading:
            hooks(*commands)
            commit()
            return commit()

        return once

    def configured(*ids: str) -> Callable[[], Reading]:
        entries = {
            "assetgen-check": "assetgen check --staged",
            "assetgen-generate-free": "assetgen generate --hook",
        }
        rows = "".join(
            f"  - {{id: {one}, name: {one}, language: system, entry: {entries[one]}, "
            "always_run: true, pass_filenames: false}\n"
            for one in ids
        )

        def once() -> Reading:
            (project / ".pre-commit-config.yaml").write_text(
                f"repos:\n- repo: local\n  hooks:\n{rows}"
            )
            hooks(["git", "add", ".pre-commit-config.yaml"], ["pre-commit", "install"])
            commit()
            return commit()

        return once

    found = measure.rounds(
        {
            "git commit, no hook": after(),
            "assetgen init --hook": after([ASSETGEN, "init", "--hook"]),
            "pre-commit, assetgen-check": configured("assetgen-check"),
            "pre-commit, assetgen-generate-free": configured("assetgen-generate-free"),
        },
        rounds,
    )
    measure.table(found)
    for name in list(found)[1:]:
        differences = sorted(
            1e3 * (ours.wall - none.wall)
            for ours, none in zip(found[name], found["git commit, no hook"], strict=True)
        )
        measure.figure(f"wall, added by {name}", statistics.median(differences), "ms")


if __name__ == "__main__":
    main()
