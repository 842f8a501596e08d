"""The typed module: what pages need of every picture, as plain data that a compiler can check.

It is made from the manifest and the records alone, so that `check` can say whether it is as it should be
without looking at a picture, in the work tree and in the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import ManifestError, StorageError
from assetgen.escapes import script
from assetgen.fs import paths, store
from assetgen.manifest.schema import FILE, Asset, Manifest
from assetgen.pages import published
from assetgen.pages.published import Delivered
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Measured

#: How a file begins that may be overwritten.
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
    """Why the module says nothing of an asset, or (``is_in``) says it in vain."""

    asset_id: str
    why: str
    cure: str
    is_in: bool = False


@dataclass(frozen=True)
class Emitted:
    """What became of the module: its path, all its files, those that were written, how many assets it holds."""

    path: str
    files: tuple[str, ...]
    changed: tuple[str, ...]
    assets: int
    remarks: tuple[Remark, ...]


def emit(root: Path) -> Emitted:
    """Write the module that assets.toml names, if it is not as it should be. Raises an AssetgenError."""
    from assetgen.fs.lock import locked  # which a check that reads this module does without

    with locked(root):
        return renew(open_workspace(root))


def renew(project: Workspace) -> Emitted:
    """Write what differs of the module. Raises ManifestError if there is to be none, StorageError.

    A file that was not written by this is not touched, nor is anything then.
    """
    path = project.manifest.project.emit
    if path is None:
        what, cure = (
            "project.emit does not say where the module goes",
            'add emit = "src/assets.ts" under [project]',
        )
        raise ManifestError(what, where=FILE, cure=cure)
    found = _found(project)
    wanted = files(project.manifest, [one for one in found if isinstance(one, Delivered)])
    changed = [
        name for name, data in wanted.items() if not is_same(_lying(project.root, name), data)
    ]
    store.prepare(project.root)
    for name in changed:
        store.write(project.root, name, wanted[name])
    left_out = [one for one in found if isinstance(one, Remark)]
    remarks = (*left_out, *_in_vain(project, found))
    return Emitted(path, tuple(wanted), tuple(changed), len(found) - len(left_out), remarks)


def _found(project: Workspace) -> Sequence[Delivered | Remark]:
    """Of every asset what the module says of it, or why it says nothing."""
    public = project.manifest.project.public
    return [of(asset, project.record(asset.id), public) for asset in project.manifest.asset]


def of(asset: Asset, known: Record | Unusable | None, public: str | None) -> Delivered | Remark:
    """What the module says of an asset, or why it says nothing."""
    if known is None:
        return Remark(asset.id, f"{asset.path} has not been made", f"assetgen generate {asset.id}")
    if isinstance(known, Unusable):
        place = record.place(asset.id)
        return Remark(
            asset.id,
            f"its record is not usable: {known}",
            f"git restore --staged --worktree {place}",
        )
    if published.url(asset.path, public) is None:
        why = f"{asset.path} does not lie in {public}, so it has no URL"
        return Remark(asset.id, why, f"import it: assetgen snippet {asset.id} --for FRAMEWORK")
    return published.of(asset, known) or Remark(
        asset.id,
        f"{asset.path} has not been made: its record speaks of other files",
        f"assetgen generate {asset.id}",
    )


def _in_vain(project: Workspace, found: Iterable[Delivered | Remark]) -> Iterator[Remark]:
    """The assets whose record is there and whose file is not."""
    for one in found:
        gone = one.files if isinstance(one, Delivered) else ()
        for path in [file.path for file in gone if not (project.root / file.path).is_file()][:1]:
            yield Remark(
                one.asset_id,
                f"{path} is not there",
                f"assetgen generate {one.asset_id}",
                is_in=True,
            )


def _lying(root: Path, path: str) -> bytes | None:
    """The module as it lies there. Raises StorageError if something is there that is not ours to replace."""
    paths.refuse_links(root, path)
    if not (root / path).exists():
        return None
    data = paths.read_own(root, path, StorageError)
    if not is_ours(data):
        what = "this file was not written by assetgen emit; it is not overwritten"
        raise StorageError(what, where=path, cure=foreign_cure(path))
    return data


def foreign_cure(path: str) -> str:
    return f"move {path} away, or name another file as project.emit; then: assetgen emit"


def is_ours(data: bytes) -> bool:
    """Whether a file says of itself that it may be overwritten."""
    return data.startswith(_MARK.encode())


def is_same(lying: bytes | None, wanted: bytes) -> bool:
    """Whether a file is as wanted, whatever line ends a checkout gave it."""
    return lying is not None and lying.replace(b"\r\n", b"\n") == wanted


# -- the text --------------------------------------------------------------------------------------


def names(wanted: Manifest) -> tuple[str, ...]:
    """The files of the module: one of TypeScript, or one of JavaScript and its declarations; none if none is wanted."""
    path = wanted.project.emit
    if path is None or path.endswith(".ts"):
        return (path,) if path else ()
    stem, _, extension = path.rpartition(".")
    return path, f"{stem}.d.{'mts' if extension == 'mjs' else 'ts'}"


def files(wanted: Manifest, found: Iterable[Delivered]) -> Mapping[str, bytes]:
    """The text of each of ``names``."""
    public = wanted.project.public
    entries = {
        one.asset_id: _entry(one, public) for one in sorted(found, key=lambda one: one.asset_id)
    }
    data = f"{_IGNORE}export const assets = " + _literal(entries, "")
    if len(names(wanted)) == 1:
        text = f"{data} as const satisfies Record<string, Asset>;\n"
        texts = [_joined(_TYPES, text, f"{_IGNORE}export type AssetId = keyof typeof assets;\n")]
        return dict(zip(names(wanted), texts, strict=True))
    ids = "".join(f"\n  | {script(name)}" for name in entries) or " never"
    declared = f"{_IGNORE}export declare const assets: {{ readonly [id in AssetId]: Asset }};\n"
    types = _joined(_TYPES, f"{_IGNORE}export type AssetId ={ids};\n", declared)
    return dict(zip(names(wanted), [_joined(f"{data};\n"), types], strict=True))


def _joined(*parts: str) -> bytes:
    return "\n".join((_HEAD, *parts)).encode()


def _entry(one: Delivered, public: str | None) -> dict[str, Any]:
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
    """A value as TypeScript and JavaScript write it, one property a line."""
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
