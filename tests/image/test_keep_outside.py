"""What lies outside a mask stays as it was, whatever a model draws there."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assetgen.errors import ManifestError, StorageError
from assetgen.image import keep_outside
from assetgen.image.keep_outside import EDGE


def png(image: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **how)
    return out.getvalue()


def noise(size: tuple[int, int], seed: int, mode: str = "RGB") -> Image.Image:
    count = size[0] * size[1] * len(mode)
    return Image.frombytes(mode, size, random.Random(seed).randbytes(count))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def nudged(image: Image.Image) -> Image.Image:
    """Every channel of every pixel changed a little, as a model that repaints it would."""
    return image.point(lambda value: value ^ 1)


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.data(),
    st.sampled_from(["RGB", "RGBA"]),
    st.sampled_from(["RGB", "RGBA"]),
)
def test_every_pixel_outside_is_as_it_was(
    size: tuple[int, int], data: st.DataObject, before_mode: str, after_mode: str
) -> None:
    x, y = data.draw(st.integers(0, size[0] - 1)), data.draw(st.integers(0, size[1] - 1))
    box = (x, y, data.draw(st.integers(1, size[0] - x)), data.draw(st.integers(1, size[1] - y)))
    before = noise(size, 1, before_mode)
    after = nudged(before.convert(after_mode))
    kept = keep_outside.keep_outside(png(before), png(after), keep_outside.of_box(box, size))
    if kept.is_torn:  # its alpha was lost, which is a change of the whole
        assert before_mode == "RGBA" and kept.data == png(after)
        return
    made, first = opened(kept.data).convert("RGBA"), before.convert("RGBA")
    assert kept.outside == size[0] * size[1] - box[2] * box[3] >= kept.changed >= kept.moved
    for at in ((left, top) for left in range(size[0]) for top in range(size[1])):
        is_inside = x <= at[0] < x + box[2] and y <= at[1] < y + box[3]
        assert is_inside or made.getpixel(at) == first.getpixel(at)


def test_the_inside_is_the_models_and_the_edge_is_blended() -> None:
    before, after = Image.new("RGB", (100, 80), "#102030"), Image.new("RGB", (100, 80), "#e0d0c0")
    after.paste(before.crop((0, 0, 100, 20)))
    after.paste(before.crop((0, 0, 20, 80)))
    after.paste(before.crop((0, 0, 20, 80)), (80, 0))
    kept = keep_outside.keep_outside(
        png(before), png(after), keep_outside.of_box((20, 20, 60, 60), (100, 80))
    )
    made = opened(kept.data)
    assert made.getpixel((50, 50)) == (0xE0, 0xD0, 0xC0)
    row = made.crop((18, 50, 20 + 3 * EDGE, 51)).getchannel("R").tobytes()
    assert list(row) == sorted(row) and len(set(row)) > EDGE
    assert row[0] == 0x10
    assert (kept.changed, kept.moved, kept.is_torn) == (0, 0, False)


def test_an_image_that_moved_as_a_whole_is_left_as_the_model_drew_it() -> None:
    before = noise((64, 64), 1)
    after = Image.new("RGB", before.size)
    after.paste(before, (3, 0))
    kept = keep_outside.keep_outside(
        png(before), png(after), keep_outside.of_box((8, 8, 16, 16), (64, 64))
    )
    assert kept.is_torn and kept.data == png(after)
    assert kept.moved > (64 * 64 - 16 * 16) // 2


@pytest.mark.parametrize("alpha", [1, 128, 255])
def test_only_what_is_fully_transparent_in_the_mask_changes(alpha: int) -> None:
    mask = Image.new("RGBA", (32, 32), (0, 0, 0, alpha))
    kept = keep_outside.keep_outside(
        png(noise((32, 32), 1)), png(nudged(noise((32, 32), 1))), png(mask)
    )
    assert opened(kept.data).tobytes() == noise((32, 32), 1).tobytes()
    assert kept.changed == kept.outside == 32 * 32


def test_a_narrow_box_is_not_lost_in_its_edge() -> None:
    before, after = Image.new("RGB", (40, 40), "#000"), Image.new("RGB", (40, 40), "#000")
    after.paste((255, 255, 255), (10, 10, 12, 30))
    kept = keep_outside.keep_outside(
        png(before), png(after), keep_outside.of_box((10, 10, 2, 20), (40, 40))
    )
    assert opened(kept.data).getpixel((11, 20)) == (255, 255, 255)


def test_a_profile_of_the_image_stays() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    before = png(noise((16, 16), 1), icc_profile=profile)
    kept = keep_outside.keep_outside(before, before, keep_outside.of_box((1, 1, 3, 3), (16, 16)))
    assert opened(kept.data).info["icc_profile"] == profile


def test_another_size_is_refused() -> None:
    one, other = png(noise((16, 16), 1)), png(noise((16, 17), 1))
    with pytest.raises(StorageError, match="returned 16x17 pixels for an image of 16x16"):
        keep_outside.keep_outside(one, other, keep_outside.of_box((1, 1, 3, 3), (16, 16)))
    with pytest.raises(ManifestError, match="the mask has 16x17 pixels, the image 16x16"):
        keep_outside.keep_outside(one, one, keep_outside.of_box((1, 1, 3, 3), (16, 17)))
