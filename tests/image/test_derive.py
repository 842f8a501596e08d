"""derive: from the original to each file, measured from its bytes."""

from __future__ import annotations

import io
import struct
from typing import Any

import msgspec
import pytest
from PIL import Image

from assetgen.errors import ManifestError, StorageError
from assetgen.image import decode, derive, steps, xmp
from assetgen.image.decode import Facts
from assetgen.manifest.key_types import Fit, Variants
from assetgen.manifest.schema import Asset
from tests.support.images import bomb, picture, with_mark


def asset(path: str = "public/a.png", **more: Any) -> Asset:
    return Asset(id="a", kind="cover", path=path, alt="", **more)


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("PNG"), Facts("png", 60, 40, False)),
        (picture("PNG", mode="RGBA"), Facts("png", 60, 40, True)),
        (picture("PNG", mode="P", transparency=0), Facts("png", 60, 40, True)),
        (picture("PNG", mode="L"), Facts("png", 60, 40, False)),
        (picture("JPEG"), Facts("jpeg", 60, 40, False)),
        (picture("WEBP", mode="RGBA"), Facts("webp", 60, 40, True)),
        (picture("AVIF"), Facts("avif", 60, 40, False)),
    ],
    ids=["PNG", "with alpha", "palette with alpha", "grey", "JPEG", "WebP with alpha", "AVIF"],
)
def test_facts_are_measured_from_the_bytes(data: bytes, expected: Facts) -> None:
    assert decode.facts(data) == expected


@pytest.mark.parametrize(
    "size", [(8000, 8000), (10_000, 10_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1)], ids=str
)
def test_a_picture_that_would_fill_the_memory_is_refused_from_its_header(
    size: tuple[int, int],
) -> None:
    for read in (decode.facts, decode.decode):
        with pytest.raises(StorageError, match=r"the limit is 50$"):
            read(bomb(*size))


