"""An XMP packet as one more item of an AVIF file, and out again.

The data goes into a box of its own at the end of the file, its description behind that of the last
item. Sources: ISO/IEC 14496-12 (boxes, 8.11: items), ISO/IEC 23008-12 (XMP as an item).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from assetgen.image.part import Kind, Part

# Size and name of a box, then version and flags.
_FULL_HEADER = 12
_MIME = b"application/rdf+xml\0"
_NAME = b"XMP\0"


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    end: int


def with_xmp(data: bytes, packet: bytes) -> bytes | None:
    """``data`` with the packet as its last item; None if a box has a form that is not written."""
    meta = _meta(data)
    parts = _parts(data, meta)
    if not {b"iinf", b"iloc", b"pitm"} <= parts.keys():
        return None
    items = _Items.read(parts[b"iinf"])
    places = _Places.read(parts[b"iloc"])
    has_empty_references = b"iref" in parts and len(parts[b"iref"]) == _FULL_HEADER
    if items is None or places is None or has_empty_references or sized(data) != data:
        return None
    number = max([*items.numbers, *places.numbers]) + 1
    primary = int.from_bytes(parts[b"pitm"][_FULL_HEADER:], "big")
    if number > 0xFFFF or not 0 < primary <= 0xFFFF:
        return None
    parts[b"iinf"] = items.plus(number)
    parts[b"iref"] = _with_reference(parts.get(b"iref"), number, primary)
    grown = _FULL_HEADER + sum(map(len, parts.values())) + places.size_of_entry
    growth = grown - (meta.end - meta.start)
    end = len(data) + growth
    moved = places.moved(behind=meta.end, by=growth)
    parts[b"iloc"] = moved.plus(number, end + 8, len(packet))
    whole = _joined(data[: meta.start], data[meta.start + 8 : meta.start + _FULL_HEADER], parts)
    return whole + data[meta.end :] + (8 + len(packet)).to_bytes(4, "big") + b"mdat" + packet


def sized(data: bytes) -> bytes:
    """``data`` with a size in its last box, so that another can follow. Raises ValueError."""
    last = list(_boxes(data, 0, len(data)))[-1]
    if data[last.start : last.start + 4] != bytes(4):
        return data
    return data[: last.start] + (last.end - last.start).to_bytes(4, "big") + data[last.start + 4 :]


def without_xmp(data: bytes) -> bytes:
    """``data`` without the item that ``with_xmp`` added last. Raises ValueError without one."""
    meta = _meta(data)
    last = list(_boxes(data, 0, len(data)))[-1]
    parts = _parts(data, meta)
    items, places = _Items.read(parts[b"iinf"]), _Places.read(parts[b"iloc"])
    if items is None or places is None or last.name != b"mdat" or b"iref" not in parts:
        raise ValueError
    parts[b"iinf"] = items.without_last()
    reference = parts[b"iref"][:-_REFERENCE_BYTES]
    if len(reference) > _FULL_HEADER:
        parts[b"iref"] = len(reference).to_bytes(4, "big") + reference[4:]
    else:
        del parts[b"iref"]
    places = places.without_last()
    parts[b"iloc"] = places.written()
    less = meta.end - meta.start - _FULL_HEADER - sum(map(len, parts.values()))
    parts[b"iloc"] = places.moved(behind=meta.end, by=-less).written()
    whole = _joined(data[: meta.start], data[meta.start + 8 : meta.start + _FULL_HEADER], parts)
    return whole + data[meta.end : last.start]


# -- boxes -----------------------------------------------------------------------------------------


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes in a part of a file. Raises ValueError if they do not fill it exactly."""
    while start < end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size == 1:
            size = int.from_bytes(data[start + 8 : start + 16], "big")
        elif size == 0 and len(data) - start >= 8:  # the last box may go to the end
            size = end - start
        if size < 8 or start + size > end:
            raise ValueError
        yield _Box(data[start + 4 : start + 8], start, start + size)
        start += size


