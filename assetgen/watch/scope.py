"""Which files of a project matter to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assetgen.fs import globs, paths
from assetgen.manifest.schema import FILE, FORMATS, Manifest, references, targets

TEMPLATES = "templates"
UNWATCHED = frozenset({"node_modules", "venv", "__pycache__"})


@dataclass(frozen=True)
class Scope:
    """What the decisions on a project rest on, and the pages that name its pictures; paths are those below it."""

    files: frozenset[str] = frozenset({FILE})
    content: tuple[str, ...] = ()
    """Globs of the pages."""
    written: frozenset[str] = frozenset()
    """What assetgen itself writes: never a reason to look again."""

    def concerns(self, path: str, *, is_folder: bool) -> bool:
        """Whether a change at ``path`` may change a decision, or what is to be watched."""
        if self._is_apart(path):
            return False
        if path in self.files or path == TEMPLATES or path.startswith(TEMPLATES + "/"):
            return True
        if not is_folder:
            return False
        inside = path + "/"
        return any(one.startswith(inside) for one in self.files) or any(
            not base or f"{base}/".startswith(inside) or inside.startswith(base + "/")
            for base in self.bases
        )

    def is_page(self, path: str) -> bool:
        """Whether a file at ``path`` may name pictures."""
        return self._is_meant(path) and not self._is_apart(path)

    def _is_apart(self, path: str) -> bool:
        parts = path.split("/")
        return path in self.written or parts[0].startswith(".") or not UNWATCHED.isdisjoint(parts)

    @cached_property
    def _is_meant(self) -> Callable[[str], bool]:
        return globs.matcher(self.content)

    @cached_property
    def bases(self) -> set[str]:
        """The folders below which there are pages; "" is the project, not needed for what lies right in it."""
        return globs.bases(
            glob for glob in self.content if "/" in glob.removeprefix("./") or "**" in glob
        )

    @property
    def tops(self) -> set[str]:
        """The folders right below the project in which all of it lies; "" for every one."""
        inner = {
            place.partition("/")[0] for place in (*self.files, TEMPLATES + "/") if "/" in place
        }
        return inner | {base.partition("/")[0] for base in self.bases}


def of_manifest(known: Manifest, rests_on: Iterable[str]) -> Scope:
    """What is looked at for a manifest, of which the decisions were found to rest on the files ``rests_on``."""
    written = frozenset(target.path for asset in known.asset for target in targets(asset))
    files = frozenset(
        path for path in rests_on if not (path.startswith("@") or paths.problem_of_page(path))
    ) | {FILE}
    content = tuple(glob for glob in known.project.content if not _is_outside(glob))
    return Scope(files - written, content, written)


def _is_outside(glob: str) -> bool:
    """Whether a glob looks outside the project; a manifest is only a file that somebody sent."""
    return glob.startswith("/") or ".." in glob.split("/") or not {":", "\\"}.isdisjoint(glob)


def named_files(known: Manifest) -> Iterator[str]:
    """The files that a manifest names, for one on which nothing could be decided."""
    for asset in known.asset:
        yield from (reference for _, reference in references(asset))
        yield from (asset.page,) if asset.page else ()
        yield from _images_in(asset.values)


def _images_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "." + value.rpartition(".")[2].lower() in {*FORMATS, ".svg"}:
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _images_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _images_in(inner)
