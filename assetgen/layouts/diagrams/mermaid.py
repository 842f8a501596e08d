"""Mermaid text in lines, and its words: what is not drawn is a problem, never lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assetgen.cure import Cure, advice


@dataclass
class Read:
    """What was read from a text, and what is wrong with it, with the lines."""

    content: dict[str, Any]
    problems: list[tuple[int, str, Cure]] = field(default_factory=list)
    """The number of a line, what is wrong there, and what to do about it."""

    def wrong(self, line: int, what: str, cure: Cure) -> None:
        self.problems.append((line, what, cure))


_DIRECTIVE = re.compile(r"%%\s*\{")


def statements(text: str, read: Read) -> Iterator[tuple[int, str]]:
    """The statements of ``text`` with their lines, without comments."""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if _DIRECTIVE.match(stripped):
            read.wrong(
                number, "settings in the text are not read", advice("set a style in assets.toml")
            )
            continue
        if stripped.startswith("%%"):
            continue
        for part in parts(stripped):
            yield number, part


def parts(line: str) -> list[str]:
    """What semicolons divide in a line, but not those in quotes or of entities such as #quot;."""
    found, start, quoted = [], 0, False
    for at, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted and not re.search(r"#\w+$", line[start:at]):
            found.append(line[start:at].strip())
            start = at + 1
    found.append(line[start:].strip())
    return [one for one in found if one]


_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENTITY = re.compile(r"#(\w+);")


def words(raw: str, read: Read, line: int) -> str:
    """The words of a label: without quotes, with line ends for <br>."""
    text = raw.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
        if len(text) > 1 and text[0] == text[-1] == "`":
            read.wrong(
                line, f"{text} is Markdown, which is not read", advice("remove the backticks")
            )
    if re.search(r"(^|\s)fa[bsrl]?:fa-", text):
        read.wrong(line, "icons are not drawn", advice("write an emoji instead of fa:fa-..."))
    text = _BREAK.sub("\n", text)
    if tag := _TAG.search(text):
        read.wrong(
            line, f"{tag[0]} is HTML, which is not read", advice("remove it; <br> breaks a line")
        )
    text = _ENTITY.sub(_unescaped, text)
    return "\n".join(" ".join(one.split()) for one in text.split("\n")).strip()


def _unescaped(match: re.Match[str]) -> str:
    code = f"#{match[1]}" if match[1].isdecimal() else match[1]
    made = html.unescape(f"&{code};")
    return match[0] if made.startswith("&") and len(made) > 1 else made
