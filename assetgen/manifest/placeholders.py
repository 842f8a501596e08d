"""Placeholders in texts of the manifest: ``{title}``, ``{page.KEY}``; ``{{`` is a brace. Pure.

``{page.KEY?}`` may be absent. Who fills a text in says which names there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from msgspec import Struct

from assetgen.cure import Cure, advice

#: What every page has a name for.
OF_PAGE = ("title", "description", "date", "author", "tags", "slug", "locale", "folder")
#: The language of a page, which may have none.
LOCALE = "locale"
#: Prefix of a key of the page's own front matter.
PAGE = "page."


class Placeholder(Struct, frozen=True):
    """A name in braces; ``is_optional`` if nothing is filled in where there is no such value."""

    name: str
    is_optional: bool = False


class Brace(Struct, frozen=True):
    """A single brace, which belongs to no placeholder."""

    sign: str


class Absent(ValueError):
    """The name of a placeholder for which there is no value."""


# A prompt may also have words as string.Template writes them: ${title}.
_TOKEN = re.compile(r"\$\{\w*\}|\{\{|\}\}|\{([^{}]*)\}|[{}]")
_KEY = re.compile(r"[\w-]+(?:\[\d+\])*(?:\.[\w-]+(?:\[\d+\])*)*")


def pieces(text: str) -> Iterator[str | Placeholder | Brace]:
    """The parts of ``text`` in order: plain texts, placeholders, and braces that are neither."""
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            yield text[at : token.start()]
        at = token.end()
        if token[1] is not None:
            name = token[1].strip()
            yield Placeholder(name.removesuffix("?"), name.endswith("?"))
        elif token[0] in ("{", "}"):
            yield Brace(token[0])
        else:
            yield token[0] if token[0].startswith("$") else token[0][0]
    if at < len(text):
        yield text[at:]


def problem(
    text: str, names: Collection[str], prefixes: Collection[str] = ()
) -> tuple[str, Cure] | None:
    """What is wrong with the placeholders of ``text``, and the cure.

    They may be ``names``, or a key after one of ``prefixes``, which may be optional.
    """
    for piece in pieces(text):
        if isinstance(piece, Brace):
            cure = advice("for a brace write {written}", written=piece.sign * 2)
            return f"a single {piece.sign} is no placeholder", cure
        if isinstance(piece, Placeholder) and not _is_known(piece, names, prefixes):
            said = (piece.name + "?" * piece.is_optional)[:60]
            known = ", ".join(f"{{{one}}}" for one in (*names, *(f"{one}KEY" for one in prefixes)))
            cure = advice(
                "for braces write {written}; there are: {known}",
                written=f"{{{{{said}}}}}",
                known=known,
            )
            return f"there is no placeholder {{{said}}}", cure
    return None


def _is_known(one: Placeholder, names: Collection[str], prefixes: Collection[str]) -> bool:
    if one.name in names:
        return not one.is_optional or one.name == LOCALE
    return any(
        one.name.startswith(prefix) and _KEY.fullmatch(one.name, len(prefix)) for prefix in prefixes
    )


@lru_cache(64)
def _of_template(text: str) -> tuple[str | Placeholder | Brace, ...]:
    """The parts of a text that is filled in for many assets."""
    return tuple(pieces(text))


def filled(
    text: str,
    value: Callable[[str], str],
    plain: Callable[[str], str] = lambda one: one,
) -> str:
    """``text`` with the ``value`` of each placeholder, and ``plain`` of what is between them.

    Raises Absent for a value that is "" and not optional.
    """
    made = []
    for piece in _of_template(text):
        if isinstance(piece, Placeholder):
            found = value(piece.name)
            if not found and not piece.is_optional:
                raise Absent(piece.name)
            made.append(found)
        else:
            made.append(piece.sign if isinstance(piece, Brace) else plain(piece))
    return "".join(made)


def escaped(text: str) -> str:
    """``text`` with braces that are no placeholders."""
    return text.replace("{", "{{").replace("}", "}}")
