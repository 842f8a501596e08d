"""A project directory for tests: write files, run the real command, read the results."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assetgen.record import record
from tests.support import forks

COVER = """
[[asset]]
id = "{id}"
kind = "cover"
path = "public/{id}.png"
alt = "A cover"
[asset.values]
title = "{title}"
"""


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What --json printed."""
        return json.loads(self.out)


# What programs on Windows need to start at all.
_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "TEMP", "TMP")


class Place:
    """A scratch project, by default in a real git repository."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        home.mkdir(exist_ok=True)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONWARNINGS": "error",
            "COLUMNS": "80",
        }
        if os.name == "nt":
            self.environ |= {name: os.environ[name] for name in _WINDOWS if name in os.environ}
            self.environ["USERPROFILE"] = str(home)

    # -- files -------------------------------------------------------------------------------------

    def write(self, path: str, content: str | bytes) -> Path:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
        return full

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def has(self, path: str) -> bool:
        return os.path.lexists(self.root / path)

    def manifest(self, text: str) -> None:
        self.write("assets.toml", text)

    def covers(self, *ids: str, title: str = "Hello") -> None:
        """A manifest with one cover for each id."""
        self.manifest("".join(COVER.format(id=asset_id, title=title) for asset_id in ids))

    def record(self, asset_id: str) -> Any:
        """The predicate of an asset's record."""
        paths = map(self.root.joinpath, record.places(asset_id))
        return json.loads(next(path for path in paths if path.exists()).read_text())["predicate"]

    def picture(
        self, path: str = "assets/photo.png", size: tuple[int, int] = (640, 480), mode: str = "RGB"
    ) -> Path:
        """A small real picture."""
        from PIL import Image

        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize(size).convert(mode).save(full)
        return full

    # -- commands ----------------------------------------------------------------------------------

    def run(self, *arguments: str, **environ: str) -> Ran:
        """Run the real command in a process of its own."""
        given = {**self.environ, **environ}
        if forks.fits(given):
            code, out, err = forks.run(arguments, self.root, given, timeout=120)
            return Ran(code, out.decode(), err.decode())
        command = [sys.executable, "-P", "-m", "assetgen", *arguments]
        return self._run(command, self.root, given)

    def ok(self, *arguments: str, **environ: str) -> Ran:
        """Run a command that must succeed."""
        ran = self.run(*arguments, **environ)
        assert ran.code == 0, f"{arguments}: exit {ran.code}\n{ran.out}\n{ran.err}"
        return ran

    def git(self, *arguments: str, **environ: str) -> str:
        """Run git, which must succeed; its output without the last line end."""
        ran = self._run(["git", *arguments], self.root, {**self.environ, **environ})
        assert ran.code == 0, f"git {arguments}: {ran.err}"
        return ran.out.rstrip("\n")

    def start(self) -> Place:
        """Make it a git repository with all files committed."""
        if not any(self.root.iterdir()) and not any(Path(self.environ["HOME"]).iterdir()):
            shutil.copytree(Path(_empty().name, "project/.git"), self.root / ".git")
            return self
        return self._commit_all()

    def _commit_all(self) -> Place:
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "start")
        return self

    def _run(self, command: list[str], cwd: Path, environ: dict[str, str]) -> Ran:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@cache
def _empty() -> tempfile.TemporaryDirectory[str]:
    """A repository with an empty commit: a copy costs less than three processes of git."""
    folder = tempfile.TemporaryDirectory(prefix="assetgen-empty-")
    made = Place(Path(folder.name, "project"), Path(folder.name, "home"))._commit_all()
    for sample in (made.root / ".git/hooks").glob("*.sample"):
        sample.unlink()
    return folder
