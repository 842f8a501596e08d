"""Whole processes measured side by side: CPU, wall time, peak memory, and the ratios between them.

Cases take turns inside a round and each ratio is taken inside its round, so a machine that slows
down for a while slows down both sides. Printed values are medians over all rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
#: The command as pip installed it beside the interpreter that runs the benchmark.
ASSETGEN = os.path.join(sysconfig.get_path("scripts"), "assetgen")

Quantity = Literal["cpu", "wall", "peak"]


@dataclass(frozen=True)
class Reading:
    """The use of one process and its children: ``cpu`` and ``wall`` in s, ``peak`` in bytes.

    ``cpu`` is user plus system. The difference of two has no peak: it is shown as "-".
    """

    cpu: float
    wall: float
    peak: float

    def __sub__(self, other: Reading) -> Reading:
        return Reading(self.cpu - other.cpu, self.wall - other.wall, 0)

    def per(self, count: int) -> Reading:
        """The same per thing, for ``count`` things; the peak is unchanged."""
        return Reading(self.cpu / count, self.wall / count, self.peak)


Readings = Mapping[str, Sequence[Reading]]
# How often the memory of a family of processes is read, in s.
_EVERY = 0.1


def run(
    command: Iterable[str | Path],
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    is_family: bool = False,
) -> Reading:
    """Run a command and measure it. Raises RuntimeError if it fails.

    The peak starts at that of the process that measures, which therefore imports nothing heavy.
    With ``is_family`` it is that of the process and all its descendants together, on Linux: the sum
    of their proportional set sizes, in which memory that they share counts once.
    """
    words = [str(part) for part in command]
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            words,
            cwd=cwd,
            env=dict(environ) if environ is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        together = _peak_of_family(child.pid) if is_family and sys.platform == "linux" else 0
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            raise RuntimeError(
                f"{words} ended with {child.returncode}: {errors.read().decode()[-800:]}"
            )
    unit = 1 if sys.platform == "darwin" else 1024
    return Reading(used.ru_utime + used.ru_stime, wall, together or used.ru_maxrss * unit)


def _peak_of_family(pid: int) -> int:
    """The largest sum of proportional set sizes until process ``pid`` ends, in bytes."""
    peak = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, sum(map(_proportional, _family(pid))))
        time.sleep(_EVERY)
    return peak


def _family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def rounds(cases: Mapping[str, Callable[[], Reading]], count: int) -> dict[str, list[Reading]]:
    """``count`` readings of every case, taken in turns; each round starts with another case."""
    found: dict[str, list[Reading]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(count):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(cases[name]())
    return found


def middle(readings: Sequence[Reading], what: Quantity = "cpu") -> float:
    """The median of one quantity."""
    return float(statistics.median(getattr(reading, what) for reading in readings))


def ratios(readings: Readings, name: str, to: str, what: Quantity = "cpu") -> list[float]:
    """``name`` over ``to``, round by round, sorted."""
    pairs = zip(readings[name], readings[to], strict=True)
    return sorted(getattr(ours, what) / max(getattr(theirs, what), 1e-9) for ours, theirs in pairs)


# -- printing --------------------------------------------------------------------------------------


def heading(words: str) -> None:
    print(f"\n{words}\n{'-' * len(words)}", flush=True)


def table(readings: Readings, unit: float = 1e3) -> None:
    """The medians of every case; ``unit`` is what a second is shown as (1e3: ms, 1e6: us)."""
    name = {1.0: "s", 1e3: "ms", 1e6: "us"}[unit]
    print(f"{'':46}{'CPU ' + name:>10}{'wall ' + name:>10}{'peak MB':>10}")
    for case, found in readings.items():
        cpu, wall, peak = middle(found, "cpu"), middle(found, "wall"), middle(found, "peak")
        shown = f"{peak / 1e6:10.0f}" if peak else f"{'-':>10}"
        print(f"{case:46}{cpu * unit:10.2f}{wall * unit:10.2f}{shown}")


def ratio(words: str, found: Sequence[float], goal: float | None = None) -> None:
    """One line: the median ratio, the range of its middle half, the goal."""
    low, high = found[len(found) // 4], found[-1 - len(found) // 4]
    wanted = f"goal <= {goal:.2f}x" if goal is not None else ""
    print(
        f"{words:46}{statistics.median(found):9.2f}x  ({low:.2f} to {high:.2f})  {wanted}",
        flush=True,
    )


def figure(words: str, value: float, unit: str, goal: float | None = None) -> None:
    """One line: a figure and its goal in the same unit."""
    wanted = f"goal <= {goal:g} {unit}" if goal is not None else ""
    print(f"{words:46}{value:10.2f} {unit}  {wanted}", flush=True)


# -- where it is measured --------------------------------------------------------------------------


def options(words: str | None, arguments: Sequence[str] | None = None) -> bool:
    """Parse the command line of a benchmark; returns whether --quick is set."""
    parser = argparse.ArgumentParser(description=(words or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and smaller projects: a rough reading"
    )
    return bool(parser.parse_args(arguments).quick)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="assetgen-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def environment(home: Path) -> dict[str, str]:
    """An environment without the git configuration of the user."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(HERE.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }


def project(root: Path, assets: int, *options: str) -> Path:
    """A committed project of ``assets`` finished covers, built by a process of its own."""
    root.mkdir(parents=True)
    run(
        [PYTHON, "-m", "benchmarks.projects", root, str(assets), *options],
        environ=environment(root.parent),
    )
    return root


def peers(names: Iterable[str]) -> bool:
    """Whether the Node packages are installed; says how to get them if not."""
    missing = [name for name in names if not (HERE / "node_modules" / name).is_dir()]
    if missing:
        print(f"{', '.join(missing)} not installed: run `npm ci` in benchmarks/")
    return not missing


@contextmanager
def provider(folder: Path, words: Iterable[str | Path]) -> Iterator[str]:
    """The address of the provider of the tests, in a process of its own, with these arguments.

    Raises RuntimeError if it ends by itself.
    """
    port = folder / "port"
    command = [PYTHON, "-m", "tests.support.provider", "--port-file", port, *words]
    process = subprocess.Popen([str(part) for part in command], cwd=HERE.parent)
    try:
        while not port.exists():
            if process.poll() is not None:
                raise RuntimeError(f"the provider ended with {process.returncode}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port.read_text().strip()}/v1"
    finally:
        process.terminate()
        process.wait()
