"""Replies are bounded, decoded, fetched from allowed addresses, and published as pixels."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from assetgen.errors import StorageError
from assetgen.image import decode, marking, png, xmp
from assetgen.paid import replies, transport
from assetgen.paid.transport import Line, Lost, Refused
from assetgen.plan.routing import Request
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider as Bound
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded, picture_reply

_REQUEST = Request("/images/generations", {"prompt": "x", "model": "m"}, {})


def bound(url: str, **more: Any) -> Bound:
    return Bound("gateway:g", url, PROFILES["openai"], "K", "sk-canary-KEY", **more)


def answered(place: Place, *pieces: bytes, suffix: str = "png") -> Shop:
    """A project whose only asset got a reply made of ``pieces``."""
    with Vendor(pieces) as vendor:
        shop = Shop(place, cast(Any, vendor))
        shop.wants("a")
        place.manifest(
            place.read("assets.toml").decode().replace("public/a.png", f"public/a.{suffix}")
        )
        shop.generate()
        return shop


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


# -- endless, packed and crafted -------------------------------------------------------------------


def test_a_reply_without_end_is_abandoned_and_may_have_been_billed(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("endless_body")
        error = shop.fails(patience=30.0)
        assert error.exit_code == 12
        assert "larger than" in error.what
        assert len(shop.open_entries()) == 1
        stored = bare.root / ".assetgen/cache/replies/1"
        assert not stored.exists() or stored.stat().st_size <= transport.MAX_REPLY


def test_an_endless_error_is_cut_short(tmp_path: Path) -> None:
    pieces = (b"x" * 65_536 for _ in range(16_384))  # 1 GB
    with Vendor(pieces, "500 Internal Server Error") as vendor:
        with pytest.raises(Refused) as caught:
            Line(bound(vendor.url), 5.0).post(_REQUEST, tmp_path / "reply")
        assert len(caught.value.body) <= transport.MAX_ERROR
        assert vendor.sent < 32 * 1024 * 1024


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_a_reply_that_drips_for_ever_is_ended(tmp_path: Path, status: str) -> None:
    vendor: Vendor

    def drops() -> Iterator[bytes]:
        for _ in range(600):
            vendor.wait(0.05)
            yield b" "

    with Vendor(drops(), status) as vendor:
        with pytest.raises((Lost, Refused)):
            Line(bound(vendor.url), 0.2).post(_REQUEST, tmp_path / "reply")
        assert vendor.sent < 300


@pytest.mark.more
def test_events_without_end_are_read_without_a_picture() -> None:
    events = b'data: {"type":"image_generation.noise"}\n\n' * 50_000
    with pytest.raises(replies.Unreadable, match="without the final image"):
        replies.of_images(events, streamed=True)


@pytest.mark.parametrize("depth", [100_000, 1_000_000])
@pytest.mark.parametrize("start", ['{"data":', '{"error":{"message":'], ids=["data", "error"])
def test_a_reply_nested_without_end_is_unreadable_and_nothing_worse(start: str, depth: int) -> None:
    crafted = (start + "[" * depth + "]" * depth + "}" * start.count("{")).encode()
    for read in (replies.of_images, replies.of_response):
        for streamed in (False, True):
            with pytest.raises(replies.Unreadable):
                read(crafted, streamed=streamed)
    assert replies.error(crafted) == {}


def test_of_duplicate_keys_one_counts_and_its_value_is_checked(bare: Place) -> None:
    whole = picture_reply(encoded("PNG"))[0]
    shop = answered(bare, whole[:-1] + b', "data": [{"b64_json": "PGh0bWw+"}]}')
    assert not bare.has("public/a.png")
    assert len(shop.open_entries()) == 1


def _png(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (48, 32)) -> bytes:
    """A real picture with foreign chunks behind its header."""
    whole = encoded("PNG", size)
    return whole[:33] + b"".join(png.chunk(*one) for one in chunks) + whole[33:]


_BOMB = zlib.compress(bytes(200_000_000), 9)
_HUGE_PNG = _png()[:16] + struct.pack(">II", 50_000, 50_000) + _png()[24:29]
_BOMBS: dict[str, Callable[[], bytes]] = {
    "size": lambda: _HUGE_PNG + struct.pack(">I", zlib.crc32(_HUGE_PNG[12:])) + _png()[33:],
    "zTXt": lambda: _png((b"zTXt", b"Comment\0\0" + _BOMB)),
    "iTXt": lambda: _png((b"iTXt", b"Comment\0\1\0\0\0" + _BOMB)),
    "iCCP": lambda: _png((b"iCCP", b"ICC\0\0" + _BOMB)),
    "webp size": lambda: (
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff" + b"ALPH\0\0\0\0"
    ),
}


@pytest.mark.parametrize("name", _BOMBS)
def test_an_image_that_unpacks_to_hundreds_of_megabytes_is_refused(name: str) -> None:
    def blurred(data: bytes) -> str:
        return decode.placeholder(decode.decode(data))

    for read in (decode.facts, decode.decode, blurred):
        try:
            read(_BOMBS[name]())
        except StorageError:
            continue
        assert name == "iCCP"  # Pillow drops the profile and keeps the picture


def test_a_picture_larger_than_the_limit_is_refused_from_its_header_and_the_reply_kept(
    bare: Place,
) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("bomb_image")
        assert "50000x50000" in shop.fails().what
        assert [entry.fate for entry in shop.open_entries()] == ["fruitless"]


# -- more than a picture ---------------------------------------------------------------------------


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.sh", "evil-payload")
    return out.getvalue()


def _segment(mark: int, data: bytes) -> bytes:
    """A JPEG with a foreign segment behind its first marker."""
    whole = encoded("JPEG")
    return whole[:2] + bytes((0xFF, mark)) + struct.pack(">H", len(data) + 2) + data + whole[2:]


def _webp(*chunks: tuple[bytes, bytes], behind: bytes = b"") -> bytes:
    whole = encoded("WEBP", lossless=True)[12:]
    body = (
        b"WEBP"
        + whole
        + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body + behind


_HTML = b"<html><script>evil-payload</script></html>"
#: Of an even length. ``Shop`` asks for this image.
_PROMPT = b"A paper plane leaving an open notebook, evil-payload"
_FRAMES = [Image.new("RGB", (48, 32), colour) for colour in ("red", "blue")]
_POLYGLOTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "png and zip": ("png", lambda: encoded("PNG") + _zip()),
    "png with a prompt": ("png", lambda: _png((b"tEXt", b"parameters\0" + _PROMPT))),
    "png with a packed prompt": (
        "png",
        lambda: _png((b"zTXt", b"prompt\0\0" + zlib.compress(_PROMPT))),
    ),
    "png with a long prompt": ("png", lambda: _png((b"iTXt", b"prompt\0\0\0\0\0" + _PROMPT))),
    "png with EXIF": ("png", lambda: _png((b"eXIf", b"MM\0\x2a\0\0\0\x08\0\0" + _PROMPT))),
    "png with its own chunk": ("png", lambda: _png((b"evIl", _HTML))),
    "png that moves": ("png", lambda: encoded("PNG", save_all=True, append_images=_FRAMES)),
    "jpeg and html": ("jpg", lambda: encoded("JPEG") + _HTML),
    "jpeg with a comment": ("jpg", lambda: _segment(0xFE, _HTML)),
    "jpeg with EXIF": ("jpg", lambda: _segment(0xE1, b"Exif\0\0" + _PROMPT)),
    "jpeg with APP4": ("jpg", lambda: _segment(0xE4, _HTML)),
    "jpeg with APP13": ("jpg", lambda: _segment(0xED, b"Photoshop 3.0\0" + _PROMPT)),
    "jpeg with a false APP0": ("jpg", lambda: _segment(0xE0, _HTML)),
    "jpeg with a false APP2": ("jpg", lambda: _segment(0xE2, _HTML)),
    "webp and html": ("webp", lambda: _webp(behind=_HTML)),
    "webp with EXIF": ("webp", lambda: _webp((b"EXIF", _PROMPT))),
    "webp with its own chunk": ("webp", lambda: _webp((b"evil", _HTML))),
}


@pytest.mark.parametrize("name", every(2, _POLYGLOTS))
def test_no_prompt_and_no_other_file_is_published_in_an_image(bare: Place, name: str) -> None:
    suffix, make = _POLYGLOTS[name]
    came = make()
    answered(bare, *picture_reply(came), suffix=suffix)
    delivered = bare.read(f"public/a.{suffix}")
    assert b"evil-payload" not in delivered
    assert b"paper plane" not in delivered
    assert pixels(delivered) == pixels(came)


@pytest.mark.parametrize("fault", ["svg_as_image", "html_as_image", "corrupt_image", "not_base64"])
def test_a_reply_that_is_not_an_image_is_not_placed_and_stays_open(bare: Place, fault: str) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault(fault)
        assert "may have been billed" in shop.fails().what
        assert not (bare.root / "public").exists()
        assert len(shop.open_entries()) == 1


_PLAIN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "png": ("png", lambda: encoded("PNG")),
    "png signed": (
        "png",
        lambda: _png((b"caBX", b"\0\0\0\x20jumb....c2pa...............evil-payload")),
    ),
    "jpeg": ("jpg", lambda: encoded("JPEG", icc_profile=b"profile")),
    "jpeg signed": ("jpg", lambda: _segment(0xEB, b"JP\0\x01....jumb....c2pa")),
    "webp": ("webp", lambda: encoded("WEBP")),
    "avif": ("avif", lambda: encoded("AVIF")),
    "webp signed": ("webp", lambda: _webp((b"C2PA", b"jumb....c2pa"))),
}


@pytest.mark.parametrize("name", _PLAIN)
def test_a_plain_image_stays_byte_for_byte_except_for_its_mark(bare: Place, name: str) -> None:
    suffix, make = _PLAIN[name]
    came = make()
    answered(bare, *picture_reply(came), suffix=suffix)
    delivered = bare.read(f"public/a.{suffix}")
    assert marking.unmarked(delivered) == came
    if name.endswith("signed"):
        assert delivered == came
    else:
        assert xmp.source_type(delivered) == "trainedAlgorithmicMedia"


# -- pictures behind an address --------------------------------------------------------------------


_ADDRESSES = {
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata by name": "http://metadata.google.internal/",
    "file": "file:///etc/passwd",
    "file relative": "file:etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp": "ftp://127.0.0.1/x.png",
    "another port": "{other}/x.png",
    "another host": "https://127.0.0.2/x.png",
    "another scheme": "https://127.0.0.1:{port}/x.png",
    "without scheme": "//{other_host}/x.png",
    "credentials": "http://ada:secret@127.0.0.1:{port}/x.png",
    "own origin as user": "http://127.0.0.1:{port}@{other_host}/x.png",
    "own origin as a name": "http://127.0.0.1:{port}.evil.example/x.png",
    "backslash": "http://{other_host}\\@127.0.0.1:{port}/x.png",
    "number": "http://2130706433:{port}/x.png",
    "listed, inside": "https://localhost/x.png",
    "listed, inside by address": "https://[64:ff9b::7f00:1]/x.png",
    "listed, inside by tunnel": "https://[2002:7f00:1::]/x.png",
    "listed, inside by form": "https://[::7f00:1]/x.png",
    "listed, other port": "https://localhost:{port}/x.png",
    "listed, unencrypted": "http://localhost/x.png",
    "listed, credentials": "https://ada:secret@localhost/x.png",
    "bracket": "http://[::1",
    "port": "http://127.0.0.1:99999999/x.png",
    "control": "/x\x01.png",
    "escape": "/\x1b[2Jx.png",
    "endless": "/" + "x" * 70_000,
}


@pytest.mark.parametrize("name", every(3, _ADDRESSES))
def test_a_reply_can_only_point_to_its_own_origin_and_stays_stored(bare: Place, name: str) -> None:
    hosts = ["localhost", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"]
    with Provider() as vendor, Vendor([encoded("PNG")]) as other:
        shop = Shop(bare, vendor)
        shop.gateway(image_hosts=hosts)
        shop.wants("a")
        values = {
            "other": other.origin,
            "other_host": f"127.0.0.1:{other.port}",
            "port": vendor.port,
        }
        url = _ADDRESSES[name]
        vendor.fault("url_foreign", to=url.format(**values) if "{" in url else url)
        error = shop.fails()
        assert isinstance(error, StorageError)
        assert ("inside" in name) == ("has an address in a private network" in error.what)
        if name.startswith("listed") and "inside" not in name:
            assert "which image_hosts does not allow" in error.what
        assert "\x1b" not in error.what
        assert "secret" not in error.what
        assert [one.method for one in vendor.requests] == ["POST"]
        assert other.requests == []
        assert [entry.fate for entry in shop.open_entries()] == ["answered"]


class Host(Vendor):
    """Replies with the URL of the picture, then with the picture."""

    where = ""

    def body(self) -> Iterable[bytes]:
        return (
            [json.dumps({"data": [{"url": self.where}]}).encode()]
            if len(self.requests) < 2
            else [encoded("PNG")]
        )


@pytest.mark.parametrize(
    "form", ["{origin}/generated/x.png", "/generated/x.png", "generated/x.png"]
)
def test_an_address_at_the_own_origin_is_fetched_without_any_key(bare: Place, form: str) -> None:
    with Host([]) as vendor:
        vendor.where = form.format(origin=vendor.origin)
        shop = Shop(bare, cast(Any, vendor))
        shop.gateway()
        shop.user_config += 'headers = { X-Own = "canary-own" }\n'
        shop.wants("a")
        shop.buys()
        asked, fetched = vendor.requests
        assert b"canary-KEY" in asked
        assert b"canary-own" in asked
        assert b"canary" not in fetched
        assert b"authorization" not in fetched.lower()


def test_a_redirect_behind_an_address_is_not_followed_and_the_reply_stays(bare: Place) -> None:
    with Provider() as vendor, Vendor([encoded("PNG")]) as other:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("url_redirect", to=f"{other.origin}/x.png")
        assert "status 302" in shop.fails().what
        assert other.requests == []
        assert [entry.fate for entry in shop.open_entries()] == ["answered"]


def test_a_page_at_an_address_is_not_an_image(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("url_html")
        assert "cannot be fetched" in shop.fails().what
        assert not bare.has("public/a.png")
