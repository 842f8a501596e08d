"""The first records of a process can be read by several threads at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

_READ = """
import sys, threading
sys.setswitchinterval(1e-6)
from assetgen.record import record
start = threading.Barrier(8)
def read():
    start.wait()
    try:
        record.read(b'{"subject": [], "predicate": {}}', "r.json")
    except record.Unusable:
        pass
threads = [threading.Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.mark.parametrize("attempt", range(4))
def test_threads_can_read_the_first_record_together(attempt: int) -> None:
    done = subprocess.run([sys.executable, "-P", "-c", _READ], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
