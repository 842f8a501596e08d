"""The first records of a process can be read by several threads at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.place import Place

_READ = """
import pathlib, sys, threading
sys.setswitchinterval(1e-6)
from assetgen.record import record
path = pathlib.Path(sys.argv[1])
data = path.read_bytes()
start = threading.Barrier(8)
def read():
    start.wait()
    record.read.__wrapped__(data, path.name)
threads = [threading.Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.mark.parametrize("attempt", range(4))
def test_threads_can_read_the_first_record_together(attempt: int, place: Place) -> None:
    place.covers("a", title="One")
    place.ok("generate")
    path = str(place.root / ".assetgen/records/a.json")
    command = [sys.executable, "-P", "-c", _READ, path]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
