"""All benchmarks, one after the other: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALL = (
    "start",
    "check",
    "rehash",
    "render",
    "variants",
    "writes",
    "watch",
    "refs",
    "paid",
    "pick",
    "batch",
    "review",
    "changes",
    "memory",
    "sites",
)


def main() -> None:
    for name in ALL:
        print(f"\n== {name} ==", flush=True)
        # A process each: the memory of one must not count for the next.
        subprocess.run(
            [sys.executable, HERE / f"{name}.py", *sys.argv[1:]], check=True, cwd=HERE.parent
        )


if __name__ == "__main__":
    main()
