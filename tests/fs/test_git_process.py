"""One run of a program, by posix_spawn and by subprocess: they give and get the same."""

from __future__ import annotations

import os
import sys

import pytest

from assetgen.fs import git_process

_WAYS = [True, False] if hasattr(os, "posix_spawn") else [False]


def _python(script: str, given: bytes, *, spawns: bool) -> git_process.Ended:
    words = [sys.executable, "-c", f"import os, sys, signal\n{script}"]
    return git_process.run(words, {**os.environ, "SAID": "so"}, given, spawns=spawns)


@pytest.mark.parametrize("spawns", _WAYS)
def test_a_program_reads_and_writes_more_than_a_pipe_holds(spawns: bool) -> None:
    script = """
sys.stderr.write(os.environ["SAID"] * 200_000)
data = sys.stdin.buffer.read()
sys.stdout.buffer.write(data[::-1])
sys.exit(7)
"""
    given = b"begin" + bytes(1_000_000)
    ended = _python(script, given, spawns=spawns)
    assert (ended.status, ended.out, ended.said) == (7, given[::-1], "so" * 200_000)


@pytest.mark.parametrize("spawns", _WAYS)
def test_a_program_may_leave_what_it_is_given_unread(spawns: bool) -> None:
    assert _python("print('done')", bytes(1_000_000), spawns=spawns).out.split() == [b"done"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
@pytest.mark.parametrize("spawns", _WAYS)
def test_the_signal_that_ends_a_program_is_its_status(spawns: bool) -> None:
    script = """
os.kill(os.getpid(), 9)
"""
    # Python ignores SIGPIPE, and a child would too.
    assert _python(script, b"", spawns=spawns).status == -9
    words = ["/bin/sh", "-c", "kill -PIPE $$; echo still here"]
    assert git_process.run(words, dict(os.environ), spawns=spawns).status == -13


@pytest.mark.parametrize("spawns", _WAYS)
def test_a_program_that_does_not_exist_is_an_error_of_the_system(spawns: bool) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with pytest.raises(OSError):
        git_process.run(["/no/such/program"], {}, spawns=spawns)
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before
