"""One side of a comparison: the pictures, records, texts and approvals of a tree."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from assetgen.diff.model import File, Version
from assetgen.errors import AssetgenError
from assetgen.fs import lfs
from assetgen.fs.tree import NOT_A_FILE, TOO_LARGE, Index, Tree
from assetgen.manifest.schema import Asset, targets
from assetgen.plan.approvals import Approvals
from assetgen.plan.workspace import Workspace
from assetgen.record import ledger, record
from assetgen.record.places import Records
from assetgen.record.record import Record, Unusable

#: So many bytes that were read for their digest are kept until their pixels are looked at.
_ROOM = 128 * 1024 * 1024


class Side:
    """The pictures of a tree; a manifest with mistakes, or none, is no obstacle."""

    def __init__(self, root: Path, tree: Tree, lock: threading.Lock) -> None:
        """``lock`` is held while git is asked for bytes: all answers come through one pipe."""
        self.tree = tree
        self._lock = lock
        self._read: dict[str, bytes] = {}
        self._room = _ROOM
        self.project: Workspace | None = None
        self.mistake: AssetgenError | None = None
        try:
            self.project = Workspace(root, tree)
        except AssetgenError as exc:
            self.mistake = exc
        project = self.project
        self.records = project.recorded if project else Records(tree, lambda _id: None)
        self.approvals = project.approvals if project else Approvals(tree, self.record, _no_wish)

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        """The assets of the manifest by id."""
        return {asset.id: asset for asset in self.project.manifest.asset} if self.project else {}

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The asset that each file of the manifest belongs to."""
        return {
            target.path: asset.id for asset in self.assets.values() for target in targets(asset)
        }

    def record(self, asset_id: str) -> Record | Unusable | None:
        """The record of an asset."""
        place, data = self.records.find(asset_id)
        if data is None:
            return None
        try:
            return record.read(data, place)
        except Unusable as exc:
            return exc

    def content(self, path: str) -> bytes | None:
        """The bytes of a file; None if they are not here. May be called from several threads."""
        if (known := self._read.pop(path, None)) is not None:
            return known
        with self._lock, suppress(AssetgenError, ValueError, OSError):
            return self.tree.read(path)
        return None

    def version(self, asset_id: str, changed: frozenset[str]) -> Version | None:
        """The picture of an asset; None if it has none. Files not ``changed`` are as recorded."""
        found = self.record(asset_id)
        known = found if isinstance(found, Record) else None
        asset = self.assets.get(asset_id)
        paths = [*known.subject] if known else []
        if not known and asset:
            paths = [target.path for target in targets(asset)]
        files = tuple(self._files(paths, known, asset, changed=changed))
        if not files:
            return None
        stated: dict[str, Any] = {}
        with suppress(Unusable):
            stated = record.statement(self.records.find(asset_id)[1] or b"")
        verdict = self.approvals.of(asset_id)
        return Version(
            asset_id,
            files,
            alt=asset.alt if asset else _alt(stated),
            known=known,
            formerly=tuple(_predicate(stated).get("formerly") or ()),
            expenses=tuple(ledger.expenses(stated)) if known else (),
            approval=verdict.approval,
            objection=verdict.objection,
            encoder=(_predicate(stated).get("derive") or {}).get("encoder"),
        )

    def _files(
        self,
        paths: list[str],
        known: Record | None,
        asset: Asset | None,
        *,
        changed: frozenset[str],
    ) -> Iterator[File]:
        subject = known.subject if known else {}
        seen = {one.path: one for one in known.observed} if known else {}
        is_rebuilt = asset is not None and asset.is_rebuilt
        for path in paths:
            is_known = path in subject and (is_rebuilt or path not in changed)
            digest = subject.get(path) if is_known else self._digest(path)
            if digest is None:
                continue
            facts = seen.get(path) if digest == subject.get(path) else None
            yield File(
                path,
                digest,
                width=facts.width if facts else None,
                height=facts.height if facts else None,
                format=facts.format if facts else None,
            )

    def alone(self, path: str) -> Version | None:
        """A picture that no asset has; None if there is none at ``path``."""
        digest = self._digest(path)
        return Version(None, (File(path, digest),)) if digest else None

    def _digest(self, path: str) -> str | None:
        with self._lock, suppress(AssetgenError, ValueError, OSError):
            if isinstance(self.tree, Index) and self._room > 0:
                data = self.tree.read(path)
                if data is not None:
                    self._read[path] = data
                    self._room -= len(data)
                return None if data is None else lfs.digest_of(data)
            found = self.tree.digest(path)
            return None if found in (NOT_A_FILE, TOO_LARGE) else found
        return None


def _no_wish(asset_id: str) -> Any:
    raise AssetgenError(f"there is no manifest that lists {asset_id}")


def _predicate(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    found = stated.get("predicate")
    return found if isinstance(found, Mapping) else {}


def _alt(stated: Mapping[str, Any]) -> str | None:
    asset = _predicate(stated).get("asset")
    return str(asset.get("alt") or "") if isinstance(asset, Mapping) else None
