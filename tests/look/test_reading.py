"""Every word of every layout is read from the drawn file, in every script that a reader knows.

``build/look/reading`` has the images, and what was read in each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.layouts import render
from tests.support.look_pages import SIZES, Written, fitting, font_file, layouts, written
from tests.support.look_reading import WORST, Reader, Seen, on_paper, read_lines, seen
from tests.support.look_words import SCRIPTS

_PLAIN_WORST = 0.1  # of all characters of a script on plain paper
_ALL = os.environ.get("ASSETGEN_LOOK_ALL") == "1"
#: The letters of icons are no words, which is what readers are for.
_WORDLESS = "icon"
# Without ASSETGEN_LOOK_ALL=1, each script and each layout at one size, another one each time.
_ROWS = [
    (script, name, layout, size)
    for row, script in enumerate(SCRIPTS)
    for column, (name, layout) in enumerate(layouts())
    for place, size in enumerate(SIZES)
    if name != _WORDLESS and (_ALL or place == (row + column) % len(SIZES))
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_reader_knows_its_script_on_plain_paper(
    name: str, look: Path, reader_of: Callable[[str], Reader], tmp_path: Path
) -> None:
    """The measure of all other rows: what is misread here is a limit of the reader."""
    script = SCRIPTS[name]
    texts = [*script.short, *script.phrases, *script.sentences]
    reader, font = reader_of(script.reader), font_file(look, script)
    found = []
    for text in texts:
        plain = Written("", text, None, 40)
        found.append(read_lines(reader, [on_paper(plain, font)], tmp_path / "plain", plain))
    share = sum(one.error * len(one.written.text) for one in found) / sum(map(len, texts))
    print(f"{name}: {share:.3f} of the characters are misread")
    assert share <= _PLAIN_WORST, found


@pytest.mark.parametrize(
    ("script", "name", "layout", "size"),
    _ROWS,
    ids=[f"{script}-{name}-{layout}-{size[0]}x{size[1]}" for script, name, layout, size in _ROWS],
)
def test_every_word_is_read_from_the_drawn_file(
    script: str,
    name: str,
    layout: str,
    size: tuple[int, int],
    look: Path,
    reader_of: Callable[[str], Reader],
) -> None:
    known = SCRIPTS[script]
    made = fitting(known, name, layout, size, look)
    folder = look / "reading"
    folder.mkdir(exist_ok=True)
    drawn = folder / f"{script}-{name}-{layout}-{size[0]}x{size[1]}.png"
    drawn.write_bytes(render.draw(made).png)
    texts = written(made, render.painted(made)[0])
    if known.reader != "rapidocr":  # Latin is read in the rows of RapidOCR
        texts = [one for one in texts if not one.text.isascii()]
    assert texts
    found = seen(reader_of(known.reader), drawn, texts, font_file(look, known))
    said = [
        {
            "value": one.written.name,
            "text": one.written.text,
            "read": one.read,
            "error": round(one.error, 2),
            "limit": one.is_limit,
        }
        for one in found
    ]
    drawn.with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    missing = [one for one in found if one.error > _most(one) and not one.is_limit]
    assert not missing, [(one.written.name, one.written.text, one.read) for one in missing]


def _most(seen: Seen) -> float:
    """The share that may be misread: on a pill, readers know two or three letters alone badly."""
    return WORST if len(seen.written.text) > 3 else 0.7
