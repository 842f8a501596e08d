"""A batch of 10,000 small images, sent here and collected there, with kills on both sides.

The provider is a separate process on loopback. It writes down what it bills, so the result shows
whether an image was lost or bought twice. Every run is a process that is killed (SIGKILL) at a
stated step; the last run of each side is left to end. The memory is that of each process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN

_KEY = "sk-benchmark"
#: The most memory of one process, in MB.
_GOAL = 150
_ASSET = """
[[asset]]
id = "picture-{number:05}"
kind = "cover"
path = "public/{folder:02}/{number:05}.png"
alt = "A paper plane"
route = "images"
prompt = "A paper plane leaving an open notebook, number {number}"
size = "1024x1024"
quality = "low"
"""


@dataclass(frozen=True)
class _Ran:
    """One process: how it ended, seconds, and bytes of memory at most."""

    words: str
    code: int
    wall: float
    cpu: float
    peak: int


def main() -> None:
    count = 1_000 if measure.options(__doc__) else 10_000
    measure.heading(f"A batch of {count:,} images of 64x48")
    with measure.scratch() as folder, _provider(folder) as url:
        one = _Runs(folder, url, count)
        one.sending()
        one.collecting()
        one.again()
    one.report()


class _Runs:
    """The processes, one after the other, and what they did."""

    def __init__(self, folder: Path, url: str, count: int) -> None:
        self._folder, self._count = folder, count
        config = folder / "config.toml"
        surface = f"gateway:{url.split('/')[2]}"
        config.write_text(f'[limits."{surface}"]\nimages = {count}\n')
        paid = {"OPENAI_API_KEY": _KEY, "OPENAI_BASE_URL": url, "ASSETGEN_CONFIG": str(config)}
        self._environ = {**measure.environment(folder), **paid}
        self._here = folder / "here"
        self._ran: list[_Ran] = []
        self._here.mkdir()
        assets = (_ASSET.format(number=n, folder=n // 200) for n in range(count))
        (self._here / "assets.toml").write_text("".join(assets))
        (self._here / ".gitignore").write_text(".assetgen/cache/\n")
        self._git(self._here, "init", "-qb", "main")
        self._git(self._here, "add", "-A")
        self._git(self._here, "commit", "-qm", "begin")

    # -- the steps ---------------------------------------------------------------------------------

    def sending(self) -> None:
        """Send the batch, killed while it is uploaded, while it starts and before its commit."""
        send = ["generate", "--batch"]
        self._kill("sending, killed at the upload", send, self._asked("/v1/files"))
        self._kill("sending, killed at the start", send, self._asked("/v1/batches"))
        file = self._here / ".assetgen/batches"
        self._kill("sending, killed at the commit", send, lambda: any(file.glob("*.json")))
        self._run("sending", send)

    def collecting(self) -> None:
        """Collect it in a clone, killed at a part of the images and at the commit."""
        self._there = self._cloned("there")
        collect = ["batch", "collect"]
        for part in (0.0, 0.1, 0.5, 0.9):
            words = f"collecting, killed at {part:.0%}"
            self._kill(words, collect, self._placed(self._there, int(part * self._count)))
        locked = self._there / ".git/index.lock"
        self._kill("collecting, killed at the commit", collect, locked.exists)
        locked.unlink(missing_ok=True)
        self._run("collecting", collect, self._there)

    def again(self) -> None:
        """Collect it whole in another clone, and once more in the first."""
        other = self._cloned("other")
        self._run("collecting in one go", ["batch", "collect"], other)
        self._run("collecting what is collected", ["batch", "collect"], self._there)
        trees = {self._git(place, "rev-parse", "HEAD^{tree}") for place in (self._there, other)}
        committed = self._git(self._there, "ls-tree", "-r", "HEAD", "public").splitlines()
        blobs = {line.split()[2] for line in committed}
        self._run("check --rehash", ["check", "--rehash"], self._there)
        log = self._log()
        self._found = (
            f"{log['', 'batch']} batch started, {log['', 'billed']:,} images billed, "
            f"{len(committed):,} committed, {len(blobs):,} of them different; "
            f"left over: {self._git(self._there, 'status', '-s') or 'nothing'}; "
            f"both checkouts have {'the same tree' if len(trees) == 1 else 'DIFFERENT TREES'}"
        )

    # -- one process -------------------------------------------------------------------------------

    def _run(self, words: str, arguments: list[str], place: Path | None = None) -> None:
        done = self._until(words, arguments, place or self._here, lambda: False)
        if done.code != 0:
            raise RuntimeError(f"{words} ended with {done.code}: {self._errors()}")

    def _kill(self, words: str, arguments: list[str], due: Callable[[], bool]) -> None:
        place = self._here if arguments[0] == "generate" else self._there
        done = self._until(words, arguments, place, due)
        if done.code not in (0, -signal.SIGKILL):
            raise RuntimeError(f"{words} ended with {done.code}: {self._errors()}")

    def _until(
        self, words: str, arguments: list[str], place: Path, due: Callable[[], bool]
    ) -> _Ran:
        """Run a command, killed as soon as something is ``due``."""
        start = time.perf_counter()
        with (self._folder / "errors").open("wb") as errors:
            child = subprocess.Popen(
                [ASSETGEN, *arguments],
                cwd=place,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if due():
                    os.kill(child.pid, signal.SIGKILL)
                    break
                time.sleep(0.01)
            _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        cpu = used.ru_utime + used.ru_stime
        self._ran.append(_Ran(words, child.returncode, wall, cpu, used.ru_maxrss * unit))
        return self._ran[-1]

    def _errors(self) -> str:
        return (self._folder / "errors").read_text("utf-8", "replace")[-800:]

    def _asked(self, path: str) -> Callable[[], bool]:
        """Whether a further request to ``path`` has arrived."""
        before = self._log()["POST", path]
        return lambda: self._log()["POST", path] > before

    def _placed(self, place: Path, count: int) -> Callable[[], bool]:
        """Whether more than ``count`` images are in place."""
        return lambda: sum(1 for _ in place.glob("public/*/*.png")) > count

    def _log(self) -> Counter[tuple[str, str]]:
        """How often the provider was asked for each path, and how many images it billed."""
        found: Counter[tuple[str, str]] = Counter()
        for line in (self._folder / "log").read_text().splitlines():
            said = json.loads(line)
            if said["event"] == "request":
                found[said["method"], said["path"]] += 1
            elif said["event"] == "billed":
                found["", "billed"] += said["pictures"]
            elif said["event"] == "batch":
                found["", "batch"] += 1
        return found

    def _cloned(self, name: str) -> Path:
        place = self._folder / name
        self._git(self._folder, "clone", "-q", str(self._here), str(place))
        return place

    def _git(self, place: Path, *words: str) -> str:
        command = ["git", *words]
        return subprocess.run(
            command, cwd=place, env=self._environ, check=True, capture_output=True, text=True
        ).stdout.strip()

    # -- what was found ----------------------------------------------------------------------------

    def report(self) -> None:
        """Print each process, and what was lost or doubled."""
        print(f"{'':36}{'ended':>8}{'CPU s':>10}{'wall s':>10}{'peak MB':>10}")
        for one in self._ran:
            ended = "killed" if one.code else "0"
            row = f"{one.cpu:10.1f}{one.wall:10.1f}{one.peak / 1e6:10.0f}"
            print(f"{one.words:36}{ended:>8}{row}")
        for side in ("sending", "collecting"):
            peak = max(one.peak for one in self._ran if one.words.startswith(side))
            measure.figure(f"peak, {side}", peak / 1e6, "MB", _GOAL)
        kills = sum(one.code != 0 for one in self._ran)
        print(f"{kills} kills; {self._found}")


def _provider(folder: Path) -> AbstractContextManager[str]:
    """The address of a provider that makes small images, and writes down what it bills."""
    words: list[str | Path] = ["--key", _KEY, "--log", folder / "log", "--batch-size", "64x48"]
    return measure.provider(folder, words)


if __name__ == "__main__":
    main()