def _meta(data: bytes) -> _Box:
    found = [box for box in _boxes(data, 0, len(data)) if box.name == b"meta"]
    if len(found) != 1 or data[found[0].start : found[0].start + 4] == b"\0\0\0\1":
        raise ValueError
    return found[0]


def _parts(data: bytes, meta: _Box) -> dict[bytes, bytes]:
    """The boxes in the meta box, by name, in their order. Raises ValueError for doubled ones."""
    boxes = list(_boxes(data, meta.start + _FULL_HEADER, meta.end))
    parts = {box.name: data[box.start : box.end] for box in boxes}
    if len(parts) != len(boxes):
        raise ValueError
    return parts


def _joined(before: bytes, flags: bytes, parts: dict[bytes, bytes]) -> bytes:
    inside = flags + b"".join(parts.values())
    return before + (8 + len(inside)).to_bytes(4, "big") + b"meta" + inside


# -- what describes items --------------------------------------------------------------------------

_REFERENCE_BYTES = 14


def _with_reference(references: bytes | None, number: int, primary: int) -> bytes:
    """The iref box with one reference more: the item describes ("cdsc") the primary one."""
    references = references or b"\0\0\0\x0ciref\0\0\0\0"
    entry = _REFERENCE_BYTES.to_bytes(4, "big") + b"cdsc"
    if references[8]:  # version 1 has numbers of four bytes
        raise ValueError
    entry += number.to_bytes(2, "big") + (1).to_bytes(2, "big") + primary.to_bytes(2, "big")
    return (len(references) + len(entry)).to_bytes(4, "big") + references[4:] + entry


@dataclass(frozen=True)
class _Items:
    """The iinf box: what each item is."""

    box: bytes
    entries: tuple[_Box, ...]
    numbers: tuple[int, ...]

    @classmethod
    def read(cls, box: bytes) -> _Items | None:
        if box[8] != 0:  # version 1 counts in four bytes
            return None
        entries = tuple(_boxes(box, 14, len(box)))
        if len(entries) != int.from_bytes(box[12:14], "big") or not entries:
            return None
        if any(one.name != b"infe" or box[one.start + 8] != 2 for one in entries):
            return None
        numbers = (int.from_bytes(box[one.start + 12 : one.start + 14], "big") for one in entries)
        return cls(box, entries, tuple(numbers))

    def kind(self, entry: _Box) -> Kind:
        """Whether an entry is of AV1 pixels or a grid of them ("picture"), of XMP or other data."""
        kind = self.box[entry.start + 16 : entry.start + 20]
        _, _, rest = self.box[entry.start + 20 : entry.end].partition(b"\0")
        if kind in (b"av01", b"grid") and not rest:
            return "picture"
        is_xmp = kind == b"mime" and rest.rstrip(b"\0") == _MIME.rstrip(b"\0")
        return "xmp" if is_xmp else "metadata"

    def plus(self, number: int) -> bytes:
        described = b"\2\0\0\0" + number.to_bytes(2, "big") + b"\0\0mime" + _NAME + _MIME
        entry = (8 + len(described)).to_bytes(4, "big") + b"infe" + described
        return self._counted(self.box[14:] + entry, len(self.entries) + 1)

    def without_last(self) -> bytes:
        return self._counted(self.box[14 : self.entries[-1].start], len(self.entries) - 1)

    def _counted(self, entries: bytes, count: int) -> bytes:
        head = (14 + len(entries)).to_bytes(4, "big") + self.box[4:12]
        return head + count.to_bytes(2, "big") + entries


@dataclass(frozen=True)
class _Place:
    """Where the data of one item is: ``head`` as it was read, then offset and length of each."""

    number: int
    head: bytes
    in_file: bool
    base: int
    extents: tuple[tuple[bytes, int, int], ...]


