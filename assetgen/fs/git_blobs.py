"""Reads contents from a repository: a few one by one, many from a process that stays open.

GitPython holds that process. Its import costs as much as forty processes of git, so the first
few contents are read without it.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress

from assetgen.cure import command
from assetgen.errors import GitError

TYPE_CHECKING = False  # the commit of one picture needs neither typing nor subprocess
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# So many are read by a process each.
_FEW = 32

CONTENT = "--batch"
SIZE = "--batch-check"


class Ends(Exception):
    """git ended before it had answered."""


class Blobs:
    """Reads blobs of one repository. ``ask`` runs git once, with what it is given; its answer."""

    def __init__(
        self,
        program: str,
        folder: str,
        environ: Mapping[str, str],
        ask: Callable[[str, bytes], bytes],
    ) -> None:
        self._program = program
        self._folder = folder
        self._environ = environ
        self._ask = ask
        self._asked = 0
        self._open: dict[str, Any] = {}

    def answer(self, form: str, name: str) -> tuple[int, bytes]:
        """(size, content) of a blob; with SIZE no content.

        Raises ValueError if it is not in this clone, Ends if git ended meanwhile.
        """
        question = os.fsencode(name) + b"\n"
        self._asked += 1
        if self._asked <= _FEW:
            return _parsed(io.BytesIO(self._ask(form, question)), form)
        process = self._process(form)
        try:
            process.stdin.write(question)
            process.stdin.flush()
            return _parsed(process.stdout, form)
        except (OSError, Ends):
            self._end(form)
            raise Ends from None

    def _process(self, form: str) -> Any:
        if form not in self._open:
            import subprocess

            git = _gitpython(self._program).Git(self._folder)
            git.update_environment(**self._environ)
            options = {"as_process": True, "istream": subprocess.PIPE}
            self._open[form] = git.cat_file(form, **options)
        return self._open[form]

    def _end(self, form: str) -> None:
        process = self._open.pop(form, None)
        if process is None:
            return
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):  # a question that could not be sent
                stream.close()
        process.proc.wait()

    def close(self) -> None:
        """End the processes that are open."""
        for form in list(self._open):
            self._end(form)


def _gitpython(program: str) -> Any:
    """GitPython, which runs ``program``. Raises GitError."""
    # It passes the environment of this process on, and reads GIT_* itself.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    # Its import runs git, by default one from the PATH.
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
    try:
        import git

        if program != git.Git.GIT_PYTHON_GIT_EXECUTABLE:
            git.refresh(program)
    except (ImportError, IndexError, ValueError) as exc:  # what git printed got lost
        what = f"git does not say its version: {exc}"
        raise GitError(what, cure=command("git version")) from None
    return git


def _parsed(stream: Any, form: str) -> tuple[int, bytes]:
    """One answer of ``git cat-file``: "ID TYPE SIZE" on a line, the content and a line end."""
    head: bytes = stream.readline()
    if not head.endswith(b"\n"):
        raise Ends
    words = head.split()
    if len(words) != 3 or not words[2].isdigit():
        raise ValueError(f"{os.fsdecode(head)!r}")
    size = int(words[2])
    if form == SIZE:
        return size, b""
    data: bytes = stream.read(size + 1)
    if len(data) <= size:
        raise Ends
    return size, data[:-1]
