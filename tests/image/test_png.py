"""Our PNG encoder: the pixels come back, and the bytes depend on no machine."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from assetgen.image import png

_WIDTH, _HEIGHT = 64, 40


def _pixels(channels: int) -> bytes:
    """Flat areas, a gradient and some noise."""
    noise = b"".join(hashlib.sha256(bytes([row])).digest() for row in range(_HEIGHT))
    pixels = bytearray()
    for row in range(_HEIGHT):
        for column in range(_WIDTH):
            pixels += bytes((column * 4, 200, row if row % 3 else noise[row * 32 + column // 2]))
            pixels += bytes([255 - row])[: channels - 3]
    return bytes(pixels)


@pytest.mark.parametrize(
    ("alpha", "digest"),
    [
        (False, "5dd6115bb87b3aa7"),
        (True, "ed3796177345c56d"),
    ],
)
def test_a_png_has_the_same_bytes_on_every_machine(alpha: bool, digest: str) -> None:
    pixels = _pixels(4 if alpha else 3)
    made = png.encode(_WIDTH, _HEIGHT, pixels, alpha=alpha)
    with Image.open(io.BytesIO(made)) as image:
        assert (image.mode, image.size) == ("RGBA" if alpha else "RGB", (_WIDTH, _HEIGHT))
        assert image.tobytes() == pixels
    assert hashlib.sha256(made).hexdigest()[:16] == digest


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_photograph_gets_a_filter_and_flat_areas_get_none(mode: str) -> None:
    """What is handed to the engine: it reads a photograph in half the time."""
    slopes = [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180, 270)]
    grain = Image.effect_noise((256, 256), 4)
    photo = Image.merge(mode, [Image.blend(slope, grain, 0.2) for slope in slopes[: len(mode)]])
    flat = Image.new(mode, (256, 256), "#0b3d2e")
    flat.paste(Image.new(mode, (90, 31), "#ffffff"), (40, 50))
    for image in (photo, flat):
        made = png.encode_image(image)
        plain = png.encode(*image.size, image.tobytes(), alpha=mode == "RGBA")
        assert made == plain if image is flat else len(made) < 0.9 * len(plain)
        with Image.open(io.BytesIO(made)) as back:
            assert (back.mode, back.tobytes()) == (mode, image.tobytes())
    tiny = Image.new(mode, (1, 1), "#123456")
    assert Image.open(io.BytesIO(png.encode_image(tiny))).tobytes() == tiny.tobytes()