@dataclass(frozen=True)
class _Places:
    """The iloc box, of version 0 or 1: where the data of each item is."""

    version: int
    widths: tuple[int, int, int, int]
    """Bytes of an offset, a length, a base offset and an index."""
    places: tuple[_Place, ...]

    @classmethod
    def read(cls, box: bytes) -> _Places | None:
        version, sizes = box[8], int.from_bytes(box[12:14], "big")
        widths = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15)
        if version > 1 or not {widths[0], widths[1]} <= {4, 8} or widths[2] not in (0, 4, 8):
            return None
        at, places = 16, []
        for _ in range(int.from_bytes(box[14:16], "big")):
            place, at = cls._place(box, at, version, widths)
            places.append(place)
        found = cls(version, widths, tuple(places))
        return found if places and found.written() == box else None

    @staticmethod
    def _place(
        box: bytes, at: int, version: int, widths: tuple[int, int, int, int]
    ) -> tuple[_Place, int]:
        start = at
        at += 4 + 2 * version
        in_file = version == 0 or box[start + 3] & 15 == 0
        head = box[start:at]
        base = int.from_bytes(box[at : at + widths[2]], "big")
        at += widths[2]
        extents = []
        count = int.from_bytes(box[at : at + 2], "big")
        at += 2
        indexed = widths[3] if version else 0
        for _ in range(count):
            index = box[at : at + indexed]
            at += indexed
            offset = int.from_bytes(box[at : at + widths[0]], "big")
            at += widths[0]
            extents.append((index, offset, int.from_bytes(box[at : at + widths[1]], "big")))
            at += widths[1]
        number = int.from_bytes(head[:2], "big")
        return _Place(number, head, in_file, base, tuple(extents)), at

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(place.number for place in self.places)

    @property
    def size_of_entry(self) -> int:
        """The bytes that one more item with one extent takes."""
        indexed = self.widths[3] if self.version else 0
        return 4 + 2 * self.version + self.widths[2] + 2 + indexed + self.widths[0] + self.widths[1]

    def moved(self, behind: int, by: int) -> _Places:
        """The places after the data behind ``behind`` has moved ``by`` bytes."""
        return replace(self, places=tuple(self._moved(one, behind, by) for one in self.places))

    def _moved(self, place: _Place, behind: int, by: int) -> _Place:
        if not place.in_file:
            return place
        if place.base:
            return replace(place, base=place.base + by * (place.base >= behind))
        return replace(
            place,
            extents=tuple(
                (index, offset + by * (offset >= behind), length)
                for index, offset, length in place.extents
            ),
        )

    def plus(self, number: int, offset: int, length: int) -> bytes:
        index = bytes(self.widths[3] if self.version else 0)
        head = number.to_bytes(2, "big") + bytes(2 + 2 * self.version)
        place = _Place(number, head, True, 0, ((index, offset, length),))
        return replace(self, places=(*self.places, place)).written()

    def without_last(self) -> _Places:
        return replace(self, places=self.places[:-1])

    def written(self) -> bytes:
        """The box. Raises OverflowError for an offset that its fields cannot hold."""
        offsets, lengths, bases, indexes = self.widths
        sizes = (offsets << 12 | lengths << 8 | bases << 4 | indexes).to_bytes(2, "big")
        inside = bytes([self.version, 0, 0, 0]) + sizes + len(self.places).to_bytes(2, "big")
        written = bytearray(inside)
        for place in self.places:
            written += place.head + place.base.to_bytes(bases, "big")
            written += len(place.extents).to_bytes(2, "big")
            for index, offset, length in place.extents:
                written += index + offset.to_bytes(offsets, "big") + length.to_bytes(lengths, "big")
        inside = bytes(written)
        return (8 + len(inside)).to_bytes(4, "big") + b"iloc" + inside


# -- the parts of a file ---------------------------------------------------------------------------

#: What a picture is made of, at the top and in the meta box.
_TOP = frozenset((b"ftyp", b"meta"))
_IN_META = frozenset(b"hdlr pitm iloc iinf iref iprp idat grpl".split())
_SEQUENCE = frozenset((b"moov", b"moof"))
_PROPERTIES = frozenset(
    b"ispe pixi av1C colr auxC irot imir pasp clap clli mdcv cclv amve a1op a1lx lsel".split()
)


