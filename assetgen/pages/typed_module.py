"""The typed module: what pages need to know of every picture, as data that a compiler can check.

It is made from the manifest and the records alone, so that `check` can compare it without reading
pictures, in the working tree and in the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assetgen.cure import Cure, advice, command
from assetgen.errors import ManifestError, StorageError
from assetgen.escapes import script
from assetgen.fs import paths, store
from assetgen.manifest.schema import FILE, Asset, Manifest
from assetgen.pages import published
from assetgen.pages.published import Published
from assetgen.plan.unusable import settling
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Measured

#: The beginning of a file that may be overwritten.
_MARK = "// Written by `assetgen emit`"
_HEAD = f"""\
{_MARK} from {FILE} and the records of its pictures. Do not edit: it is written anew.
/* eslint-disable */
"""
_IGNORE = "// prettier-ignore\n"
_TYPES = f"""\
{_IGNORE}export interface AssetFile {{
  readonly src: string;
  readonly width: number;
  readonly height: number;
  readonly type: string;
}}

{_IGNORE}export interface Asset extends AssetFile {{
  readonly alt: string;
  readonly blurDataURL?: string;
  readonly variants: readonly AssetFile[];
  readonly srcSet: {{ readonly [type: string]: string }};
  readonly record: string;
  readonly sha256: string;
}}
"""


@dataclass(frozen=True)
class Remark:
    """Why the module leaves out an asset; with ``is_in``, why its entry does not work."""

    asset_id: str
    why: str
    cure: Cure
    is_in: bool = False


@dataclass(frozen=True)
class Emitted:
    """The module: its path, its files, which of them were written, and its number of assets."""

    path: str
    files: tuple[str, ...]
    changed: tuple[str, ...]
    assets: int
    remarks: tuple[Remark, ...]


def emit(root: Path) -> Emitted:
    """Write the files of the module that are out of date. Raises an AssetgenError."""
    from assetgen.fs.lock import locked  # not needed by check, which imports this module

    with locked(root):
        return renew(open_workspace(root))


def renew(project: Workspace) -> Emitted:
    """Write the files of the module that differ.

    Raises ManifestError if the manifest asks for no module, StorageError. If one of the files was
    not written by assetgen, nothing is written.
    """
    path = project.manifest.project.emit
    if path is None:
        what = "project.emit does not name the file of the module"
        cure = advice('add emit = "src/assets.ts" under [project]')
        raise ManifestError(what, where=FILE, cure=cure)
    found = _found(project)
    texts = files(project.manifest, [one for one in found if isinstance(one, Published)])
    changed = [
        name for name, data in texts.items() if not is_same(_current(project.root, name), data)
    ]
    store.prepare(project.root)
    for name in changed:
        store.write(project.root, name, texts[name])
    left_out = [one for one in found if isinstance(one, Remark)]
    remarks = (*left_out, *_broken(project, found))
    return Emitted(path, tuple(texts), tuple(changed), len(found) - len(left_out), remarks)


def _found(project: Workspace) -> Sequence[Published | Remark]:
    """The entry of every asset, or why it has none."""
    public = project.manifest.project.public
    settle = partial(settling, project)
    return [of(asset, project.record(asset.id), public, settle) for asset in project.manifest.asset]


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
            command("assetgen generate {id}", id=asset.id),
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
        command("assetgen generate {id}", id=asset.id),
    )


def _broken(project: Workspace, found: Iterable[Published | Remark]) -> Iterator[Remark]:
    """The assets that have a record but no file."""
    for one in found:
        gone = one.files if isinstance(one, Published) else ()
        for path in [file.path for file in gone if not (project.root / file.path).is_file()][:1]:
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
    """The files: TypeScript, or JavaScript and its declarations; none without project.emit."""
    path = manifest.project.emit
    if path is None or path.endswith(".ts"):
        return (path,) if path else ()
    stem, _, extension = path.rpartition(".")
    return path, f"{stem}.d.{'mts' if extension == 'mjs' else 'ts'}"


def files(manifest: Manifest, found: Iterable[Published]) -> Mapping[str, bytes]:
    """The text of each of ``names``."""
    public = manifest.project.public
    entries = {
        one.asset_id: _entry(one, public) for one in sorted(found, key=lambda one: one.asset_id)
    }
    data = f"{_IGNORE}export const assets = " + _literal(entries, "")
    if len(names(manifest)) == 1:
        text = f"{data} as const satisfies Record<string, Asset>;\n"
        texts = [_joined(_TYPES, text, f"{_IGNORE}export type AssetId = keyof typeof assets;\n")]
        return dict(zip(names(manifest), texts, strict=True))
    ids = "".join(f"\n  | {script(name)}" for name in entries) or " never"
    declared = f"{_IGNORE}export declare const assets: {{ readonly [id in AssetId]: Asset }};\n"
    types = _joined(_TYPES, f"{_IGNORE}export type AssetId ={ids};\n", declared)
    return dict(zip(names(manifest), [_joined(f"{data};\n"), types], strict=True))


def _joined(*parts: str) -> bytes:
    return "\n".join((_HEAD, *parts)).encode()


def _entry(one: Published, public: str | None) -> dict[str, Any]:
    def link(path: str) -> str:
        return published.url(path, public) or ""

    def size(file: Measured) -> dict[str, Any]:
        return {"src": link(file.path), "width": file.width, "height": file.height}

    sets = published.sets(one) if one.variants else {}
    return {
        **size(one.main),
        "alt": one.alt,
        "type": one.main.media_type,
        **({"blurDataURL": one.blur} if one.blur else {}),
        "variants": [{**size(file), "type": file.media_type} for file in one.variants],
        "srcSet": {
            f"image/{fmt}": ", ".join(f"{link(file.path)} {file.width}w" for file in files)
            for fmt, files in sets.items()
        },
        "record": record.place(one.asset_id),
        "sha256": one.sha256,
    }


def _literal(value: Any, margin: str) -> str:
    """A value in TypeScript or JavaScript, one property a line."""
    inner = margin + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{_key(name)}: {_literal(one, inner)},\n" for name, one in value.items()]
        return "{\n" + "".join(lines) + margin + "}" if lines else "{}"
    if isinstance(value, list):
        lines = [f"{inner}{_literal(one, inner)},\n" for one in value]
        return "[\n" + "".join(lines) + margin + "]" if lines else "[]"
    return script(value) if isinstance(value, str) else str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else script(name)
