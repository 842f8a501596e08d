"""The first files of a process can be read by several threads at once."""

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


_CONVERT = """
import sys, threading
sys.setswitchinterval(1e-6)
import msgspec
from assetgen.layouts.kind import Sheet
from assetgen.manifest.parse import Manifest
from assetgen.settings.catalog import Catalog
from assetgen.settings.config import Config
start = threading.Barrier(8)
def convert():
    start.wait()
    for form in (Manifest, Sheet, Catalog, Config):
        try:
            msgspec.convert({}, form)
        except msgspec.ValidationError:
            pass
threads = [threading.Thread(target=convert) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_threads_can_read_the_first_manifest_together() -> None:
    for _ in range(4):
        command = [sys.executable, "-P", "-c", _CONVERT]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