def parts(data: bytes, most: int) -> Iterator[Part]:
    """The parts of a file, in order.

    All items together have at most ``most`` bytes of content: many may be the same bytes.
    Raises ValueError for damage.
    """
    top, end = _whole_boxes(data)
    meta = _meta(data[:end])
    inside = _parts(data, meta)
    items, places = _Items.read(inside.get(b"iinf", b"")), _Places.read(inside.get(b"iloc", b""))
    if items is None or places is None or b"iprp" not in inside:
        raise ValueError
    contents = _Contents(data, places, most)
    for box in top:
        if box.name in _SEQUENCE:
            yield Part("frames", box.start, box.end)
            continue
        if box.name in _TOP or (box.name == b"mdat" and contents.fill(box)):
            yield Part("picture", box.start, box.end)
            continue
        content = data[box.start + 8 : box.end]
        is_signed = box.name == b"uuid" and b"c2pa" in content
        yield Part("credentials" if is_signed else "metadata", box.start, box.end, content)
    for entry, number in zip(items.entries, items.numbers, strict=True):
        kind = items.kind(entry)
        if kind != "picture":
            text = contents.of(number)
            yield Part(
                kind, meta.start, meta.end, text or b"", is_inside=True, is_too_much=text is None
            )
    if not (inside.keys() <= _IN_META and _has_known_properties(inside[b"iprp"])):
        yield Part("metadata", meta.start, meta.end, data[meta.start : meta.end], is_inside=True)
    if end < len(data):
        yield Part("behind", end, len(data), data[end:])


def _whole_boxes(data: bytes) -> tuple[list[_Box], int]:
    """The boxes at the top of a file, and where the last that is whole ends."""
    found: list[_Box] = []
    try:
        for box in _boxes(data, 0, len(data)):
            found.append(box)
    except ValueError:
        if not found:
            raise
    return found, found[-1].end


class _Contents:
    """The bytes of the items of a file, found by number, and what of the file belongs to one."""

    def __init__(self, data: bytes, places: _Places, most: int) -> None:
        self._data, self._left = data, most
        self._found: dict[int, bytes | None] = {}
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for place in places.places:
            if place.in_file:
                of_one = self._spans.setdefault(place.number, [])
                of_one += [
                    (start, min(start + length, len(data)))
                    for _, offset, length in place.extents
                    if (start := place.base + offset) < len(data)
                ]

    def of(self, number: int) -> bytes | None:
        """The bytes of an item, as far as they are in the file; None if they are too much."""
        if number not in self._found:
            spans = self._spans.get(number, [])
            size = sum(end - start for start, end in spans)
            is_small = size <= self._left
            self._left -= size if is_small else 0
            found = b"".join(self._data[start:end] for start, end in spans) if is_small else None
            self._found[number] = found
        return self._found[number]

    def fill(self, box: _Box) -> bool:
        """Whether every byte of an mdat box belongs to an item."""
        at = box.start + 8
        before = bisect_right(self._used, (at, len(self._data))) - 1
        return at >= box.end or (before >= 0 and self._used[before][1] >= box.end)

    @cached_property
    def _used(self) -> list[tuple[int, int]]:
        """The spans of all items, joined where they meet, in order."""
        joined: list[tuple[int, int]] = []
        for start, end in sorted(chain.from_iterable(self._spans.values())):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            elif end > start:
                joined.append((start, end))
        return joined


def _has_known_properties(box: bytes) -> bool:
    inside = list(_boxes(box, 8, len(box)))
    lists = [one for one in inside if one.name == b"ipco"]
    known = (
        one.name in _PROPERTIES for each in lists for one in _boxes(box, each.start + 8, each.end)
    )
    return all(one.name in (b"ipco", b"ipma") for one in inside) and all(known)
