"""A project that is harmed in the middle of a run, and what has to hold afterwards."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.place import Place, Ran

#: What the user has in the project: never to be changed, whatever happens.
USERS = {
    "notes.txt": b"mine\n",
    "public/photo.png": b"a picture of somebody else's\n",
    "public/robots.txt": b"User-agent: *\n",
    "assets/readme.md": b"# Mine\n",
}

_BEFORE = """
[project]
ignore = ["public/photo.png"]

[[asset]]
id = "one"
kind = "cover"
path = "public/one.png"
alt = "One"
variants = { widths = [320, 640], formats = ["png", "webp"] }
[asset.values]
title = "Before"

[[asset]]
id = "two"
kind = "cover"
path = "public/two.jpg"
alt = "Two"
[asset.values]
title = "Before"

[[asset]]
id = "deep/three"
kind = "cover"
path = "assets/deep/three.png"
alt = "Three"
size = "600x315"
[asset.values]
title = "Before"
"""

# Other pictures, one file fewer, one path another: old files have to go.
_AFTER = (
    _BEFORE.replace('"Before"', '"After"')
    .replace("[320, 640]", "[320]")
    .replace('path = "public/two.jpg"', 'path = "public/other.jpg"')
)


class Harmed:
    """One project in one of two situations, made anew for each trial, and the trees that it may end in."""

    def __init__(self, folder: Path, *, fresh: bool) -> None:
        self._folder = folder
        self._start = folder / "start"
        start = Place(self._start, folder / "home")
        for path, data in USERS.items():
            start.write(path, data)
        if not fresh:
            start.manifest(_BEFORE)
            start.start().ok("generate")
        start.manifest(_AFTER)
        if fresh:
            start.start()
        self.old = pictures(start)
        self.new = pictures(self._finished())
        #: Every path that the run removes, and its note.
        self.going = {*(self.old.keys() - self.new.keys()), ".assetgen/cache/under-way.json"}
        self._trial = 0

    def place(self) -> Place:
        """The project before the run, in a folder of its own."""
        self._trial += 1
        place = Place(self._folder / f"trial{self._trial}", self._folder / "home")
        shutil.rmtree(place.root)
        # Hard links would share what is harmed; a copy has other inodes, which is what a checkout has too.
        shutil.copytree(self._start, place.root, symlinks=True)
        return place

    def done(self, place: Place) -> None:
        shutil.rmtree(place.root)

    def _finished(self) -> Place:
        place = Place(self._folder / "finished", self._folder / "home")
        shutil.rmtree(place.root)
        shutil.copytree(self._start, place.root, symlinks=True)
        place.ok("generate", "--no-commit")
        return place


@dataclass(frozen=True)
class Tampered:
    """One run under strace: how it ended, and whether any call was tampered with at all."""

    ran: Ran
    hit: bool


def run_under(place: Place, call: str, effect: str, *arguments: str, only: Iterable[str] = ()) -> Tampered:
    """Run the command with strace tampering with the system call ``call``, ``only`` on these paths if any are given.

    strace counts calls for each thread by itself.
    """
    log = place.root.with_name("strace.log")
    strace = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}", "-e", f"inject={call}:{effect}"]
    for path in only:
        strace += ["-P", str(place.root / path)]
    command = [*strace, sys.executable, "-P", "-m", "assetgen", *arguments]
    ran = place._run(command, place.root, {**place.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    said = log.read_text("utf-8", "replace")
    return Tampered(ran, "(INJECTED)" in said or "killed by SIGKILL" in said)


def pictures(place: Place) -> dict[str, str]:
    """path -> sha256 of everything but git's folder, the cache and the manifest."""
    return dict(_digests(place.root))


def _digests(root: Path) -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "cache")]
        for name in files:
            path = Path(folder, name)
            if name != "assets.toml":
                yield path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def assert_whole(harmed: Harmed, place: Place) -> None:
    """Every file is the old one or the new one, and the user's are as they were."""
    for path, digest in pictures(place).items():
        assert digest in (harmed.old.get(path), harmed.new.get(path)), f"{path} is neither old nor new"
    for path, data in USERS.items():
        assert place.read(path) == data, f"{path} of the user's was lost"


def assert_recovers(harmed: Harmed, place: Place) -> None:
    """The same command without --force finishes the work, leaves nothing behind, and check agrees."""
    place.ok("generate", "--no-commit")
    assert pictures(place) == harmed.new
    place.ok("check")
    assert list((place.root / ".assetgen/cache/writing").iterdir()) == []
    assert not place.has(".assetgen/cache/under-way.json")
