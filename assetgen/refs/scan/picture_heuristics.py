"""How to recognise the name of an image: by extensions, elements, attributes and keys."""

from __future__ import annotations

import re

#: Extensions of images, on the path before ``?`` and ``#``.
EXTENSIONS = r"png|jpe?g|gif|webp|avif|svg|ico|bmp"

_PICTURE = re.compile(rf"(?i)#?[^?#]*\.(?:{EXTENSIONS})(?:[?#].*)?\Z", re.S)
_NAMED_IMAGE = re.compile(
    r"(?:\A|[.:-])(?i:img|image|picture)\Z|(?:Image|Img|Picture|Illustration|Screenshot)\Z"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# A word of a key that means an image, and words that mean a URL if they come last.
_OF_PICTURES = re.compile(
    "(?:avatar|background|banner|cover|favicon|figure|graphic|hero|icon|illustration|image|img|logo|photo|picture"
    "|poster|preview|screenshot|thumb|thumbnail)s?"
)
_OF_URLS = re.compile("content|dark|file|href|light|paths?|sources?|src|url")
#: Keys under which any URL or path is an image, whatever its extension.
_STRONG = re.compile(
    "images?|cover|(?:cover|hero|og|social|featured|preview)image|thumbnail|banner|avatar"
)
_SILENT = re.compile(
    "(?i)alt|title|name|label|download|aria-?label|id|key|caption|permalink|aliases|from"
    "|redirect_?from"
    "|(?-i:.*(?:[a-z0-9]A|[-_]a)lt)(?:[-_]?text)?"
)
_NEVER = re.compile(r"(?i)\s*(?:(?:data|blob|javascript|mailto|about):|#(?!\{)|\Z)")
#: The parts that a template engine or a style sheet's own language fills in.
_HOLE = re.compile(r"[#$@]\{[^{}]*+\}|\{\{.*?(?:\}\}|(?P<open>\Z))", re.S)
_END_OF_PATH = re.compile(r"\?|#(?!\{)")
FILLED_IN = re.compile(r"\{\{|\$\{|<%|\{%|#\{|@\{")


def is_picture(value: str) -> bool:
    """Whether the path in ``value`` ends in the extension of an image."""
    return _PICTURE.match(_HOLE.sub(_filled, value) if "{" in value else value) is not None


def _filled(hole: re.Match[str]) -> str:
    """A text for a hole; one that is never closed is no hole."""
    return hole[0] if hole["open"] is not None else "x"


def path_before_holes(value: str) -> str | None:
    """The path of a URL with holes in its query or fragment; None if others are in the path."""
    path = _END_OF_PATH.split(value, maxsplit=1)[0]
    is_whole = path == value or FILLED_IN.search(path) is not None
    return path if not is_whole and is_picture(path) else None


def is_never(value: str) -> bool:
    """Whether ``value`` names no file anywhere."""
    return _NEVER.match(value) is not None


def is_image_like(element: str) -> bool:
    """Whether an element shows the image in its ``src``: img, Image, BlogImage, ui.Image."""
    return _NAMED_IMAGE.search(element) is not None


def is_silent(key: str) -> bool:
    """Whether a value of ``key`` describes an image or a file, and names none."""
    return _SILENT.fullmatch(key) is not None


def is_url_like(key: str) -> bool:
    """Whether a bare file name under ``key`` is an image: cover, ogImage, thumbnail_url, src."""
    words = [word.lower() for word in _WORDS.findall(key.rpartition(".")[2] or key)]
    return bool(words) and (
        _OF_URLS.fullmatch(words[-1]) is not None or any(map(_OF_PICTURES.fullmatch, words))
    )


def is_strong(key: str) -> bool:
    """Whether any path under ``key`` is an image: image, coverImage, ``src`` of such a parent."""
    parts = [re.sub(r"\[\d+\]|[-_]", "", part).lower() for part in key.split(".")]
    if parts and parts[-1] in ("src", "url", "path", "file") and len(parts) > 1:
        parts.pop()
    return bool(parts) and _STRONG.fullmatch(parts[-1]) is not None


def is_string_of_picture(value: str, key: str) -> bool:
    """Whether a plain string under ``key`` ("" for none) names an image."""
    if not is_picture(value) or is_never(value) or "*" in value:
        return False
    if any(space in value for space in " \t\n") and not value.startswith(
        ("/", "./", "../", "@", "~")
    ):
        return False
    if "\n" in value or "<" in value or is_silent(key.rpartition(".")[2]):
        return False
    if "/" in value:
        return True
    return not value.startswith(".") and is_url_like(key)


_PART = re.compile(r"[^,;|\s](?:[^,;|]*[^,;|\s])?")
_BEGINNING = re.compile(r"/|\.\.?/|https?://")


def several(value: str) -> tuple[re.Match[str], ...]:
    """The paths of images in a list that commas, semicolons or bars divide; () for one path."""
    if "," not in value and ";" not in value and "|" not in value:
        return ()
    parts = tuple(_PART.finditer(value))
    begin = {_BEGINNING.match(part[0]) is not None for part in parts}
    # In https://x.org/w_30,l_a.png,b/c.png the commas are of one path.
    is_list = len(parts) > 1 and len(begin) == 1 and (True in begin or "//" not in value)
    return parts if is_list and all(is_picture(part[0]) for part in parts) else ()
