"""What this checkout has placed: a line "sha256 path" for each file, in its cache.

The list only grows at its end, so that noting the next files does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from assetgen.fs import own_notes, paths, platform, staging

_PLACED = f"{staging.CACHE}/placed"


def placed(root: Path) -> Iterator[tuple[str, str]]:
    """(path, sha256) of each file that this checkout has placed, each once."""
    for line in _lines(root):
        digest, _, path = line.partition(" ")
        yield path, digest


def _lines(root: Path) -> dict[str, None]:
    """The lines of the list; none from another checkout."""
    lines = dict.fromkeys((own_notes.read(root, _PLACED) or "").split("\n"))
    lines.pop("", None)
    return lines


def note(root: Path, files: Mapping[str, str], replace: Callable[[Path, str, bytes], None]) -> None:
    """Add files, path -> sha256; ``replace`` writes a file durably. Raises OSError, StorageError.

    The list is written again, with each line once, when its size passes a power of two.
    """
    added = [f"{digest} {path}" for path, digest in files.items()]
    if not added:
        return
    data = "".join(f"\n{line}" for line in added).encode()
    size = own_notes.size(root, _PLACED)
    if size is None or size.bit_length() != (size + len(data)).bit_length():
        lines = {**_lines(root), **dict.fromkeys(added)}
        replace(root, _PLACED, own_notes.stamped(root, "\n".join(lines)))
        return
    paths.refuse_links(root, _PLACED)
    with open(root / _PLACED, "ab") as file:
        file.write(data)
        file.flush()
        platform.sync_file(file.fileno())
