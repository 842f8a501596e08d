"""The files that emit writes, compared with what it would write now."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256

from assetgen.check import torn
from assetgen.check.findings import Finding
from assetgen.cure import Cure, advice, command
from assetgen.fs import git_cures
from assetgen.fs.tree import Index, WorkTree
from assetgen.layouts import editor_schema
from assetgen.manifest.schema import FILE, SCHEMA, Module
from assetgen.pages import typed_module
from assetgen.pages.published import Published
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record, Unusable
from assetgen.text import count


class EmittedFiles:
    """The typed modules as they should be, collected while the records are read."""

    def __init__(self, project: Workspace) -> None:
        self._project = project
        self._assets = {asset.id: asset for asset in typed_module.asked(project.manifest)}
        self._found: dict[str, Published] = {}

    def needs(self, asset_id: str) -> bool:
        """Whether a module has an entry of this asset."""
        return asset_id in self._assets

    def note(self, asset_id: str, known: Record | Unusable | None) -> None:
        """Add the entry of an asset, by its record."""
        if asset_id in self._assets:
            public = self._project.manifest.project.public
            settle = partial(settling, self._project)
            found = typed_module.of(self._assets[asset_id], known, public, settle)
            if isinstance(found, Published):
                self._found[asset_id] = found

    def findings(self) -> Iterator[Finding]:
        """One for each file that differs, and one for each pattern that matches no asset."""
        yield from self._of_modules()
        yield from self._of_schema()
        for module, pattern in typed_module.vain(self._project.manifest):
            what = f"project.emit: no asset matches {pattern!r}, which {module.path} asks for"
            cure = advice("correct the pattern in ids, or remove it")
            line = self._project.places.line_of(("project", "emit"))
            yield Finding(FILE, "emit", what, cure, level="warning", line=line)

    def _of_modules(self) -> Iterator[Finding]:
        files = typed_module.files(
            self._project.manifest, self._found.values(), self._project.places.families
        )
        apart = [one for one in self._project.manifest.project.modules if one.by]
        for module in apart:
            yield from self._of_folder(module, files)
        for path, data in files.items():
            if path.startswith(tuple(one.path for one in apart)):
                continue
            if self._project.holdings.unmerged([path]):
                yield torn.written(self._project, path, command("assetgen emit"))
                continue
            current = self._project.tree.read(path)
            if current is not None and not typed_module.is_ours(current):
                what = "was not written by assetgen emit"
                cure = typed_module.foreign_cure(path)
            elif not typed_module.is_same(current, data):
                what = "is out of date: assets.toml or a picture has changed"
                what = "does not exist" if current is None else what
                cure = command("assetgen emit")
            else:
                continue
            yield Finding(path, "emit", what, self._staging(cure, list(files)))

    def _of_folder(self, module: Module, files: Mapping[str, bytes]) -> Iterator[Finding]:
        """One finding for all files of the pages, and one for each that is not ours."""
        tree, stale = self._project.tree, list[str]()
        for path, data in files.items():
            if not path.startswith(module.path):
                continue
            if tree.digest(path) == sha256(data).hexdigest():
                continue
            current = tree.read(path)
            if current is not None and not typed_module.is_ours(current):
                cure = self._staging(typed_module.foreign_cure(path), list(files))
                yield Finding(path, "emit", "was not written by assetgen emit", cure)
            elif not typed_module.is_same(current, data):
                stale.append(path)
        folder = module.path.rstrip("/")
        if isinstance(tree, WorkTree) and (tree.root / folder).is_dir():
            tree.note(folder)  # a file of a page that went may come back
        inside = typed_module.leftovers(module, tree.files(folder), files)
        gone = [path for path in inside if typed_module.is_ours(tree.read(path) or b"")]
        if stale or gone:
            parts = [f"{count(len(stale), 'module')} out of date"] if stale else []
            parts += [f"{count(len(gone), 'module')} of pages without images"] if gone else []
            what = f"has {' and '.join(parts)}, such as {min([*stale, *gone])}"
            cure = self._staging(command("assetgen emit"), [folder])
            yield Finding(module.path, "emit", what, cure)

    def _of_schema(self) -> Iterator[Finding]:
        path, tree = SCHEMA, self._project.tree
        if not isinstance(tree, Index) and not os.path.lexists(self._project.root / path):
            return  # git need not be asked for a file that few projects lack
        current, is_torn = tree.read(path), list(torn.schema(self._project))
        yield from is_torn
        if current is None or is_torn:
            return
        wanted = editor_schema.text(tree.templates()).encode()
        if not editor_schema.is_same(current, wanted):
            what = "is out of date: a template or the version of assetgen has changed"
            cure = self._staging(command("assetgen emit"), [path])
            yield Finding(path, "emit", what, cure, level="warning")

    def _staging(self, cure: Cure, files: Sequence[str]) -> Cure:
        """``cure``, and for a check of the index the command that stages ``files``."""
        tree = self._project.tree
        if not isinstance(tree, Index):
            return cure
        return advice("{cure} && {add}", cure=cure, add=git_cures.adding(tree.held, list(files)))