_NO_PICTURES = {
    "nothing": b"",
    "text": b"not a picture",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "GIF": picture("GIF", mode="P"),
    "TIFF": picture("TIFF"),
    "BMP": picture("BMP"),
    "PDF": picture("PDF"),
    "empty PNG": bomb(0, 0),
    "signature": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("data", _NO_PICTURES.values(), ids=_NO_PICTURES)
def test_a_file_in_none_of_the_four_formats_is_refused(data: bytes) -> None:
    for read in (decode.facts, decode.decode):
        with pytest.raises(StorageError, match="PNG, JPEG, WebP or AVIF picture"):
            read(data)


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_picture_that_is_cut_off_is_refused(fmt: str) -> None:
    data = picture(fmt)
    with pytest.raises(StorageError, match="not a whole"):
        decode.decode(data[: len(data) * 2 // 3])


@pytest.mark.parametrize(
    ("fmt", "mode", "expected"),
    [
        ("PNG", "1", "RGB"),
        ("PNG", "L", "RGB"),
        ("PNG", "LA", "RGBA"),
        ("PNG", "P", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("JPEG", "CMYK", "RGB"),
        ("JPEG", "L", "RGB"),
        ("AVIF", "RGBA", "RGBA"),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_or_rgba(fmt: str, mode: str, expected: str) -> None:
    assert decode.decode(picture(fmt, mode=mode)).mode == expected


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    image = Image.frombytes("I;16", (3, 1), struct.pack("<3H", 0, 0x8000, 0xFFFF))
    out = io.BytesIO()
    image.save(out, "PNG")
    found = decode.decode(out.getvalue())
    assert [found.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    found = decode.decode(picture("JPEG", exif=exif))
    assert found.size == (40, 60)
    red, green, _ = found.getpixel((20, 5))  # type: ignore[misc]
    assert red > green


# -- the way to the files --------------------------------------------------------------------------


@pytest.mark.parametrize("fmt", ["png", "jpeg", "webp", "avif"])
def test_usable_bytes_stay_as_they_are(fmt: str) -> None:
    data = picture(fmt.upper())
    suffix = {"jpeg": "jpg"}.get(fmt, fmt)
    [file] = derive.derive(data, asset(f"public/a.{suffix}"), None)
    assert file.data == data


def test_a_png_of_assetgen_gets_its_mark_and_keeps_its_pixels() -> None:
    data = picture()
    [file] = derive.derive(data, asset(), "algorithmicMedia")
    assert xmp.source_type(file.data) == "algorithmicMedia"
    assert _opened(file.data).tobytes() == _opened(data).tobytes()


def test_a_marked_png_stays_as_it_is() -> None:
    data = with_mark(picture(), xmp.packet("trainedAlgorithmicMedia"))
    [file] = derive.derive(data, asset(), "trainedAlgorithmicMedia")
    assert file.data == data


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "webp", "avif", "PNG"])
def test_an_encoded_file_has_the_format_of_its_suffix_and_the_mark(suffix: str) -> None:
    fit = Fit(30, 20)
    [file] = derive.derive(
        picture(mode="RGBA"), asset(f"public/a.{suffix}", fit=fit), "trainedAlgorithmicMedia"
    )
    assert (file.width, file.height) == (30, 20)
    assert file.format == {"jpg": "jpeg"}.get(suffix.lower(), suffix.lower())
    assert xmp.source_type(file.data) == "trainedAlgorithmicMedia"


@pytest.mark.parametrize("mode", ["cover", "contain", "exact"])
@pytest.mark.parametrize("size", [(60, 40), (1200, 800), (61, 41)], ids=str)
def test_a_fit_has_exactly_its_size(mode: Any, size: tuple[int, int]) -> None:
    [file] = derive.derive(picture(size=size), asset(fit=Fit(30, 20, mode)), None)
    assert (file.width, file.height) == (30, 20)


def test_cover_crops_the_middle_and_contain_pads() -> None:
    data = picture(size=(60, 20))
    [covered] = derive.derive(data, asset(fit=Fit(20, 20, "cover")), None)
    [contained] = derive.derive(data, asset(fit=Fit(20, 20, "contain")), None)
    corners = ((0, 0), (19, 0), (0, 19), (19, 19))
    pixels = [_opened(covered.data).convert("RGB").getpixel(at) for at in corners]
    assert [red > green for red, green, _ in pixels] == [True, False, True, False]  # type: ignore[misc]
    assert contained.alpha
    assert [_opened(contained.data).getpixel(at)[3] for at in corners] == [0, 0, 0, 0]  # type: ignore[index]


def test_contain_pads_white_in_a_format_without_alpha() -> None:
    [file] = derive.derive(
        picture(size=(60, 20)), asset("public/a.jpg", fit=Fit(20, 20, "contain")), None
    )
    assert min(_opened(file.data).getpixel((0, 0))) > 245  # type: ignore[arg-type]


def test_exact_refuses_another_ratio() -> None:
    with pytest.raises(ManifestError, match="asks for 30x30, but the picture is 60x40") as caught:
        derive.derive(picture(), asset(fit=Fit(30, 30, "exact")), None)
    assert "cover" in str(caught.value.cure)


def test_variants_are_made_at_their_width_in_every_format() -> None:
    wanted = asset("public/a.webp", fit=Fit(40, 20), variants=Variants((10, 20), ("avif", "webp")))
    files = derive.derive(picture(), wanted, None)
    assert [(file.path, file.width, file.height, file.format) for file in files] == [
        ("public/a.webp", 40, 20, "webp"),
        ("public/a-10.avif", 10, 5, "avif"),
        ("public/a-20.avif", 20, 10, "avif"),
        ("public/a-10.webp", 10, 5, "webp"),
        ("public/a-20.webp", 20, 10, "webp"),
    ]


def test_a_variant_is_never_larger_than_the_picture() -> None:
    with pytest.raises(
        ManifestError, match="variant width 61 is larger than the picture's own 60 pixels"
    ):
        derive.derive(picture(), asset(variants=Variants((61,))), None)


def test_a_picture_of_one_row_has_variants_of_one_row() -> None:
    files = derive.derive(picture(size=(600, 1)), asset(variants=Variants((10,))), None)
    assert (files[1].width, files[1].height) == (10, 1)


def test_an_opaque_alpha_plane_is_left_out_and_another_one_is_kept() -> None:
    opaque = Image.new("RGBA", (60, 40), (1, 2, 3, 255))
    glass = Image.new("RGBA", (60, 40), (1, 2, 3, 100))
    for image, alpha in ((opaque, False), (glass, True)):
        out = io.BytesIO()
        image.save(out, "PNG")
        for path in ("public/a.webp", "public/a.avif"):
            [file] = derive.derive(out.getvalue(), asset(path), None)
            assert file.alpha is alpha


def test_an_opaque_image_is_refused_if_a_transparent_one_was_requested() -> None:
    with pytest.raises(StorageError, match="must be transparent and is not"):
        derive.derive(picture(), asset(background="transparent"), None)


def test_the_same_original_gives_the_same_bytes() -> None:
    wanted = asset(
        "public/a.webp", fit=Fit(33, 21), variants=Variants((10,), ("avif", "jpeg", "png", "webp"))
    )
    one, other = (derive.derive(picture(), wanted, "algorithmicMedia") for _ in range(2))
    assert [file.data for file in one] == [file.data for file in other]


def test_the_steps_state_every_size_format_and_quality() -> None:
    wanted = asset("public/a.webp", fit=Fit(40, 20, "contain"), variants=Variants((10,), ("png",)))
    assert msgspec.to_builtins(steps.steps(wanted)) == (
        {"op": "fit", "mode": "contain", "width": 40, "height": 20, "filter": "lanczos"},
        {"op": "encode", "format": "webp", "quality": 80},
        {"op": "encode", "format": "png", "path": "public/a-10.png", "width": 10},
    )


@pytest.mark.parametrize("size", [(60, 40), (8, 4), (1, 1), (4000, 30)], ids=str)
def test_a_placeholder_is_a_tiny_picture_of_the_same_shape(size: tuple[int, int]) -> None:
    import base64

    url = decode.placeholder(decode.decode(picture(size=size)))
    start = "data:image/png;base64,"
    assert url.startswith(start)
    tiny = _opened(base64.b64decode(url[len(start) :]))
    assert tiny.width == min(16, size[0])
    assert tiny.height == max(1, round(size[1] * tiny.width / size[0]))
    assert len(url) < 900


def test_the_encoder_is_named_with_its_libraries() -> None:
    named = derive.encoder(("png", "webp", "png"))
    assert named.startswith("pillow ")
    assert named.count("zlib") == 1 and "libwebp " in named
