"""The pages of one tree, and what reading each found: an unchanged page is not read again."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from os import fsencode
from typing import TYPE_CHECKING

import msgspec

from assetgen.fs.sources import Sources
from assetgen.verdicts import Verdicts, key

if TYPE_CHECKING:
    from assetgen.refs.scan.scan import Scanned

_ENCODER = msgspec.msgpack.Encoder()


class PageReader:
    """Reads the pages and the configuration of one tree."""

    def __init__(self, sources: Sources, kept: Verdicts) -> None:
        """``kept`` has what an earlier run found in a page, by the bytes of the page."""
        self._sources = sources
        self.kept = kept
        self.versions: dict[str, bytes] = {}
        """The version of each page that was scanned."""

    def version(self, path: str) -> bytes | None:
        """What only the bytes of this file have; None if it is missing or too large.

        Raises StorageError if it cannot be read.
        """
        known = self._sources.version(path)
        if known is None and (read := self._sources.read(path)):
            known = read[0]
        return known

    def content(self, path: str) -> bytes | None:
        """The bytes of a page or of a configuration file; None if it is missing or too large.

        Raises StorageError if it cannot be read.
        """
        read = self._sources.read(path)
        return read[1] if read else None

    def scanned(self, page: str, *, mdx: bool) -> Scanned | None:
        """What ``scan.read`` finds in a page; None if it is missing or too large.

        Raises StorageError if it cannot be read.
        """
        version = self._sources.version(page)
        if version is not None and (found := self._known(_key(page, version, mdx))):
            self.versions[page] = version
            return found
        read = self._sources.read(page)
        if read is None:
            return None
        version, data = read
        self.versions[page] = version
        # The same bytes have two keys: in the index their blob counts, elsewhere their digest.
        own, other = _key(page, version, mdx), _key(page, sha256(data).digest(), mdx)
        found = self._known(other) or _scanned(page, data, mdx)
        for one in {own, other}:
            self._keep(one, found)
        return found

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[Scanned]:
        from assetgen.refs.scan.scan import Scanned

        return msgspec.msgpack.Decoder(Scanned)

    def _known(self, key: bytes) -> Scanned | None:
        value = self.kept.get(key)
        return self._decoder.decode(value) if value else None

    def _keep(self, key: bytes, found: Scanned) -> None:
        try:
            self.kept.put(key, _ENCODER.encode(found))
        except UnicodeEncodeError:  # half a character, as an escape in code or a strange path
            return


def _scanned(page: str, data: bytes, mdx: bool) -> Scanned:
    from assetgen.refs.scan import scan  # not needed where no page changed

    return scan.read(page, data, mdx=mdx)


def _key(page: str, version: bytes, mdx: bool) -> bytes:
    return key(b"scan", fsencode(page), version, b"mdx" if mdx else b"")
