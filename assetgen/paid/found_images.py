"""Every image in a reply, whatever field it is in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from assetgen import embedded, loose_json
from assetgen.paid.service_words import ECHOES

#: No more images, and no more values, of one reply are looked at.
MOST = 16
_MOST_VALUES, _DEEPEST = 100_000, 12
#: The fewest bytes of a reply or an event that has an image.
FEWEST_BYTES = 100
#: The fewest characters of an image in text.
_SHORTEST = 60
#: Fields that have an error; what is in their texts is no answer.
_ERRORS = frozenset({"error", "errors", "err", "fault"})
#: Fields that have the words of a model, which may have images in Markdown.
_WORDS = frozenset({"content", "text", "output_text"})
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
    is_in_words: bool = False
    """Whether the images are in a text with words: a refusal may have such a text."""


@dataclass(frozen=True)
class _Field:
    """A text or an image, the name of its field, and whether it is in an error."""

    key: str
    value: str | bytes
    is_of_error: bool


def in_values(values: Iterable[Any]) -> Found:
    """The images in decoded JSON: base64 in each form, data URLs, addresses."""
    pictures: dict[bytes, None] = {}
    in_words: dict[bytes, None] = {}
    urls: dict[str, None] = {}
    fields = chain.from_iterable(_fields(value, "", _DEEPEST) for value in values)
    for one in islice(fields, _MOST_VALUES):
        if len(pictures) + len(in_words) >= MOST:
            break
        if isinstance(one.value, bytes):
            pictures[one.value] = None
            continue
        pictures |= dict.fromkeys(_images(one.key, one.value))
        if one.key in _WORDS and not one.is_of_error:
            in_words |= dict.fromkeys(embedded.in_markdown(one.value))
        if len(urls) < MOST and not one.is_of_error:
            urls |= dict.fromkeys(_urls(one.key, one.value))
    found = tuple(pictures or in_words)[:MOST]
    return Found(found, tuple(urls)[:MOST], is_in_words=not pictures and bool(in_words))


def in_broken_json(data: bytes) -> Found:
    """The images whose text is whole in JSON that is not: the rest of it is missing or damaged."""
    pictures: dict[bytes, None] = {}
    at = 0
    is_other = b'.partial_image"' in data or data.lstrip()[:1] == b"<"  # a preview, a page
    while not is_other and len(pictures) < MOST:
        field = _FIELD.search(data, at)
        end = data.find(field[2], field.end()) if field else -1
        if field is None or end < 0:
            break
        if end - field.end() >= _SHORTEST:
            text = re.sub(rb"\\[nrt]", b"", data[field.end() : end]).replace(b"\\/", b"/")
            pictures |= dict.fromkeys(embedded.images(text.decode("ascii", "replace")))
        at = end
    return Found(tuple(pictures))


def _fields(value: Any, key: str, deep: int, *, is_of_error: bool = False) -> Iterator[_Field]:
    """Each text of a value, and each image that is a list of numbers."""
    if isinstance(value, str):
        inner = loose_json.in_text(value) if deep else []
        for entry in inner:
            yield from _fields(entry, key, deep - 1, is_of_error=is_of_error)
        if not inner:
            yield _Field(key, value, is_of_error)
    elif not deep or not isinstance(value, (list, Mapping)):
        return
    elif data := _of_numbers(value):
        yield _Field(key, data, is_of_error)
    elif isinstance(value, list):
        for entry in value:
            yield from _fields(entry, key, deep - 1, is_of_error=is_of_error)
    elif not str(value.get("type", "")).endswith("partial_image"):
        for name, entry in value.items():
            if name not in _NOT_RESULTS:
                is_error = is_of_error or name in _ERRORS
                yield from _fields(entry, str(name), deep - 1, is_of_error=is_error)


def _of_numbers(value: list[Any] | Mapping[Any, Any]) -> bytes | None:
    if isinstance(value, Mapping) and value.get("0") is None:
        return None
    return embedded.from_numbers(value)


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
