"""Pages that are kept for measuring: the same layout at the same size, with other texts.

To set up a page takes as long as ten layouts of it. What a kept page measures is what a new one
measures; only its line breaks may be painted wrong, so the picture always gets a page of its own.
"""

from __future__ import annotations

import html
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assetgen.layouts.autofit import FIT, Text
from assetgen.layouts.engine import Canvas, Page

#: How many pages are kept, and the longest document of one, in characters.
MOST, LONGEST = 8, 50_000

Key = tuple[str, str, Canvas]

_kept: OrderedDict[Key, Page] = OrderedDict()
_keeping = threading.Lock()
# A page is a thread of the engine, which a fork does not have.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kept.clear)


@contextmanager
def measuring(
    document: str, css: str, canvas: Canvas, texts: Sequence[Text]
) -> Iterator[Page | None]:
    """A page with the texts of ``document``, to measure them; None if it cannot be a kept one.

    Its ``rebuilt`` is a page of ``document`` itself.
    """
    split = _split(document)
    if split is None or len(split[1]) != len(texts):
        yield None
        return
    skeleton, contents = split
    key = (skeleton, css, canvas)
    with _keeping:
        page = _kept.pop(key, None)
    page = page or Page(skeleton, css, canvas, {})
    page.begin(document, {text.element: contents[text.element] for text in texts})
    yield page
    with _keeping:  # not after an error: the page may be in any state
        _kept[key] = page
        while len(_kept) > MOST:
            _kept.popitem(last=False)


_TITLE = re.compile(r"<title>[^<]*</title>", re.I)
# What is inside an SVG element changes no box. One in another is left as it is.
_SVG = re.compile(r"(<svg\b[^<>]*>)(?:(?!<svg\b).)*?</svg>", re.S | re.I)
_ID = re.compile(r"""\bid\s*=\s*"([^"]*)\"""")
_STYLED_SLOT = re.compile(r"""<[^<>]*(?:-slot"[^<>]*\sstyle\s*=|\sstyle\s*=[^<>]*-slot")""", re.I)


def _split(document: str) -> tuple[str, dict[str, str]] | None:
    """``document`` without its texts, and the text of each element that has to fit, by id.

    None if one of them contains an element, or has styles of its own, which would be lost.
    """
    contents: dict[str, str] = {}
    pieces, at = [], 0
    for tag in FIT.finditer(document):
        end = document.find("<", tag.end())
        text = document[tag.end() : end]
        name = _ID.search(tag[0])
        if (
            not name
            or not text.strip()
            or not document.startswith("</", end)
            or {"\r", "\0"} & set(text)
            or re.search(r"\sstyle\s*=", tag[0], re.I)
        ):
            return None
        contents[name[1]] = html.unescape(text)
        pieces += [document[at : tag.end()], "x"]
        at = end
    skeleton = "".join((*pieces, document[at:]))
    skeleton = _SVG.sub(r"\1</svg>", _TITLE.sub("<title></title>", skeleton))
    if not contents or len(skeleton) > LONGEST or _STYLED_SLOT.search(skeleton):
        return None
    return skeleton, contents
