"""Files that are made to fit a limit: packed, with a palette, or at a lower quality."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assetgen.image import decode, derive, encode, fitting, likeness, png, xmp
from assetgen.image.derive import Derived
from assetgen.image.steps import QUALITY, Fitting
from assetgen.manifest.key_types import Fit, Format, Variants
from assetgen.manifest.schema import SUFFIX, Asset
from tests.support.images import picture

_SIZE = (480, 270)


def _flat(mode: str = "RGB") -> Image.Image:
    """Areas and round shapes with soft edges, as layouts have: a few hundred colours."""
    large = Image.new(mode, (_SIZE[0] * 4, _SIZE[1] * 4), (15, 23, 42, 0)[: len(mode)])
    draw = ImageDraw.Draw(large)
    for number in range(24):
        x, y = number % 6 * 310 + 40, number // 6 * 260 + 30
        shade = ((250, 250, 250), (79, 70, 229), (245, 158, 11))[number % 3] + (255,)
        draw.ellipse((x, y, x + 130 + number * 4, y + 130 + number * 4), fill=shade[: len(mode)])
    return large.resize(_SIZE, Image.Resampling.LANCZOS)


def _gradient() -> Image.Image:
    down = Image.linear_gradient("L").resize(_SIZE, Image.Resampling.BICUBIC)
    across = Image.linear_gradient("L").rotate(90).resize(_SIZE, Image.Resampling.BICUBIC)
    both = Image.blend(down, across, 0.5)
    return Image.merge("RGB", (both.point(lambda v: 79 + v // 3), down.point(lambda v: v), both))


def _photo() -> Image.Image:
    grain = Image.frombytes("RGB", _SIZE, random.Random(1).randbytes(3 * _SIZE[0] * _SIZE[1]))
    return Image.blend(_gradient(), grain, 0.15)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _opened(data: bytes, mode: str = "RGB") -> Image.Image:
    return Image.open(io.BytesIO(data)).convert(mode)


def _made(original: bytes, path: str = "public/a.png", **more: Any) -> list[Derived]:
    how = {one: more.pop(one) for one in ("is_brought", "private") if one in more}
    asset = Asset(id="a", kind="cover", path=path, alt="", **more)
    return derive.derive(original, asset, "algorithmicMedia", **how)


# -- the picture stays what it is ------------------------------------------------------------------


def test_a_png_is_packed_before_anything_is_lost() -> None:
    flat = _flat()
    before = _png(flat)
    [file] = _made(before, max_kb=len(before) // 1000 - 1)
    assert file.fitting == Fitting(len(before) // 1000 - 1)
    assert len(file.data) <= file.fitting.max_kb * 1000
    assert _opened(file.data).tobytes() == flat.tobytes()
    assert xmp.source_type(file.data) == "algorithmicMedia"


def test_a_flat_picture_gets_a_palette_that_nobody_sees() -> None:
    flat = _flat()
    packed = png.packed(flat, png.MOST)
    [file] = _made(_png(flat), max_kb=len(packed) * 8 // 10_000)
    assert file.fitting is not None and file.fitting.colours in (256, 128, 64)
    after = _opened(file.data)
    assert likeness.is_alike(flat, after)
    assert after.getpixel((1, 1)) == flat.getpixel((1, 1))  # a colour of a brand
    assert len(after.getcolors(1 << 20) or []) <= file.fitting.colours


@pytest.mark.parametrize("paint", [_gradient, _photo])
def test_a_gradient_and_a_photo_get_no_palette(paint: Any) -> None:
    image = paint()
    [file] = _made(_png(image), max_kb=1)
    assert file.fitting == Fitting(1) and file.alpha is False
    assert _opened(file.data).tobytes() == image.tobytes()


def test_few_colours_are_a_palette_without_loss() -> None:
    chance = random.Random(2)
    shades = [tuple(chance.randbytes(3)) for _ in range(200)]
    image = Image.new("RGB", (200, 50))
    image.putdata([chance.choice(shades) for _ in range(10_000)])
    before = _png(image)
    [file] = _made(before, max_kb=12)
    assert file.fitting == Fitting(12, colours=200) and len(file.data) <= 12_000 < len(before)
    assert _opened(file.data).tobytes() == image.tobytes()


def test_a_transparent_picture_stays_transparent() -> None:
    image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    for number in range(90):
        shade = (number, 200 - number, 90, number * 2 + 20)
        image.paste(shade, (number * 3, number, 300, 200 - number))
    before = _png(image)
    [file] = _made(before, max_kb=1, background="transparent")
    assert file.alpha and file.fitting and len(file.data) < len(before)
    assert _opened(file.data, "RGBA").tobytes() == image.tobytes()
    [soft] = _made(_png(_flat("RGBA")), max_kb=1, background="transparent")
    assert soft.alpha and likeness.is_alike(_flat("RGBA"), _opened(soft.data, "RGBA"))


# -- the quality -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_the_highest_quality_that_fits_is_taken_down_to_a_floor(form: Format) -> None:
    before, path = _png(_photo()), f"public/a{SUFFIX[form]}"
    [plain] = _made(before, path)
    [same] = _made(before, path, max_kb=-(-len(plain.data) // 1000))
    assert same == plain and plain.fitting is None
    [least] = _made(before, path, max_kb=1)
    assert least.fitting == Fitting(1, quality=fitting.FLOOR[form])
    limit = (len(plain.data) + len(least.data)) // 2000
    [some] = _made(before, path, max_kb=limit)
    assert some.fitting and some.fitting.quality and len(some.data) <= limit * 1000
    assert fitting.FLOOR[form] <= some.fitting.quality < (QUALITY[form] or 0)

    def encoded(quality: int) -> int:
        return len(fitting.lossy_file(form, 1, lambda _: _at(before, form, quality)).data)

    assert (
        encoded(some.fitting.quality + 5) > limit * 1000
        or some.fitting.quality + 5 == QUALITY[form]
    )


def _at(data: bytes, form: Format, quality: int) -> bytes:
    packet = xmp.packet("algorithmicMedia")
    return encode.encoded(decode.decode(data), form, packet, quality)


def test_each_file_of_each_width_and_format_has_its_own_way() -> None:
    variants = Variants(widths=(160, 320), formats=("png", "webp", "avif", "jpeg"))
    files = _made(_png(_photo()), max_kb=12, variants=variants)
    assert len(files) == 9
    for file in files:
        is_small = len(file.data) <= 12_000
        assert is_small or file.fitting  # at its floor
        if file.fitting:
            assert (file.fitting.quality is None) == (file.format == "png")
    assert any(file.fitting is None for file in files)
    assert {file.path: file.data for file in files} == {
        file.path: file.data for file in _made(_png(_photo()), max_kb=12, variants=variants)
    }


# -- what stays as it is ---------------------------------------------------------------------------


def _signed(data: bytes) -> bytes:
    return data[:33] + png.chunk(b"caBX", b"jumb....c2pa....") + data[33:]


def test_what_a_provider_signed_is_never_encoded_again() -> None:
    signed = _signed(_png(_photo()))
    [file] = _made(signed, max_kb=1, private=["a long prompt of somebody"])
    assert file.data == signed and file.fitting is None
    [smaller] = _made(signed, max_kb=1, private=["x"], fit=Fit(width=240, height=135))
    assert smaller.fitting is not None  # it is another picture anyway


def test_bytes_of_a_provider_that_are_not_signed_are_made_to_fit() -> None:
    before = _png(_flat())
    [file] = _made(before, max_kb=len(before) // 1000 - 1, private=["x"])
    assert file.fitting and _opened(file.data).tobytes() == _flat().tobytes()


def test_what_a_person_brought_stays_and_what_is_made_of_it_fits() -> None:
    before = _png(_photo())
    main, webp = _made(before, max_kb=1, is_brought=True, variants=Variants(formats=("webp",)))
    assert main.fitting is None and _opened(main.data).tobytes() == _photo().tobytes()
    assert webp.fitting == Fitting(1, quality=fitting.FLOOR["webp"])


def test_a_picture_that_fits_is_as_without_a_limit() -> None:
    assert _made(picture(), max_kb=1000) == _made(picture())


# -- what anybody sees -----------------------------------------------------------------------------


def test_a_picture_is_like_itself_and_not_like_one_with_a_word_less() -> None:
    flat = _flat()
    other = flat.copy()
    ImageDraw.Draw(other).rectangle((24, 20, 30, 26), fill=(15, 23, 42))
    assert likeness.is_alike(flat, flat) and not likeness.is_alike(flat, other)
    shifted = ImageChops.offset(flat, 2, 0)
    assert not likeness.is_alike(flat, shifted)


def test_a_shade_of_one_channel_is_seen() -> None:
    red, green, blue = _flat().split()
    other = Image.merge("RGB", (red, green, blue.filter(ImageFilter.BoxBlur(3))))
    assert not likeness.is_alike(_flat(), other)


def test_steps_in_a_soft_area_are_seen_where_the_similarity_is_high() -> None:
    """Slow shades in a dark area: each block is much alike, and the bands are plain to see."""
    slow = Image.linear_gradient("L").resize((256, 1024), Image.Resampling.BICUBIC)
    soft = slow.point(lambda level: 20 + level // 8)
    banded = slow.point(lambda level: 20 + level // 24 * 3)
    before, after = (Image.merge("RGB", [one] * 3) for one in (soft, banded))
    assert likeness.is_alike(before, before)
    assert min(likeness.similarities(soft, banded)) > 0.9
    assert not likeness.is_alike(before, after)


def test_colours_that_nobody_sees_do_not_count() -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    other = Image.new("RGBA", (64, 64), (0, 0, 255, 0))
    assert likeness.is_alike(clear, other)
    assert not likeness.is_alike(clear, Image.new("RGBA", (64, 64), (0, 0, 255, 255)))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 7), (9, 17)], ids=str)
def test_small_pictures_can_be_compared_and_made_to_fit(size: tuple[int, int]) -> None:
    image = _flat().resize(size)
    assert likeness.is_alike(image, image)
    before = _png(image)
    [file] = _made(before, max_kb=1)
    [plain] = _made(before)
    assert len(file.data) <= len(plain.data)


def test_what_was_packed_better_before_stays() -> None:
    """Here by a palette of another program, which a copy in full colour would not have."""
    out = io.BytesIO()
    _photo().quantize(200, kmeans=1).save(out, "PNG", optimize=True)
    [file] = _made(out.getvalue(), max_kb=1)
    [plain] = _made(out.getvalue())
    assert len(file.data) <= len(plain.data)
    low = io.BytesIO()
    _photo().save(low, "JPEG", quality=3, optimize=True)
    [file] = _made(low.getvalue(), "public/a.jpg", max_kb=1)
    assert file.fitting == Fitting(1) and file.data == _made(low.getvalue(), "public/a.jpg")[0].data


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_packed_file_has_the_same_pixels_with_each_filter(mode: str) -> None:
    for image in (_flat(mode), _photo().convert(mode), _gradient().convert(mode)):
        for level in (png.GOOD, png.MOST):
            assert _opened(png.packed(image, level), mode).tobytes() == image.tobytes()
