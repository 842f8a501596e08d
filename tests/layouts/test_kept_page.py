"""kept_page: what a page measured for earlier images changes no later one."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from assetgen.errors import TemplateError
from assetgen.layouts import closure, kept_page, kind, render
from assetgen.layouts.autofit import texts_of
from assetgen.layouts.spec import Order
from tests.support.rows import every

_FONTS = kind.available_fonts(Path("none"))
_TITLES = (
    "Short",
    "A title that takes two lines or three of them, and is balanced",
    "Incomprehensibilities of pneumonoultramicroscopicsilicovolcanoconiosis",
    "I",
    "R&D <b> “quoted” — naïve, don’t",
    "With a smile 😀 and a key 7️⃣",
    "words " * 300,
    "Short",
)


def _drawn(layout: str, titles: tuple[str, ...]) -> dict[str, bytes | str]:
    of = kind.find(closure.shipped_root().parent, "cover")
    found: dict[str, bytes | str] = {}
    for number, title in enumerate(titles):
        below = " ".join(["and a subtitle"] * (number % 3))
        values = of.fill({"title": title, "subtitle": below, "layout": layout})
        key = f"{title} {below}"
        try:
            found[key] = render.draw(Order(of, values, 1200, 630, fonts=_FONTS)).png
        except TemplateError as exc:
            found[key] = exc.what
    return found


@pytest.mark.parametrize("layout", every(3, ["split", "centred", "editorial"]))
def test_a_picture_does_not_depend_on_earlier_texts(
    layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_others = _drawn(layout, _TITLES)
    monkeypatch.setattr(kept_page, "MOST", 0)
    assert _drawn(layout, _TITLES) == after_others
    assert any("does not fit" in str(said) for said in after_others.values())


_KEPT = '<h1 id="a" data-fit="a" data-sizes="20 10">x</h1>'


@pytest.mark.parametrize(
    ("document", "is_kept"),
    [
        (_KEPT, True),
        (_KEPT + "<svg><path d='M0 0'/></svg>", True),
        (_KEPT.replace(">x<", "><b>x</b><"), False),
        (_KEPT.replace(">x<", "> <"), False),
        (_KEPT.replace(">x<", ">x\ry<"), False),
        (_KEPT.replace(" id", ' style="color: red" id'), False),
        (_KEPT + '<p id="a-slot" style="max-width: 9px"></p>', False),
        (_KEPT + "x" * kept_page.LONGEST, False),
        ("<p>x</p>", False),
    ],
)
def test_a_page_is_kept_if_only_its_texts_change(document: str, is_kept: bool) -> None:
    canvas = (100, 50, 1.0, False)
    with kept_page.measuring(document, "", canvas, texts_of(document)) as page:
        assert (page is not None) == is_kept


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_fork_draws_with_pages_of_its_own() -> None:
    before = _drawn("split", _TITLES[:2])
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        os._exit(0 if _drawn("split", _TITLES[:2]) == before else 1)
    assert os.waitpid(child, 0)[1] == 0
