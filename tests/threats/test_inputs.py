"""Pictures that the manifest names are inside the project, regular, small enough and real."""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from assetgen.errors import ManifestError, StorageError
from assetgen.generate import adopt
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.image import decode
from assetgen.image.png import chunk
from assetgen.plan.workspace import open_workspace
from tests.support.attack import generate, link, own_kind, page, refusals
from tests.support.images import picture
from tests.support.place import COVER, Place


def _png(width: int, height: int, *extra: bytes, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = [
        chunk(b"IHDR", header),
        *extra,
        chunk(b"IDAT", zlib.compress(data)),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def _whole() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "PNG")
    return out.getvalue()


def _bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(data), None)[1]


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 70 * 1024 * 1024)


_HARMFUL: dict[str, tuple[Callable[[Path], None], str]] = {
    "link outside": (lambda path: path.symlink_to("/etc/passwd"), "symbolic link"),
    "link to zeros": (lambda path: path.symlink_to("/dev/zero"), "symbolic link"),
    "pipe": (os.mkfifo, "not a"),
    "folder": (Path.mkdir, "not a"),
    "huge": (_sparse, "the limit is|larger than any"),
    "text": (_bytes(b"root:x:0:0\n"), "not a (whole )?PNG"),
    "empty": (_bytes(b""), "not a (whole )?PNG"),
    "html": (_bytes(b"<script>alert(1)</script>"), "not a (whole )?PNG"),
    "svg": (
        _bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        "not a (whole )?PNG|this SVG states no size",
    ),
    "cut off in the header": (_bytes(_whole()[:30]), "not a (whole )?PNG"),
    "cut off in the pixels": (_bytes(_whole()[:300]), "not a (whole )?PNG"),
    "2.5 billion pixels": (_bytes(_png(50_000, 50_000)), "50000x50000 pixels"),
    "100 million pixels": (_bytes(_png(10_000, 10_000)), "10000x10000 pixels"),
    "no pixels": (_bytes(_png(0, 0)), "not a (whole )?PNG"),
    "text that unpacks to 100 MB": (
        _bytes(_png(8, 8, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000))))),
        "not a (whole )?PNG",
    ),
    "chunk of 2 GB": (_bytes(_whole()[:33] + b"\x7f\xff\xff\xffIDAT"), "not a (whole )?PNG"),
    "gzip": (_bytes(gzip.compress(_whole())), "not a (whole )?PNG"),
}


@pytest.mark.parametrize(("make", "said"), _HARMFUL.values(), ids=_HARMFUL.keys())
def test_a_picture_value_that_is_not_an_image_is_refused(
    bare: Place, make: Callable[[Path], None], said: str
) -> None:
    bare.manifest(COVER.format(id="a", title="x") + 'layout = "photo"\npicture = "assets/x.png"\n')
    bare.write("assets/other", "")
    make(bare.root / "assets/x.png")
    outcome = generate(bare)
    assert not outcome.made
    assert re.search(said, refusals(outcome))
    assert "object at" not in refusals(outcome)


@pytest.mark.parametrize(("make", "said"), _HARMFUL.values(), ids=_HARMFUL.keys())
def test_a_file_that_is_not_an_image_is_not_adopted(
    bare: Place, make: Callable[[Path], None], said: str
) -> None:
    bare.covers("a")
    bare.write("assets/other", "")
    make(bare.root / "assets/x.png")
    with pytest.raises(StorageError, match=said):
        adopt.adopt(
            bare.root,
            "a",
            bare.root / "assets/x.png",
            Brought(),
            Options(commit=False),
            bare.environ,
        )
    assert not bare.has("public/a.png")
    assert not bare.has(".assetgen/records/a.json")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK", "YCbCr"])
def test_every_honest_kind_of_pixels_is_read_as_rgb_or_rgba(mode: str) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert(mode).save(
        out, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    )
    assert decode.decode(out.getvalue()).mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_only_the_first_frame_of_an_animation_is_used() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert decode.decode(out.getvalue()).getpixel((0, 0)) == (255, 0, 0)


def test_a_photo_is_turned_as_its_camera_says() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    assert decode.decode(out.getvalue()).size == (20, 40)


# -- pictures beside a layout ----------------------------------------------------------------------

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="9" height="9">{}</svg>'
)


