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
