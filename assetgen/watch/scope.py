"""Which files of a project matter to watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from assetgen.fs import globs, paths
from assetgen.manifest.schema import FILE, FORMATS, Manifest, listed_paths, references
from assetgen.plan import data_values, inherited

TEMPLATES = "templates"
UNWATCHED = frozenset({"node_modules", "venv", "__pycache__"})


@dataclass(frozen=True)
class Scope:
    """The files that the plan depends on, and the pages; paths start at the project."""

    files: frozenset[str] = frozenset({FILE})
    content: tuple[str, ...] = ()
    """Glob patterns of the pages."""
    written: frozenset[str] = frozenset()
    """What assetgen itself writes: never a reason to plan again."""
    sources: tuple[str, ...] = ()
    """Glob patterns of the pages that have images of their own, by a collection."""

    def concerns(self, path: str, *, is_folder: bool) -> bool:
        """Whether a change at ``path`` may change the plan, or the folders to watch."""
        if self._is_apart(path):
            return False
        if path in self.files or path == TEMPLATES or path.startswith(TEMPLATES + "/"):
            return True
        if not is_folder:
            return bool(self.sources) and self._is_source(path)
        inside = path + "/"
        return any(one.startswith(inside) for one in self.files) or any(
            not base or f"{base}/".startswith(inside) or inside.startswith(base + "/")
            for base in self.bases
        )

    def is_page(self, path: str) -> bool:
        """Whether a file at ``path`` may refer to pictures."""
        return self._is_meant(path) and not self._is_apart(path)

    def _is_apart(self, path: str) -> bool:
        parts = path.split("/")
        return path in self.written or parts[0].startswith(".") or not UNWATCHED.isdisjoint(parts)

    @cached_property
    def _is_meant(self) -> Callable[[str], bool]:
        return globs.matcher(self.content)

    @cached_property
    def _is_source(self) -> Callable[[str], bool]:
        return globs.matcher(self.sources)

    @cached_property
    def bases(self) -> set[str]:
        """The folders that contain pages in subfolders; "" is the project itself."""
        deep = (glob for glob in self.content if "/" in glob.removeprefix("./") or "**" in glob)
        return globs.bases((*deep, *self.sources))

    @property
    def tops(self) -> set[str]:
        """The top folders of the project that contain all of it; "" for all of them."""
        inner = {
            place.partition("/")[0] for place in (*self.files, TEMPLATES + "/") if "/" in place
        }
        return inner | {base.partition("/")[0] for base in self.bases}

    def with_files(self, rests_on: Iterable[str]) -> Scope:
        """The same, and the files ``rests_on`` that a part of the plan depends on."""
        files = _plain_files(rests_on) - self.written - self.files
        return replace(self, files=self.files | files) if files else self


def _plain_files(rests_on: Iterable[str]) -> frozenset[str]:
    return frozenset(
        path for path in rests_on if not (path.startswith("@") or paths.problem_of_page(path))
    )


def of_manifest(known: Manifest, rests_on: Iterable[str]) -> Scope:
    """The scope of a manifest whose plan depends on the files ``rests_on``."""
    written = listed_paths(known)
    data = [rule.data for rule in known.collection if rule.data]
    files = _plain_files((*rests_on, *data)) | {FILE}
    content = tuple(glob for glob in known.project.content if not _is_outside(glob))
    patterns = [glob for rule in known.collection for glob in rule.patterns]
    sources = () if any(map(_is_outside, patterns)) else tuple(patterns)
    return Scope(files - written, content, written, sources)


def _is_outside(pattern: str) -> bool:
    """Whether a pattern reaches out of the project; a manifest cannot be trusted."""
    parts = pattern.split("/")
    return pattern.startswith("/") or ".." in parts or not {":", "\\"}.isdisjoint(pattern)


def named_files(known: Manifest) -> Iterator[str]:
    """The files that a manifest names, for a manifest without a plan."""
    for _, values in inherited.tables(known):
        yield from _images_in(values)
        yield from data_values.files(values)
    for asset in known.asset:
        yield from references(asset)
        yield from (asset.page,) if asset.page else ()
        yield from data_values.files(asset.values)
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