def _half_packed() -> bytes:
    """gzip data whose first part is stored as plain text; the second part shows no bracket."""
    packer = zlib.compressobj(0, wbits=31)
    first = packer.compress(b"<svg >") + packer.flush()
    tails = (
        gzip.compress(b'<image href="/etc/x.png"/></svg>' + b" " * n, mtime=0) for n in range(1000)
    )
    return first + next(tail for tail in tails if b"<" not in tail)


_BESIDE = {
    "bomb.png": _png(50_000, 50_000),
    "bomb.gif": b"GIF89a\xff\xff\xff\xff\0\0\0;",
    "text.png": b"root:x:0:0",
    "cut.png": picture("PNG")[:60],
    "cut.gif": picture("GIF", mode="P")[:-20],
    "cut.webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "image.svg": _SVG.format('<image href="/etc/x.png"/>').encode(),
    "prefixed.svg": (
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:image href="/etc/x.png"/></s:svg>'
    ),
    "text.svg": _SVG.format("<text>x</text>").encode(),
    "use.svg": _SVG.format('<use href="/etc/x.svg#a"/>').encode(),
    "xlink.svg": _SVG.format('<use xlink:href="x.svg#a"/>').encode(),
    "foreign.svg": _SVG.format("<foreignObject/>").encode(),
    "script.svg": _SVG.format("<script/>").encode(),
    "style.svg": _SVG.format("<style>@import 'x'</style>").encode(),
    "filter.svg": _SVG.format('<filter><feImage href="/etc/x.png"/></filter>').encode(),
    "entity.svg": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "/etc/passwd">]>'
    + _SVG.format("<path d='&x;'/>").encode(),
    "laughs.svg": b'<!DOCTYPE svg [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
    + _SVG.format("").encode(),
    "sheet.svg": b'<?xml-stylesheet href="x.css"?>' + _SVG.format("").encode(),
    "utf16.svg": _SVG.format('<image href="/etc/x.png"/>').encode("utf-16"),
    "packed.svg": gzip.compress(_SVG.format('<image href="/etc/x.png"/>').encode()),
    "half-packed.svg": _half_packed(),
    "cdata.svg": _SVG.format("<![CDATA[<]]><image href='/etc/x.png'/>").encode(),
}


@pytest.mark.parametrize("name", _BESIDE)
def test_a_picture_beside_a_layout_is_pixels_or_plain_shapes(bare: Place, name: str) -> None:
    own_kind(bare, page(f'<img src="{name}">'))
    bare.write(f"templates/mine/{name}", _BESIDE[name])
    outcome = generate(bare)
    assert not outcome.made
    assert outcome.failed[0].error.exit_code == 8


def test_plain_shapes_beside_a_layout_are_shown(bare: Place) -> None:
    own_kind(bare, page('<img src="ok.svg">'))
    inner = (
        '<defs><linearGradient id="g"/></defs><use href="#a"/>'
        '<rect id="a" width="9" height="9" fill="url(#g)"/>'
    )
    bare.write(
        "templates/mine/ok.svg",
        '<?xml version="1.0"?>\n<!-- drawn by hand -->' + _SVG.format(inner),
    )
    assert generate(bare).made


def test_a_link_beside_a_layout_is_not_followed(bare: Place) -> None:
    own_kind(bare, page('<img src="x.png">'))
    picture = bare.picture("elsewhere.png")
    link(bare, "templates/mine/x.png", picture)
    with pytest.raises(Exception, match="symbolic link"):
        generate(bare)


# -- files that are larger than any picture --------------------------------------------------------


def _gigabytes(place: Place, path: str) -> None:
    place.write(path, "")
    os.truncate(place.root / path, 6 * 1024**3)


@pytest.mark.parametrize("role", ["input", "picture", "output"])
def test_a_sparse_file_of_gigabytes_is_refused_without_reading_it(bare: Place, role: str) -> None:
    painted = 'route = "codex"\nprompt = "x"\ninputs = ["in/x.png"]\n'
    shown = 'values = { title = "x", layout = "photo", picture = "in/x.png" }\n'
    more = {"input": painted, "picture": shown, "output": 'values.title = "x"\n'}[role]
    path = "public/a.png" if role == "output" else "in/x.png"
    bare.manifest(f'[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = ""\n{more}')
    _gigabytes(bare, path)
    before = time.process_time()
    project = open_workspace(bare.root)
    if role == "output":
        assert [one.state for one in project.decide()] == ["foreign"]
    else:
        with pytest.raises(ManifestError, match=r"in/x\.png is larger than any picture"):
            project.decide()
    assert time.process_time() - before < 2  # to digest it takes more than ten seconds
