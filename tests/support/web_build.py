"""What every test with real frameworks builds with: the folder of packages, and no network."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

#: The folder in which npm and pip have installed the build tools.
WEB = Path(os.environ.get("ASSETGEN_WEB", ""))


def environ(own: Mapping[str, str]) -> dict[str, str]:
    """``own`` with the tools on its path, and with nothing that calls home."""
    tools = (f"{WEB}/node_modules/node/bin", f"{WEB}/node_modules/.bin", f"{WEB}/python/bin")
    return {
        **own,
        "PATH": os.pathsep.join([*tools, own["PATH"]]),
        "NEXT_TELEMETRY_DISABLED": "1",
        "ASTRO_TELEMETRY_DISABLED": "1",
        "NUXT_TELEMETRY_DISABLED": "1",
        "NO_UPDATE_NOTIFIER": "1",
        "CI": "1",
    }


def built(root: Path, environ: Mapping[str, str], *command: str) -> tuple[int, str]:
    """Run a build in ``root`` with loopback as the only network: its exit code and its output."""
    log = root.parent / "build.log"
    with open(log, "wb") as sink:
        done = subprocess.run(
            [*_offline(), *command],
            cwd=root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            timeout=600,
        )
    return done.returncode, log.read_text("utf-8", "replace")


@cache
def _offline() -> tuple[str, ...]:
    """The prefix that runs a command with loopback only; empty if the system does not allow it."""
    wrapped = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    try:
        works = subprocess.run([*wrapped, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        works = False
    return wrapped if works else ()
