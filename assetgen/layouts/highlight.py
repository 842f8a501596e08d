"""Source code and the output of terminals as HTML: each word in a span for its colour. Pure.

Pygments reads the code. It is imported only where a layout shows some.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from assetgen.layouts.code_text import SEQUENCE, languages, lines_of
from assetgen.manifest import line_ranges

#: A word and the class of its colour; "" for the colour of other text.
Piece = tuple[str, str]

#: The width of a letter of the font for code, and of a Chinese one, in ems.
_NARROW, _WIDE = 0.6, 1.0
#: How many ems a line of code is high.
LINE = 1.5

# The kinds of tokens, the most special ones first; the others have the colour of other text.
_CLASSES = (
    ("Comment.Preproc", "key"),
    ("Comment", "note"),
    ("Keyword.Constant", "num"),
    ("Keyword", "key"),
    ("Operator.Word", "key"),
    ("Name.Tag", "key"),
    ("Name.Function", "name"),
    ("Name.Class", "name"),
    ("Name.Decorator", "name"),
    ("Name.Attribute", "name"),
    ("Name.Exception", "name"),
    ("Name.Builtin.Pseudo", "num"),
    ("Name.Builtin", "name"),
    ("Name.Namespace", "name"),
    ("Name.Constant", "num"),
    ("Name.Variable", "num"),
    ("Literal.String", "str"),
    ("Literal.Number", "num"),
    ("Literal", "num"),
    ("Generic.Deleted", "bad"),
    ("Generic.Inserted", "good"),
    ("Generic.Heading", "key"),
    ("Generic.Subheading", "note"),
    ("Generic.Prompt", "note"),
    ("Generic.Emph", "key"),
    ("Generic.Strong", "key"),
)


def numbered(
    code: str,
    language: str = "",
    name: str = "",
    marked: str = "",
    first: Any = None,
    columns: int = 10_000,
) -> str:
    """The lines of ``code`` as elements, with their numbers from ``first`` if that is given.

    ``language``: its name; without it, that of the file ``name``. ``marked``: the lines that are
    singled out, such as ``3, 5-7``. A line of more than ``columns`` goes on below.
    """
    start = int(first) if first is not None else 1
    ranges = line_ranges.several(marked) or [] if marked else []
    rows = _coloured(code, language, name)
    wide = len(str(start + len(rows) - 1))
    made, was_marked = [], False
    for number, row in enumerate(rows, start=start):
        is_marked = any(low <= number <= (high or number) for low, high in ranges)
        if is_marked != was_marked:  # neighbours share a ground, or a seam is seen between them
            made.append('<div class="marked"><div class="edge"></div>' if is_marked else "</div>")
        was_marked = is_marked
        for nth, part in enumerate(_folded(row, columns)):
            said = f"{number:>{wide}}  " if nth == 0 else " " * (wide + 2)
            gutter = f'<i class="nr">{said}</i>' if first is not None else ""
            made.append(f'<div class="row ltr">{gutter}{_html(part)}</div>')
    return "".join(made) + ("</div>" if was_marked else "")


def terminal(output: str, columns: int = 10_000) -> str:
    """The lines of ``output`` as elements, in the colours that its escape sequences ask for."""
    rows = _rows(_of_terminal("\n".join(lines_of(output))))
    folded = (part for row in rows for part in _folded(row, columns))
    return "".join(f'<div class="row ltr">{_html(part)}</div>' for part in folded)


def typed(command: str, prompt: str = "$", columns: int = 10_000) -> str:
    """The lines of ``command`` as elements, the first one after a prompt."""
    made = []
    for nth, line in enumerate(lines_of(command)):
        sign = f"{prompt} " if nth == 0 else " " * (len(prompt) + 1)
        row = [(sign, "sign"), (line, "")]
        made += [f'<div class="row ltr">{_html(part)}</div>' for part in _folded(row, columns)]
    return "".join(made)


_ROW = re.compile(r'<div class="row ltr">.*?</div>', re.S)


def apart(document: str) -> tuple[str, str]:
    """A document without the lines of code in it, and these lines."""
    return _ROW.sub("", document), "".join(_ROW.findall(document))


def sizes(
    code: Any,
    wide: float,
    high: float,
    most: int,
    least: int,
    columns: int = 10_000,
    gutter: bool = False,
) -> str:
    """Sizes of type for ``code`` in a box of ``wide`` x ``high`` CSS px: from the largest, down.

    ``code`` is one text, or several that are below one another.
    """
    texts = [code] if isinstance(code, str) else list(code)
    lines = [SEQUENCE.sub("", line) for text in texts for line in lines_of(text)]
    rows = [
        "".join(text for text, _ in part)
        for line in lines
        for part in _folded([(line, "")], columns)
    ]
    ems = max((_ems(row) for row in rows), default=1.0)
    ems += (len(str(len(lines))) + 2) * _NARROW if gutter else 0
    fits = min(wide / max(ems, 1.0), high / (max(len(rows), 1) * LINE))
    size = max(min(fits + 1, most), least)
    found = []
    while size > least:
        found.append(int(size))
        size = min(size * 0.95, int(size) - 1)
    return " ".join(map(str, [*found, least]))


def _ems(line: str) -> float:
    if line.isascii():
        return len(line) * _NARROW
    return sum(_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in line)


def _folded(row: Sequence[Piece], columns: int) -> list[list[Piece]]:
    """``row`` in parts of at most ``columns``; those that go on are further in."""
    text = "".join(part for part, _ in row)
    found: list[list[Piece]] = []
    indent = len(text) - len(text.lstrip())
    further = min(indent + 4, columns // 3)
    start = 0
    while start < len(text) and _ems(text[start:]) > (left := columns * _NARROW):
        left -= further * _NARROW if found else 0
        end = _fold(text, start, indent if not found else start, left)
        found.append(_part(row, start, end, further if found else 0))
        start = end
    if start < len(text) or not found:
        found.append(_part(row, start, len(text), further if found else 0))
    return found


def _fold(text: str, start: int, inner: int, left: float) -> int:
    """Where a line from ``start`` ends that has room for ``left`` ems: after a blank or a sign."""
    end = start + 1
    while end < len(text) and _ems(text[start : end + 1]) <= left:
        end += 1
    good = [at for at in range(max(inner, start) + 1, end + 1) if text[at - 1] in " ,;([{/|"]
    return good[-1] if good and good[-1] - start > (end - start) // 3 else end


def _part(row: Sequence[Piece], start: int, end: int, further: int) -> list[Piece]:
    found: list[Piece] = [(" " * further, "")] if further else []
    at = 0
    for text, kind in row:
        said = text[max(start - at, 0) : max(end - at, 0)]
        if said:
            found.append((said, kind))
        at += len(text)
    return found


def _html(row: Sequence[Piece]) -> str:
    made = []
    for text, kind in row:
        # A parenthesis could end an address, see the finalizer of templates.
        said = html.escape(text.replace("\x1b", "")).replace("(", "&#40;")
        made.append(f'<i class="{kind}">{said}</i>' if kind else said)
    markup = "".join(made)
    # Blanks alone are no text to what turns a page, and an empty line would have no height.
    return markup if markup and not markup[0].isspace() else f"\u200b{markup}"


def _rows(pieces: Iterator[Piece]) -> list[list[Piece]]:
    """``pieces`` by lines; neighbours of one colour are one."""
    rows: list[list[Piece]] = [[]]
    for text, kind in pieces:
        for nth, part in enumerate(text.split("\n")):
            if nth:
                rows.append([])
            row = rows[-1]
            if part and row and (row[-1][1] == kind or part.isspace()):
                row[-1] = (row[-1][0] + part, row[-1][1])
            elif part:
                row.append((part, kind))
    return rows


# -- code ------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _coloured(code: str, language: str, name: str) -> tuple[tuple[Piece, ...], ...]:
    lines = lines_of(code)
    text = "\n".join(lines)
    lexer = _lexer(language, name, text)
    if lexer is None:
        return tuple(((line, ""),) if line else () for line in lines)
    pieces = ((value, _class(str(kind))) for kind, value in lexer.get_tokens(text))
    return tuple(map(tuple, _rows(pieces)[: len(lines)]))


def _lexer(language: str, name: str, text: str) -> Any:
    """What reads a language, or the file ``name``; None for plain text."""
    from pygments import lexers, util

    known = languages().get(language.lower()) if language else None
    options = {"stripnl": False, "ensurenl": False}
    try:
        if language:
            return lexers.find_lexer_class(known)(**options) if known else None
        return lexers.get_lexer_for_filename(name, text, **options) if name else None
    except util.ClassNotFound:
        return None


@lru_cache(maxsize=256)
def _class(token: str) -> str:
    kind = token.removeprefix("Token.")
    found = (made for begins, made in _CLASSES if f"{kind}.".startswith(f"{begins}."))
    return next(found, "")


# -- terminals -------------------------------------------------------------------------------------

_NAMES = ("dim", "bad", "good", "warn", "blue", "pink", "cyan", "")
_RGB = (
    (90, 90, 90),
    (205, 40, 40),
    (30, 160, 60),
    (200, 160, 20),
    (50, 90, 220),
    (180, 60, 190),
    (20, 160, 180),
    (230, 230, 230),
)


def _of_terminal(output: str) -> Iterator[Piece]:
    at, state = 0, {"ink": "", "ground": "", "bold": "", "dim": ""}
    for found in SEQUENCE.finditer(output):
        yield output[at : found.start()], _kind(state)
        at = found.end()
        if found[1] is not None:
            _select(found[1], state)
    yield output[at:], _kind(state)


def _kind(state: dict[str, str]) -> str:
    ink = state["ink"] or state["dim"]
    return " ".join(filter(None, (state["ground"] or ink, state["bold"])))


def _select(parameters: str, state: dict[str, str]) -> None:
    """Change ``state`` as the parameters of a sequence say."""
    codes = [int(one) if one else 0 for one in re.split("[;:]", parameters)]
    while codes:
        code = codes.pop(0)
        if code == 0:
            state.update(ink="", ground="", bold="", dim="")
        elif code in (1, 2):
            state["bold" if code == 1 else "dim"] = "bold" if code == 1 else "dim"
        elif code == 22:
            state.update(bold="", dim="")
        elif 30 <= code <= 37 or 90 <= code <= 97:
            state["ink"] = _NAMES[code % 10]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            state["ground"] = f"on-{_NAMES[code % 10] or 'dim'}"
        elif code in (38, 48):
            name = _NAMES[_nearest(codes)]
            key = "ink" if code == 38 else "ground"
            state[key] = name if code == 38 else f"on-{name or 'dim'}"
        elif code in (39, 49):
            state["ink" if code == 39 else "ground"] = ""


def _nearest(codes: list[int]) -> int:
    """The number of the colour that an extended one is like; its parameters are taken."""
    if codes[:1] == [5] and len(codes) > 1:
        number = codes[1]
        del codes[:2]
        if number < 16:
            return number % 8
        if number > 231:
            grey = (number - 232) * 10 + 8
            rgb = (grey, grey, grey)
        else:
            step = number - 16
            rgb = (step // 36 * 51, step // 6 % 6 * 51, step % 6 * 51)
    elif codes[:1] == [2] and len(codes) > 3:
        rgb = (codes[1], codes[2], codes[3])
        del codes[:4]
    else:
        codes.clear()
        return 7
    apart = [sum((a - b) ** 2 for a, b in zip(rgb, one, strict=True)) for one in _RGB]
    return apart.index(min(apart))
