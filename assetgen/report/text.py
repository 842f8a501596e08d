"""Text and JSON for people and programs; every text for a terminal is cleaned here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

from assetgen import way
from assetgen.cure import Cure
from assetgen.errors import AssetgenError, Mistake
from assetgen.escapes import is_printable
from assetgen.terminal import own
from assetgen.text import clean, count

if TYPE_CHECKING:
    from rich.console import Console

    from assetgen.plan.decide import Decision


#: At most this many lines of one kind are printed by default.
MOST = 20
#: The most mistakes in assets.toml that are printed.
MOST_MISTAKES = 50


class Out(Protocol):
    """Where lines of text are printed, in colour if it is a terminal."""

    @property
    def is_terminal(self) -> bool: ...

    def print(self, *objects: Any, style: str | None = None) -> None:
        """Print one text, or the end of a line."""


class Plain:
    """Prints lines as rich does to what is no terminal; rich takes long to import."""

    is_terminal = False

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def print(self, *objects: Any, style: str | None = None) -> None:
        """Print the texts; ``style`` is for terminals."""
        self._stream.write(" ".join(map(str, objects)).expandtabs(8) + "\n")
        self._stream.flush()


def console(stream: IO[str]) -> Out:
    """Prints to ``stream``. Colours only in a terminal, and not if NO_COLOR is set."""
    if not stream.isatty() and not any(map(os.environ.get, _FORCED)):
        return Plain(stream)
    return terminal(stream)


# With these, rich takes every stream for a terminal.
_FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE")


def terminal(stream: IO[str]) -> Console:
    """The same with tables, also where it is no terminal."""
    from rich.console import Console

    return Console(
        file=own(stream) if stream.isatty() else stream,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
        _environ=_without_no_width(os.environ),
    )


def _without_no_width(environ: Mapping[str, str]) -> Mapping[str, str]:
    """``environ`` without COLUMNS=0, which says that the width is unknown; rich prints nothing."""
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and not int(columns):
        return {name: value for name, value in environ.items() if name != "COLUMNS"}
    return environ


def as_json(value: Any, *, ascii_only: bool = False, in_a_line: bool = False) -> str:
    """JSON; characters that control a terminal are escaped."""
    text = json.dumps(value, indent=None if in_a_line else 2, ensure_ascii=ascii_only)
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or is_printable(c) else json.dumps(c)[1:-1] for c in text)


def error(exc: AssetgenError, stream: IO[str]) -> None:
    """Print what happened, where, and the cure; or all mistakes in assets.toml."""
    out = console(stream)
    style = "bold red" if stream.isatty() else None
    for one in mistakes_of(exc) or (exc,):
        where = f"{clean(one.where)}: " if one.where else ""
        out.print(f"assetgen: {where}{clean(one.what)}", style=style)
        show_cure(one.cure, out)
    if (more := len(exc.mistakes) - MOST_MISTAKES) > 0:
        out.print(f"... and {more} more {'mistake' if more == 1 else 'mistakes'}")
    show_others(exc.others, stream)


def mistakes_of(exc: AssetgenError) -> Sequence[Mistake]:
    """The mistakes in assets.toml to show, in the order of the file, the one of ``exc`` always."""
    first = exc.mistakes[:MOST_MISTAKES]
    if not first or any((one.what, one.where) == (exc.what, exc.where) for one in first):
        return first
    rest = exc.mistakes[MOST_MISTAKES:]
    return [*first[:-1], next(one for one in rest if one.what == exc.what)]


def show_others(others: int, stream: IO[str]) -> None:
    """That assets.toml has mistakes besides those that matter for what was asked, if it has."""
    if others:
        console(stream).print(f"{others_in_words(others)}; run: assetgen plan")


def others_in_words(others: int) -> str:
    return f"{count(others, 'other mistake')} in assets.toml"


def show_cure(cure: Cure | None, out: Out) -> None:
    """Print the command that fixes something on a line by itself, then the notes on it.

    A cure that is not a command is printed as it is. Every command begins with the way to the
    project ("cd site"), if the user is somewhere else.
    """
    if cure is None:
        return
    command, more = cure.split(way.to_project())
    if not command or not more.startswith((" (", ", or ")):
        command, more = command + more, ""
    out.print(f"  cure: {command}")
    remark, comma, rest = more.partition(", or ")
    remark = remark.removeprefix(" (").removesuffix(")") + "; " * bool(remark and comma)
    if more:
        out.print(f"        {remark}{'or: ' * bool(comma)}{rest}")


def text_of(cure: Cure | None) -> str | None:
    """The text of a cure, for JSON."""
    return None if cure is None else str(cure)


def error_json(exc: AssetgenError) -> dict[str, Any]:
    """An error as data; with all mistakes in assets.toml if it is about them."""
    said: dict[str, Any] = {
        "error": type(exc).__name__,
        "what": exc.what,
        "where": exc.where,
        "cure": text_of(exc.cure),
        "exit": exc.exit_code,
    }
    if exc.mistakes:
        shown = mistakes_of(exc)
        said["mistakes"] = [_mistake_json(one) for one in shown]
        said |= {"more": len(exc.mistakes) - len(shown), "others": exc.others}
    return said


def _mistake_json(mistake: Mistake) -> dict[str, Any]:
    return {
        "error": mistake.error.__name__,
        "what": mistake.what,
        "where": mistake.where,
        "line": mistake.line,
        "col": mistake.col,
        "cure": text_of(mistake.cure),
        "exit": mistake.error.exit_code,
    }


def by_batch(waiting: Sequence[Decision]) -> dict[str, list[Decision]]:
    """The images that are in batches, by the words for their batch."""
    groups: dict[str, list[Decision]] = {}
    for one in waiting:
        groups.setdefault(str(one.reasons[-1].new), []).append(one)
    return groups
