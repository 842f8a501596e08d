"""Every image in a reply, whatever field it is in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from assetgen import embedded, loose_json
from assetgen.paid.service_words import ECHOES

#: No more images, and no more values, of one reply are looked at.
MOST = 16
_MOST_VALUES, _DEEPEST = 100_000, 12
#: The fewest characters of an image in text.
_SHORTEST = 60
#: Fields that have an image as base64, whatever its first bytes are.
_ENCODED = frozenset({"b64_json", "result"})
#: Fields that may have the address of an image.
_ADDRESSES = frozenset(
    {"url", "urls", "image", "images", "image_url", "image_urls", "output", "uri", "imageUrl"}
)
#: Fields that have previews, or that repeat the request.
_NOT_RESULTS = ECHOES | {"partial_image_b64", "messages", "input_image_mask", "thumbnail"}
_ADDRESS = re.compile(r"https?://[!-~]{4,4000}", re.I)
_MARKDOWN = re.compile(r"!\[[^\]]{0,200}\]\((https?://[^()\s]{4,2000})\)")
_FIELD = re.compile(
    rb"([\"'])(?:b64_json|result|b64|base64|image_base64|url|data)\1\s{0,9}:\s{0,9}([\"'])"
)


@dataclass(frozen=True)
class Found:
    """The images of a reply, and the addresses of others."""

    pictures: tuple[bytes, ...] = ()
    urls: tuple[str, ...] = ()


def in_values(values: Iterable[Any]) -> Found:
    """The images in decoded JSON: base64 in each form, data URLs, addresses."""
    pictures: dict[bytes, None] = {}
    urls: dict[str, None] = {}
    left = _MOST_VALUES
    for value in values:
        for key, found in _texts(value, "", _DEEPEST):
            left -= 1
            if left < 0 or len(pictures) >= MOST:
                return Found(tuple(pictures), tuple(urls))
            if isinstance(found, bytes):
                pictures[found] = None
                continue
            pictures |= dict.fromkeys(_images(key, found))
            if len(urls) < MOST:
                urls |= dict.fromkeys(_urls(key, found))
    return Found(tuple(pictures)[:MOST], tuple(urls)[:MOST])


def in_broken_json(data: bytes) -> Found:
    """The images whose text is whole in JSON that is not: the rest of it is missing or damaged."""
    pictures: dict[bytes, None] = {}
    at = 0
    is_preview = b'.partial_image"' in data
    while not is_preview and len(pictures) < MOST:
        field = _FIELD.search(data, at)
        end = data.find(field[2], field.end()) if field else -1
        if field is None or end < 0:
            break
        if end - field.end() >= _SHORTEST:
            text = re.sub(rb"\\[nrt]", b"", data[field.end() : end]).replace(b"\\/", b"/")
            pictures |= dict.fromkeys(embedded.images(text.decode("ascii", "replace")))
        at = end
    return Found(tuple(pictures))


def _texts(value: Any, key: str, deep: int) -> Iterator[tuple[str, str | bytes]]:
    """Each text of a value, and each image that is a list of numbers, with the field's name."""
    if isinstance(value, str):
        inner = list(_json_in(value)) if deep else []
        for entry in inner:
            yield from _texts(entry, key, deep - 1)
        if not inner:
            yield key, value
    elif not deep:
        return
    elif isinstance(value, list):
        if data := embedded.from_numbers(value):
            yield key, data
            return
        for entry in value:
            yield from _texts(entry, key, deep - 1)
    elif isinstance(value, Mapping):
        if str(value.get("type", "")).endswith("partial_image"):
            return
        if value.get("0") is not None and (data := embedded.from_numbers(value)):
            yield key, data
            return
        for name, entry in value.items():
            if name not in _NOT_RESULTS:
                yield from _texts(entry, str(name), deep - 1)


def _json_in(text: str) -> Iterator[Any]:
    """The objects and lists of JSON that is a text in JSON."""
    if len(text) >= _SHORTEST and text.lstrip()[:1] in ("{", "[", '"'):
        with suppress(RecursionError):
            yield from loose_json.values(text.encode("utf-8", "replace"))


def _images(key: str, text: str) -> Iterator[bytes]:
    found = list(embedded.images(text))
    if not found and key in _ENCODED and (data := embedded.from_base64(text)):
        found = [data]
    yield from found


def _urls(key: str, text: str) -> Iterator[str]:
    text = text.strip()
    is_path = key == "url" and 0 < len(text) < 4000 and not text.startswith("data:")
    if is_path or (key in _ADDRESSES and _ADDRESS.fullmatch(text)):
        yield text
    else:
        yield from _MARKDOWN.findall(text[:100_000])
