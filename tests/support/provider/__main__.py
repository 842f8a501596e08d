"""The provider as a process of its own, with a log that survives a kill."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from tests.support.provider.batches import Plan
from tests.support.provider.faults import FAULTS
from tests.support.provider.profiles import PROFILES
from tests.support.provider.server import Provider


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.provider")
    parser.add_argument(
        "--port-file", type=Path, required=True, help="the port is written here once it answers"
    )
    parser.add_argument("--profile", choices=[*PROFILES], default="openai")
    parser.add_argument("--key", default="sk-canary-KEY")
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME[:TIMES]", help=", ".join(FAULTS)
    )
    parser.add_argument("--bulk", choices=["noise", "photograph"])
    parser.add_argument("--batch-size", help="WIDTHxHEIGHT of images in batches")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Provider(
        options.profile,
        key=options.key,
        delay=options.delay,
        log=options.log,
        bulk=options.bulk or False,
    ) as provider:
        if options.batch_size:
            width, height = map(int, options.batch_size.split("x"))
            provider.account.plan = Plan(size=(width, height))
        for fault in options.fault:
            name, _, times = fault.partition(":")
            provider.fault(name, times=int(times or 1))
        half = options.port_file.with_name(options.port_file.name + ".new")
        half.write_text(f"{provider.port}\n", encoding="ascii")
        os.replace(half, options.port_file)
        stop.wait()


main()
