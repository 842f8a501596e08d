"""Source code and output in values: their limits, and the languages that have a syntax. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from assetgen.cure import advice
from assetgen.manifest import line_ranges
from assetgen.manifest.toml_faults import Fault, dotted, nearest
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief, has_ink

#: The most lines of a code, and the most characters of a line, that an image can show.
MAX_LINES, MAX_LINE = 80, 200
_TAB = 4
# All but tabs, line ends, and what begins the sequences of terminals.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
#: CSI sequences: those that end in m, with their parameters in group 1, are about colours.
SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]")
# Titles, links and other texts for a terminal (OSC, DCS and more), sets of characters, the rest.
_NOT_SHOWN = re.compile(
    r"\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]+[0-~]|\x1b[@-Z\\^_=>78c]"
)
_STEP = re.compile(rf"{SEQUENCE.pattern}|.", re.S)


def lines_of(code: str) -> list[str]:
    """The lines of a code or an output as a terminal shows them, with blanks for tabs.

    Sequences about colours stay. Empty lines at the end are left out.
    """
    plain = _CONTROL.sub("", _last_written(_NOT_SHOWN.sub("", code)))
    found = [line.expandtabs(_TAB).rstrip() for line in plain.splitlines()]
    while found and not found[-1]:
        found.pop()
    return found


def _last_written(output: str) -> str:
    """``output`` without what it writes over itself, as progress bars do."""
    text = re.sub(r"\r+\n", "\n", output)
    if "\b" in text:
        text = _without_taken_back(text)
    if "\r" not in text or "\n" not in text:  # some files end their lines with returns alone
        return text
    return "\n".join(map(_last_part, text.split("\n")))


def _without_taken_back(text: str) -> str:
    """``text`` without each character before a backspace."""
    kept: list[str] = []
    for step in _STEP.finditer(text):
        if step[0] != "\b":
            kept.append(step[0])
            continue
        at = len(kept) - 1
        while at >= 0 and len(kept[at]) > 1:
            at -= 1
        if at >= 0 and kept[at] != "\n":
            del kept[at]
    return "".join(kept)


def _last_part(line: str) -> str:
    """What a line shows after its last return, in the colours that were chosen before it."""
    before, _, last = line.rstrip("\r").rpartition("\r")
    return "".join(found[0] for found in SEQUENCE.finditer(before) if found[0][-1] == "m") + last


def wrong_with_code(value: str, at: Key, who: str, *, is_required: bool) -> Iterator[Fault]:
    """What is wrong with a code: it is empty, or larger than any image can show."""
    if not has_ink(value):
        if value or is_required:
            blank = "has only characters that cannot be seen" if value else "is empty"
            yield Fault(at, f"{dotted(at)} {blank}: {who} needs code there", advice("write some"))
        return
    lines = lines_of(value)
    cure = advice('show a part: {key} = {{ file = "FILE", lines = "1-20" }}', key=at[-1])
    if len(lines) > MAX_LINES:
        what = f"{dotted(at)} has {len(lines)} lines; at most {MAX_LINES} are shown"
        yield Fault(at, what, cure)
        return
    for number, line in enumerate(lines, start=1):
        if (length := len(SEQUENCE.sub("", line))) > MAX_LINE:
            what = (
                f"line {number} of {dotted(at)} has {length} characters; at most {MAX_LINE} "
                "are shown"
            )
            yield Fault(at, what, advice("break the line, or show other lines"))
            return


def wrong_with_lines(text: str, code: str, first: object, at: Key) -> Iterator[Fault]:
    """What is wrong with ``text`` as a list of lines of ``code``, counted from ``first``."""
    ranges = line_ranges.several(text)
    if ranges is None:
        what = f"{dotted(at)} = {brief(text)} does not name lines"
        yield Fault(at, what, advice('write {key} = "3" or {key} = "3, 5-7"', key=at[-1]))
        return
    start = int(first) if isinstance(first, (int, float)) else 1
    end = start + len(lines_of(code)) - 1
    for low, high in ranges:
        if low < start or (high or low) > end:
            what = f"{dotted(at)} = {brief(text)}: the code has the lines {start} to {end}"
            yield Fault(at, what, advice("name lines that are shown"))
            return


# -- languages -------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def languages() -> Mapping[str, str]:
    """The names of all languages that have a syntax, each with the name of its lexer."""
    from pygments.lexers._mapping import LEXERS

    return {alias: lexer[1] for lexer in LEXERS.values() for alias in lexer[2]}


def wrong_with_language(value: str, at: Key) -> Iterator[Fault]:
    """What is wrong with the name of a language: nothing knows its syntax."""
    if not value or value.lower() in languages():
        return
    known = _near(value)
    what = f"{dotted(at)} = {brief(value)} is not a language whose syntax is known"
    if known:
        what += f"; near it are: {', '.join(known)}"
        yield Fault(at, what, advice("did you mean {near}?", near=known[0]))
    else:
        yield Fault(at, what, advice('write a name such as python, or "text" for no syntax'))


_OTHER_NAMES = {"c++": "cpp", "node": "js", "jsonc": "json5", "plain": "text", "none": "text"}


def _near(value: str) -> list[str]:
    """Names of languages that are like a wrong one, the most like it first."""
    import difflib

    word = value.lower().strip(".")
    known = languages()
    found = [_OTHER_NAMES[word]] if word in _OTHER_NAMES else []
    if (near := nearest(word, known)) is not None:
        found.append(near)
    found += difflib.get_close_matches(word, known, n=4, cutoff=0.6)
    return list(dict.fromkeys(found))[:4]
