"""Reads drawn images with programs that are not ours, and measures what was read."""

from __future__ import annotations

import json
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from PIL import Image, ImageDraw, ImageFont, ImageOps

from tests.support.look_pages import ROOT, Written

HERE = Path(__file__).resolve().parent.parent / "look"
#: At most this share of a text may be read otherwise: wrong, missing or added characters.
#: Plain text is read with at most half of it, see test_reading.
WORST = 0.2
_HIGH = 40  # of letters that are cut out, in pixels
_PUNCTUATION = frozenset("PZCS")


class Reader:
    """A program that reads images: RapidOCR, or Tesseract for the language that is its name."""

    def __init__(self, environment: Path, name: str) -> None:
        self.name = name
        program = [str(environment / "python/bin/python"), "-I", str(HERE / "read_rapidocr.py")]
        if name != "rapidocr":
            script = shutil.copy(HERE / "read_tesseract.cjs", environment)
            program = ["node", str(script)]
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    @property
    def modes(self) -> tuple[str, ...]:
        """The ways to read a line: as a line, a word or a block, which Tesseract tells apart."""
        return ("line",) if self.name == "rapidocr" else ("7", "8", "6")

    def read(self, paths: Sequence[Path], mode: str = "") -> list[list[dict[str, Any]]]:
        """The lines of each image: their texts, and their boxes in pixels if it says them."""
        assert self._process.stdin and self._process.stdout
        asked = {"paths": [str(path) for path in paths], "language": self.name, "mode": mode}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"{self.name} has ended"
        found: list[list[dict[str, Any]]] = json.loads(answer)
        return found


