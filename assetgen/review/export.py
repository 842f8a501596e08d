"""The page as one file, read only: for artifacts of CI, and for mail. It loads nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from assetgen.cure import advice
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import store
from assetgen.plan.decide import State
from assetgen.review import shell
from assetgen.review.facts import Detail, Earlier, Listing, Summary
from assetgen.review.session import Review
from assetgen.review.thumbnails import smaller

#: The most bytes of pictures in one file, before they are coded as text.
MOST_BYTES = 12 * 1024 * 1024
#: The longest side in pixels of a picture that is shown large.
_SIDE = 1280
#: What was just made or is to be decided comes first.
_URGENT = {state: rank for rank, state in enumerate(reversed(State))}


@dataclass(frozen=True)
class Exported:
    """The text of the file, and how many pictures are in it large, small and not at all."""

    html: str
    large: int
    small: int
    without: int

    @property
    def left_out(self) -> str | None:
        """What the file had no room for, in words."""
        return _left_out(self.small, self.without)


def _left_out(small: int, without: int) -> str | None:
    parts = [f"{small} only small"] if small else []
    parts += [f"{without} not at all"] if without else []
    if not parts:
        return None
    words = " and ".join(parts)
    return f"This file holds at most {MOST_BYTES >> 20} MB of pictures: {words}."


class _Data(msgspec.Struct, frozen=True, kw_only=True):
    """What the page reads in place of the server's answers."""

    listing: Listing
    details: dict[str, Detail]
    earlier: Earlier | None
    pictures: dict[str, str]
    """Data URLs of what is shown large, by id."""
    thumbnails: dict[str, str]


def export(review: Review, since: str | None = None, most: int = MOST_BYTES) -> Exported:
    """The page with all images; with ``since``, also with what differs from that commit.

    Raises AssetgenError.
    """
    review.survey()
    listing = review.listing()
    earlier = review.since(since) if since else None
    album = _Album(review, most)
    ordered = sorted(listing.assets, key=lambda one: _rank(one, earlier))
    for summary in ordered:
        album.add_small(summary.picture)
    details = {one.id: _read_only(review.detail(one.id)) for one in listing.assets}
    for summary in ordered:
        for option in details[summary.id].options:
            album.add_large(option.picture)
        album.add_large(summary.picture)
        album.add_large(earlier.pictures.get(summary.id) if earlier else None)
    shown = [one.picture for one in ordered if one.picture]
    without = sum(one not in album.small and one not in album.large for one in shown)
    small = sum(one not in album.large for one in shown) - without
    listing = msgspec.structs.replace(listing, left_out=_left_out(small, without) or msgspec.UNSET)
    data = _Data(
        listing=listing,
        details=details,
        earlier=earlier,
        pictures=album.large,
        thumbnails=album.small,
    )
    large = len(shown) - small - without
    return Exported(_page(msgspec.json.encode(data)), large, small, without)


def _read_only(detail: Detail) -> Detail:
    return msgspec.structs.replace(detail, offers=())


def _rank(summary: Summary, earlier: Earlier | None) -> tuple[bool, int]:
    is_changed = earlier is not None and summary.id in earlier.pictures
    return not is_changed, -_URGENT[State(summary.state)]


class _Album:
    """Data URLs of pictures, as far as there is room."""

    def __init__(self, review: Review, most: int) -> None:
        self._review = review
        self._left = most
        self.small: dict[str, str] = {}
        self.large: dict[str, str] = {}

    def add_small(self, picture: str | None) -> None:
        """Add the thumbnail of a picture."""
        if picture and picture not in self.small:
            try:
                self._add(self.small, picture, self._review.thumbnail(picture))
            except AssetgenError:  # the detail says why
                return

    def add_large(self, picture: str | None) -> None:
        """Add a picture as large as it is shown."""
        if picture and picture not in self.large and self._left > 0:
            try:
                data = self._review.pictures.read(picture)
                self._add(self.large, picture, smaller(data, _SIDE, 82))
            except AssetgenError:
                return

    def _add(self, to: dict[str, str], picture: str, data: bytes) -> None:
        if len(data) <= self._left:
            self._left -= len(data)
            to[picture] = f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def _page(data: bytes) -> str:
    styles = shell.text(shell.STYLES)
    styles = re.sub(r"@font-face\s*\{[^}]*\}\n*", "", styles)  # the file loads nothing
    script = "".join(_module(name) for name in shell.MODULES)
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    # Inside a script element only "<" could end it.
    known = data.decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")
    parts = {
        '<link rel="stylesheet" href="/review.css">': (
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            f"<style>{styles}</style>"
        ),
        '<script type="module" src="/main.js"></script>': (
            f'<script type="application/json" id="data">{known}</script>\n'
            f'<script type="module">{script}</script>'
        ),
    }
    page = shell.text("index.html")
    for old, new in parts.items():
        assert old in page, old
        page = page.replace(old, new)
    return page


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _module(name: str) -> str:
    """A module without its imports and exports: all are in one scope in the file."""
    return "".join(_lines(shell.text(name)))


def _lines(text: str) -> Iterator[str]:
    text = re.sub(r"^import [^;]*;\n", "", text, flags=re.M)
    for line in text.splitlines(keepends=True):
        yield line.removeprefix("export ")


_MARK = b'<meta name="generator" content="assetgen review">'


def refuse_other(place: Path) -> None:
    """Raise StorageError if the file would replace something that is no page of a review."""
    if not os.path.lexists(place):
        return
    is_ours = False
    if place.is_file() and not place.is_symlink():
        with suppress(OSError), place.open("rb") as stream:
            is_ours = _MARK in stream.read(4096)
    if not is_ours:
        raise StorageError(
            f"{place} exists and is not a page that assetgen review wrote",
            where=str(place),
            cure=advice("choose another name, or remove it first"),
        )


def write(place: Path, data: bytes) -> None:
    """Write the file as a whole, or not at all. Raises StorageError."""
    refuse_other(place)
    try:
        handle, new = tempfile.mkstemp(dir=place.parent, prefix=".assetgen-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(new, 0o644)
            os.replace(new, place)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
            raise
    except OSError as exc:
        raise store.explained(exc, str(place)) from exc
