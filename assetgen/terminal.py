"""The streams of a command: no text reaches a terminal or a CI log with escapes or commands.

Reports clean what they print; this is the one place that every text passes, so none is forgotten.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any, TextIO

from assetgen.escapes import is_printable

# What a runner takes for a command: "::" at the start of a line, the others anywhere in it.
# Sources: actions/runner ActionCommand.cs; Azure Pipelines and TeamCity, "service messages".
_AT_START = re.compile(r"^[ \t]*:(?=:)", re.M)
_ANYWHERE = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))")
#: What may be a character that does not show itself; line ends and tabs stay.
_UNSEEN = re.compile(r"\r(?!\n)|[^\r\n\t -~]")
_RUNNERS = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")


class Guarded:
    """A stream that shows control characters as escapes, and no workflow commands in CI."""

    def __init__(self, stream: TextIO, *, is_ci: bool) -> None:
        self._stream = stream
        self._is_ci = is_ci
        self._begun = ""  # the current line, as far as it is written and blank

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def own(self) -> TextIO:
        """The stream itself, for text of assetgen's own: colours, workflow commands."""
        return self._stream

    def write(self, text: str) -> int:
        """Write foreign text."""
        self._stream.write(self._harmless(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write foreign lines."""
        for line in lines:
            self.write(line)

    def _harmless(self, text: str) -> str:
        if not text.isprintable():
            text = _UNSEEN.sub(_shown, text)
        return self._without_commands(text) if self._is_ci else text

    def _without_commands(self, text: str) -> str:
        whole = self._begun + text
        shown = _ANYWHERE.sub(_coded, _AT_START.sub(_coded, whole))
        line = whole.rpartition("\n")[2]
        shown = shown[len(self._begun) :]
        self._begun = "x" if line.strip(" \t") else line
        return shown


def own(stream: IO[str]) -> IO[str]:
    """``stream`` for text of assetgen's own, which is harmless already."""
    return stream.own if isinstance(stream, Guarded) else stream


def is_harmless(text: str) -> bool:
    """Whether every guarded stream writes ``text`` as it is."""
    written = io.StringIO()
    Guarded(written, is_ci=True).write(text)
    return written.getvalue() == text


def guard(environ: Mapping[str, str]) -> None:
    """Put both streams of this process behind ``Guarded``."""
    is_ci = any(environ.get(name) for name in _RUNNERS)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, Guarded):
            setattr(sys, name, Guarded(stream, is_ci=is_ci))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}"


def _shown(found: re.Match[str]) -> str:
    return found[0] if is_printable(found[0]) else _escaped(found[0])


def _coded(found: re.Match[str]) -> str:
    return found[0][:-1] + _escaped(found[0][-1])
