"""The typed module: what pages need to know of every picture, as data that a compiler can check.

It is made from the manifest and the records alone, so that `check` can compare it without reading
pictures, in the working tree and in the index.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.errors import ManifestError, StorageError
from assetgen.escapes import script
from assetgen.fs import globs, paths, store
from assetgen.layouts import editor_schema
from assetgen.manifest.grounds import cover_of
from assetgen.manifest.schema import FILE, SCHEMA, Asset, Manifest, Module, module_files
from assetgen.pages import module_entries, page_modules, published
from assetgen.pages.module_entries import IGNORE, Entry
from assetgen.pages.published import Published
from assetgen.plan.families import Family
from assetgen.plan.reasons import making
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record.record import Record, Unusable

#: The beginning of a file that may be overwritten.
_MARK = "// Written by `assetgen emit`"
_HEAD = f"""\
{_MARK} from {FILE} and the records of its pictures. Do not edit: it is written anew.
/* eslint-disable */
"""


class Remark(Struct, frozen=True):
    """Why the module leaves out an asset; with ``is_in``, why its entry does not work."""

    asset_id: str
    why: str
    cure: Cure
    is_in: bool = False


class Written(Struct, frozen=True):
    """One module: its path and its number of assets."""

    path: str
    assets: int


class Emitted(Struct, frozen=True):
    """The modules, all their files, which of them were written, and what they leave out.

    ``schema`` is the JSON Schema for editors, if it was written.
    """

    modules: tuple[Written, ...]
    files: tuple[str, ...]
    changed: tuple[str, ...]
    remarks: tuple[Remark, ...]
    schema: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """The files of pages that have no image any more."""


def emit(root: Path) -> Emitted:
    """Write the files that are out of date. Raises an AssetgenError."""
    from assetgen.fs.lock import locked  # not needed by check, which imports this module

    with locked(root):
        project = open_workspace(root)
        if not is_asked(project):
            what = "project.emit does not name the file of the module"
            cure = advice('add emit = "src/assets.ts" under [project]')
            raise ManifestError(what, where=FILE, cure=cure)
        return renew(project)


def is_asked(project: Workspace) -> bool:
    """Whether there is anything to write."""
    has_schema = os.path.lexists(project.root / SCHEMA)
    return bool(project.manifest.project.modules) or has_schema


def renew(project: Workspace) -> Emitted:
    """Write the files of the modules that differ, and the JSON Schema for editors if there is one.

    Raises StorageError. If one of the files was not written by assetgen, nothing is written.
    """
    found = _found(project)
    published = [one for one in found if isinstance(one, Published)]
    texts = files(project.manifest, published, project.places.families)
    changed = [
        name for name, data in texts.items() if not is_same(_current(project.root, name), data)
    ]
    store.prepare(project.root)
    for name in changed:
        store.write(project.root, name, texts[name])
    removed = list(_leftovers(project, texts))
    for name in removed:
        store.remove(project.root, name)
    modules = project.manifest.project.modules
    written = [Written(one.path, sum(map(chooser(one), published))) for one in modules]
    remarks = [one for one in found if isinstance(one, Remark)]
    return Emitted(
        tuple(written),
        tuple(texts),
        tuple(changed),
        (*remarks, *_broken(project, published)),
        editor_schema.renewed(project.root, project.root),
        tuple(removed),
    )


def _leftovers(project: Workspace, texts: Container[str]) -> Iterator[str]:
    """The files of pages that have no image any more, if assetgen wrote them."""
    for module in project.manifest.project.modules:
        folder = project.root / module.path
        inside = sorted(os.listdir(folder)) if module.by and folder.is_dir() else []
        for path in leftovers(module, (module.path + name for name in inside), texts):
            data = (project.root / path).read_bytes() if (project.root / path).is_file() else b""
            if is_ours(data):
                yield path


def _found(project: Workspace) -> Sequence[Published | Remark]:
    """The entry of every asset that a module asks for, or why it has none."""
    public = project.manifest.project.public
    settle = partial(settling, project)
    return [
        of(asset, project.record(asset.id), public, settle) for asset in asked(project.manifest)
    ]


def of(
    asset: Asset,
    known: Record | Unusable | None,
    public: str | None,
    settle: Callable[[str], Cure],
) -> Published | Remark:
    """The entry of an asset, or why it has none.

    ``settle`` gives the command for a record that is not usable, by the id of its asset.
    """
    if known is None:
        return Remark(
            asset.id,
            f"{asset.path} has not been made",
            making(asset),
        )
    if isinstance(known, Unusable):
        return Remark(asset.id, f"its record is not usable: {known}", settle(asset.id))
    if published.url(asset.path, public) is None:
        why = f"{asset.path} is not in {public}, so it has no URL"
        return Remark(
            asset.id,
            why,
            advice(
                "import it: {snippet}",
                snippet=command("assetgen snippet {id} --for FRAMEWORK", id=asset.id),
            ),
        )
    return published.of(asset, known) or Remark(
        asset.id,
        f"{asset.path} has not been made: its record lists other files",
        making(asset),
    )


def _broken(project: Workspace, found: Iterable[Published]) -> Iterator[Remark]:
    """The assets that have a record but no file."""
    for one in found:
        if project.manifest.find(one.asset_id).is_rebuilt:
            continue  # they are built from their records
        gone = [file.path for file in one.files if not (project.root / file.path).is_file()]
        for path in gone[:1]:
            yield Remark(
                one.asset_id,
                f"{path} does not exist",
                command("assetgen generate {asset_id}", asset_id=one.asset_id),
                is_in=True,
            )


def _current(root: Path, path: str) -> bytes | None:
    """The current file, None if there is none. Raises StorageError if assetgen did not write it."""
    paths.refuse_links(root, path)
    if not (root / path).exists():
        return None
    data = paths.read_own(root, path, StorageError)
    if not is_ours(data):
        what = "assetgen emit did not write this file, so it does not overwrite it"
        raise StorageError(what, where=path, cure=foreign_cure(path))
    return data


def foreign_cure(path: str) -> Cure:
    return advice(
        "move {path} away, or name another file in project.emit; then: {emit}",
        path=path,
        emit=command("assetgen emit"),
    )


def is_ours(data: bytes) -> bool:
    """Whether a file begins with the mark that allows to overwrite it."""
    first, _, rest = data.partition(b"\n")
    return (rest if first.startswith(b"<<<<<<< ") else data).startswith(_MARK.encode())


def is_same(current: bytes | None, text: bytes) -> bool:
    """Whether a file has this text, whatever line ends a checkout gave it."""
    return current is not None and current.replace(b"\r\n", b"\n") == text


# -- the text --------------------------------------------------------------------------------------


def names(manifest: Manifest) -> tuple[str, ...]:
    """The files of all modules; none without project.emit."""
    return tuple(name for one in manifest.project.modules for name in _names(manifest, one))


def _names(manifest: Manifest, module: Module) -> Iterator[str]:
    yield from module_files(module)
    if module.by:
        pages = dict.fromkeys(one.page for one in filter(chooser(module), manifest.asset))
        yield from (page_modules.place(module, page) for page in pages if page)


def leftovers(module: Module, inside: Iterable[str], wanted: Container[str]) -> Iterator[str]:
    """The files in the folder of a module, ``inside``, that it may have had for other pages."""
    if module.by:
        for path in inside:
            own = path.removeprefix(module.path)
            if own != path and "/" not in own and own.endswith(".ts") and path not in wanted:
                yield path


def chooser(module: Module) -> Callable[[Asset | Published], bool]:
    """Whether an asset is in a module. The ground of another one is if ``ids`` names it."""
    matches = globs.matcher(module.ids)

    def is_in(one: Asset | Published) -> bool:
        asset_id = one.asset_id if isinstance(one, Published) else one.id
        if not module.ids:
            return isinstance(one, Published) or cover_of(one) is None
        return matches(asset_id)

    return is_in


def asked(manifest: Manifest) -> Sequence[Asset]:
    """The assets that a module asks for."""
    choosers = list(map(chooser, manifest.project.modules))
    return [asset for asset in manifest.asset if any(is_in(asset) for is_in in choosers)]


def vain(manifest: Manifest) -> Iterator[tuple[Module, str]]:
    """The patterns of ids that match no asset, each with its module."""
    ids = [asset.id for asset in manifest.asset]
    for module in manifest.project.modules:
        for pattern in module.ids:
            if not any(map(globs.matcher([pattern.removeprefix("!")]), ids)):
                yield module, pattern


def files(
    manifest: Manifest, found: Iterable[Published], families: Iterable[Family]
) -> Mapping[str, bytes]:
    """The text of each of ``names``; the assets of one of ``families`` have one entry."""
    known = sorted(found, key=lambda one: one.asset_id)
    public = manifest.project.public
    texts: dict[str, bytes] = {}
    page_of = {asset.id: asset.page for asset in manifest.asset}
    grounds = {asset.id for asset in manifest.asset if cover_of(asset)}
    for module in manifest.project.modules:
        entries = {
            one.asset_id: module_entries.entry(one, public, is_versioned=module.version)
            for one in filter(chooser(module), known)
            if module.ids or one.asset_id not in grounds
        }
        if module.by:
            parts = page_modules.texts(module, _by_page(entries, page_of, families))
            texts |= {path: _joined(text) for path, text in parts.items()}
            continue
        whole = module_entries.folded(entries, families)
        texts |= zip(module_files(module), _texts(module, whole), strict=True)
    return texts


def _by_page(
    entries: Mapping[str, Entry], page_of: Mapping[str, str | None], families: Iterable[Family]
) -> Mapping[str, Mapping[str, Entry]]:
    """The entries of each page."""
    pages: dict[str, dict[str, Entry]] = {}
    for name, entry in entries.items():
        if page := page_of.get(name):
            pages.setdefault(page, {})[name] = entry
    by_member = {one: family for family in families for one in family.members.values()}
    return {
        page: module_entries.folded(
            own, {by_member[one].id: by_member[one] for one in own if one in by_member}.values()
        )
        for page, own in pages.items()
    }


def _texts(module: Module, entries: Mapping[str, dict[str, Any]]) -> list[bytes]:
    """The text of each file of a module."""
    data = f"{IGNORE}export const assets = " + module_entries.literal(dict(entries), "")
    shared = module_entries.types(entries.values())
    if len(module_files(module)) == 1:
        text = f"{data} as const satisfies Record<string, Asset>;\n"
        return [
            _joined(
                shared,
                text,
                f"{IGNORE}export type AssetId = keyof typeof assets;\n",
            )
        ]
    ids = "".join(f"\n  | {script(name)}" for name in entries) or " never"
    declared = f"{IGNORE}export declare const assets: {{ readonly [id in AssetId]: Asset }};\n"
    types = _joined(shared, f"{IGNORE}export type AssetId ={ids};\n", declared)
    return [_joined(f"{data};\n"), types]


def _joined(*parts: str) -> bytes:
    return "\n".join((_HEAD, *parts)).encode()
