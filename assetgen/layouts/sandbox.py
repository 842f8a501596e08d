"""A layout that does not ship with assetgen is drawn once in its own process, with limits.

Everything else about a layout is limited where it is read. Memory is not: a template can double a
text thirty times, and a library without memory ends its process. This process writes nothing.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from assetgen import snapshot
from assetgen.cure import advice
from assetgen.errors import AssetgenError, TemplateError
from assetgen.fs import platform
from assetgen.layouts import closure, render
from assetgen.layouts.spec import Order

_PASSED = ".assetgen/cache/layouts"
#: What one drawing may take: bytes of address space, seconds of CPU, seconds altogether.
MAX_BYTES, MAX_CPU, MAX_SECONDS = 1280 * 1024**2, 30, 60
_one_at_a_time = threading.Lock()


def undergo(root: Path, order: Order, template: str) -> None:
    """Try ``order`` if its layout is not built in and ``template``, its digest, has not passed yet.

    Raises TemplateError if the trial had to be stopped.
    """
    with _one_at_a_time:
        if order.kind.root != closure.shipped_root() and template.encode() not in _passed(root):
            _try(root, order, template)


def _try(root: Path, order: Order, template: str) -> None:
    command = [sys.executable, "-P", "-m", "assetgen.layouts.sandbox"]
    try:
        done = subprocess.run(
            command, input=pickle.dumps(order), capture_output=True, timeout=MAX_SECONDS
        )
        # 1 is an exception of Python, which drawing raises again, unless memory was the cause.
        ended = done.returncode in (0, 1) and b"MemoryError" not in done.stderr
        has_panicked = b"panicked at" in done.stderr
    except subprocess.TimeoutExpired:
        ended = has_panicked = False
    if has_panicked:
        raise TemplateError(
            f"the layout {order.kind.name}/{order.layout} makes the layout engine fail",
            where=f"templates/{order.kind.name}/{order.layout}.html",
            cure=advice("look for a very large number in its styles"),
        )
    if not ended:
        raise TemplateError(
            f"the layout {order.kind.name}/{order.layout} uses too much memory or time",
            where=f"templates/{order.kind.name}/{order.layout}.html",
            cure=advice(
                "look for text joined in a loop, tiny repeated backgrounds or huge shadows"
            ),
        )
    passed = b"\n".join([_head(root), *sorted({*_passed(root), template.encode()})])
    snapshot.replace(str(root / _PASSED), passed)


def _passed(root: Path) -> set[bytes]:
    """The digests of layouts that passed; none if the list is from another checkout."""
    try:
        head, *digests = (root / _PASSED).read_bytes().split(b"\n")
    except OSError:
        return set()
    return set(digests) if head == _head(root) else set()


def _head(root: Path) -> bytes:
    try:
        return snapshot.checkout_token(str(root))
    except OSError:
        return os.urandom(16)


def _main() -> None:
    order = pickle.load(sys.stdin.buffer)
    limits = (("RLIMIT_AS", MAX_BYTES), ("RLIMIT_CPU", MAX_CPU), ("RLIMIT_CORE", 0))
    platform.limit_process(limits, platform.module("resource"))
    with suppress(AssetgenError):  # the drawing itself will say it
        render.draw(order)


if __name__ == "__main__":
    _main()
