"""The files of the repository by path, name and folder; case counts on every platform."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from assetgen.refs.links import Links


class Listing:
    """A fixed view of the files: paths relative to the repository, with ``/`` between parts.

    ``consulted`` has the files that were read so far. An answer from this listing is valid as long
    as the paths and the bytes of these files are the same.
    """

    def __init__(
        self,
        files: Iterable[str],
        read: Callable[[str], bytes | None],
        links: Mapping[str, str] | None = None,
    ) -> None:
        """``links`` are those of ``files`` that are symbolic links, and what each leads to."""
        self.links = Links(links or {})
        self._files = frozenset(files)
        if self.links:
            self._files -= {one for one in self.links if self._leads_nowhere(one)}
        self._read = read
        self.consulted: set[str] = set()
        self.ignore_steps = 0
        """How many patterns of .gitignore files were compared with paths so far."""

    def _leads_nowhere(self, link: str) -> bool:
        """Whether a link leads to a folder, which is no file, or to nothing in the repository.

        One that leads out of the repository, or to what a tool installs, may lead to something.
        """
        real = self.links.real(link)
        is_installed = real is not None and "node_modules" in real.split("/")
        return real is not None and real not in self._files and not is_installed

    def __contains__(self, path: object) -> bool:
        if path in self._files:
            return True
        return bool(self.links) and isinstance(path, str) and self.real(path) in self._files

    def real(self, path: str) -> str:
        """``path`` without links; as it is if a link leads out of the repository."""
        return (self.links.real(path) or path) if self.links else path

    def __iter__(self) -> Iterator[str]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._files)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file of this listing; None if it has no such file."""
        if path not in self._files:
            return None
        self.consulted.add(path)
        return self._read(path)

    def named(self, name: str) -> tuple[str, ...]:
        """The files of that base name, sorted."""
        return tuple(self._by_name.get(name, ()))

    def ending(self, path: str) -> tuple[str, ...]:
        """The files whose path ends in these parts, sorted.

        ``a/b.png`` finds ``x/a/b.png``, not ``xa/b.png``.
        """
        tail = f"/{path}"
        return tuple(one for one in self.named(path.rpartition("/")[2]) if f"/{one}".endswith(tail))

    def starting(self, prefix: str) -> Sequence[str]:
        """The files whose path begins with these characters, sorted."""
        return self._sorted[
            bisect_left(self._sorted, prefix) : bisect_left(self._sorted, f"{prefix}\U0010ffff")
        ]

    def folder_exists(self, path: str) -> bool:
        """Whether any file is below ``path``; "" is the repository."""
        return path in self._folders or (bool(self.links) and self.real(path) in self._folders)

    def folders_called(self, name: str) -> tuple[str, ...]:
        """The folders of that name, sorted."""
        return tuple(
            sorted(one for one in self._folders if one == name or one.endswith(f"/{name}"))
        )

    def other_case(self, path: str) -> str | None:
        """The file that would be ``path`` if case did not count."""
        return self._folded.get(path.casefold())

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._files)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._sorted:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def _folders(self) -> set[str]:
        found = {""}
        for path in self._files:
            folder = path.rpartition("/")[0]
            while folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return found

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {path.casefold(): path for path in reversed(self._sorted)}
