"""Text and JSON for people and programs; every text for a terminal is cleaned here."""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any

from assetgen.errors import AssetgenError
from assetgen.escapes import is_printable

if TYPE_CHECKING:
    from rich.console import Console

from assetgen.text import clean

#: At most this many lines of one kind are printed by default.
MOST = 20


def console(stream: IO[str]) -> Console:
    """A console for ``stream``. Colours only in a terminal, and not if NO_COLOR is set."""
    from rich.console import Console

    return Console(
        file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty()
    )


def as_json(value: Any, *, ascii_only: bool = False, in_a_line: bool = False) -> str:
    """JSON; characters that control a terminal are escaped."""
    text = json.dumps(value, indent=None if in_a_line else 2, ensure_ascii=ascii_only)
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or is_printable(c) else json.dumps(c)[1:-1] for c in text)


def error(exc: AssetgenError, stream: IO[str]) -> None:
    """Print what happened, where, and the cure, on one to three lines."""
    where = f"{clean(exc.where)}: " if exc.where else ""
    out = console(stream)
    out.print(f"assetgen: {where}{clean(exc.what)}", style="bold red" if stream.isatty() else None)
    show_cure(exc.cure, out)


def show_cure(words: str | None, out: Console, way: str = "") -> None:
    """Print the command that fixes something on a line by itself, then the notes on it.

    A cure that is not a command is printed as it is. ``way`` is run first ("cd site && ").
    """
    command, remark, rest = (words or "", "", "")
    if (found := _COMMAND.match(command)) and found[0]:
        command, more = way + found[0], command[found.end() :]
        remark, comma, rest = more.partition(", or ")
        remark = remark.removeprefix(" (").removesuffix(")") + "; " * bool(remark and comma)
        rest = f"or: {rest}" if comma else ""
    if command:
        out.print(f"  cure: {clean(command)}")
    if remark or rest:
        out.print(clean(f"        {remark}{rest}"))


# Inside quotes, the characters that end a command are part of the name of a page.
_COMMAND = re.compile(r"""(?:assetgen|git)\ (?:'[^']*'|"[^"]*"|(?!\ \(|,\ or\ ).)*""", re.S)


def error_json(exc: AssetgenError) -> dict[str, Any]:
    return {
        "error": type(exc).__name__,
        "what": exc.what,
        "where": exc.where,
        "cure": exc.cure,
        "exit": exc.exit_code,
    }