def plain(text: str) -> str:
    """A text as it is compared: letters, marks and digits only, in one form and one case."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] not in _PUNCTUATION)


def misread(text: str, read: str) -> float:
    """The smallest edit distance from ``text`` to a part of ``read``, for each character of it."""
    wanted, found = plain(text), plain(read)
    if not wanted:
        return 0.0
    row = [0] * (len(found) + 1)  # a part may begin anywhere
    for index, char in enumerate(wanted, 1):
        above, row = row, [index]
        for place, other in enumerate(found):
            row.append(min(above[place] + (char != other), above[place + 1] + 1, row[place] + 1))
    return min(row) / len(wanted)


@dataclass(frozen=True)
class Seen:
    """A text of an image, how much of it was misread, and what was read instead."""

    written: Written
    error: float
    read: str
    is_limit: bool = False
    """Whether the reader does not read it from black letters on white paper either."""


def seen(reader: Reader, drawn: Path, texts: Sequence[Written], font: Path | None) -> list[Seen]:
    """What the reader makes of the texts of a drawn file.

    RapidOCR reads the file as it is. What it does not find, and all that Tesseract reads, is cut
    out of the file, made black on white and enlarged.
    """
    with Image.open(drawn) as picture:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
    lines = []
    if reader.name == "rapidocr":
        paper.save(drawn)
        lines = reader.read([drawn])[0]
    found = []
    for number, text in enumerate(texts):
        best = _judged(text, _near(lines, text))
        if best.error > WORST and text.box:
            for ink_of, high in _WAYS:
                lines_here = lines_of(paper, text, ink_of, high)
                own = read_lines(reader, lines_here, drawn.with_suffix(f".{number}"), text)
                best = min(best, own, key=lambda seen: seen.error)
                if best.error <= WORST:
                    break
        if best.error > WORST:
            page = [on_paper(text, font)]
            plain = read_lines(reader, page, drawn.with_suffix(f".{number}-paper"), text)
            best = Seen(text, best.error, best.read, plain.error > WORST)
        found.append(best)
    return found


def read_lines(reader: Reader, lines: Sequence[Image.Image], at: Path, text: Written) -> Seen:
    """The best of what the reader makes of a text, whose lines are images of their own."""
    paths = [at.with_name(f"{at.name}-{number}.png") for number in range(len(lines))]
    for path, line in zip(paths, lines, strict=True):
        line.save(path)
    best = Seen(text, 2.0, "")
    for mode in reader.modes:
        answers = reader.read(paths, mode)
        found = "".join(line["text"] for answer in answers for line in answer)
        # Tesseract writes a word from right to left backwards if it stands alone.
        tries = [_judged(text, found)]
        tries += [_judged(text, found[::-1])] if reader.name in ("ara", "heb") else []
        best = min(best, *tries, key=lambda seen: seen.error)
        if best.error <= WORST:
            break
    return best


def _judged(text: Written, read: str) -> Seen:
    return Seen(text, misread(text.text, read), read)


def _near(lines: Sequence[dict[str, Any]], text: Written) -> str:
    """The lines of the reader that are where a text is, from top to bottom."""
    if text.box is None:
        return "".join(line["text"] for line in lines)
    left, top, right, bottom = text.box
    near = []
    for line in lines:
        begins, above, ends, below = line["box"]
        if begins < right and ends > left and top - 2 < (above + below) / 2 < bottom + 2:
            near.append((above, line["text"]))
    return "".join(read for _, read in sorted(near))


def lines_of(
    picture: Image.Image, text: Written, ink_of: Callable[[Image.Image], Image.Image], high: int
) -> list[Image.Image]:
    """The lines of a text in a picture, black on white, their letters ``high`` pixels high."""
    assert text.box
    left, top, right, bottom = text.box
    room = text.high * 0.1
    part = picture.crop(
        (
            max(0, int(left - room)),
            max(0, int(top - room)),
            min(picture.width, int(right + room)),
            min(picture.height, int(bottom + room)),
        )
    ).convert("L")
    scale = high / max(text.high, 1)
    part = part.resize(
        (int(part.width * scale), int(part.height * scale)), Image.Resampling.LANCZOS
    )
    ink = ImageOps.autocontrast(ink_of(part))
    rows = [max(ink.crop((0, y, ink.width, y + 1)).tobytes()) for y in range(ink.height)]
    return [
        ImageOps.expand(ImageOps.invert(ink.crop(box)), 24, fill=255)
        for top, bottom in _bands([value > 96 for value in rows], gap=int(high * 0.16))
        if (box := _trimmed(ink, top, bottom)) and bottom - top > high * 0.3
    ]


def _one_ground(part: Image.Image) -> Image.Image:
    """How much each pixel differs from the most frequent one."""
    counts = part.histogram()
    ground = max(range(256), key=counts.__getitem__)
    return part.point([abs(value - ground) for value in range(256)])


def _ground_of_columns(part: Image.Image) -> Image.Image:
    """How much each pixel differs from the most frequent one of its column: badges have two."""
    ink = Image.new("L", part.size)
    for x in range(part.width):
        ink.paste(_one_ground(part.crop((x, 0, x + 1, part.height))), (x, 0))
    return ink


def _white(part: Image.Image) -> Image.Image:
    """How near each pixel is to white, as letters on a photo are."""
    return part.point([max(0, value - 180) for value in range(256)])


# How the letters of a text are told from its ground, and how large they are made for the reader.
_WAYS = (
    (_one_ground, _HIGH),
    (_ground_of_columns, _HIGH),
    (_white, _HIGH),
    (_one_ground, 64),
    (_one_ground, 28),
)


def _bands(has_ink: Sequence[bool], gap: int) -> list[tuple[int, int]]:
    """The runs of rows with ink; a gap of fewer rows is between letters and their marks."""
    bands: list[tuple[int, int]] = []
    for row, ink in enumerate(has_ink):
        if not ink:
            continue
        if bands and row - bands[-1][1] <= gap:
            bands[-1] = (bands[-1][0], row + 1)
        else:
            bands.append((row, row + 1))
    return bands


def _trimmed(ink: Image.Image, top: int, bottom: int) -> tuple[int, int, int, int] | None:
    box = ink.crop((0, top, ink.width, bottom)).point(lambda value: 255 * (value > 96)).getbbox()
    return (box[0], top, box[2], bottom) if box else None


def on_paper(text: Written, font: Path | None) -> Image.Image:
    """A text in plain black letters of the same font on white paper."""
    inter = ROOT / "templates" / "fonts" / "Inter.ttf"
    own = font if font and not text.text.isascii() else inter
    face = ImageFont.truetype(str(own), _HIGH)
    face.set_variation_by_axes(
        [
            500 if axis["name"] == b"Weight" else axis["default"] or 0
            for axis in face.get_variation_axes()
        ]
    )
    left, top, right, bottom = face.getbbox(text.text)
    paper = Image.new("L", (int(right - left) + 40, int(bottom - top) + 40), 255)
    ImageDraw.Draw(paper).text((20 - left, 20 - top), text.text, font=face, fill=0)
    return paper
