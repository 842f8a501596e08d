"""Which asset a picture of a batch is for, and whether it goes into place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec

from assetgen.errors import AssetgenError, StorageError
from assetgen.generate.outcome import Made
from assetgen.manifest.key_types import PaintOptions
from assetgen.paid.batch_api import Batch, time_of
from assetgen.plan import decide, settle
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.wish import World
from assetgen.plan.workspace import Workspace
from assetgen.record import batch_file
from assetgen.record.batch_file import Asked, Unusable


class _InBatch(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    custom_id: str = ""
    created_at: str | None = None


class _Response(msgspec.Struct, frozen=True, rename="camel"):
    batch: _InBatch = _InBatch()


class _Storage(msgspec.Struct, frozen=True):
    decision: str = ""


class _Original(msgspec.Struct, frozen=True):
    digest: str = ""


class _Predicate(msgspec.Struct, frozen=True):
    response: _Response | None = None
    original: _Original | None = None
    storage: _Storage = _Storage()

    @property
    def batch(self) -> _InBatch:
        return self.response.batch if self.response else _InBatch()

    def is_newer(self, asked: Asked, batch: Batch) -> bool:
        """Whether the picture in place was asked for after that of ``asked``."""
        if self.batch.created_at:
            return self.batch.created_at > time_of(batch.created_at)
        return (self.original.digest if self.original else None) != asked.replaces


class _Record(msgspec.Struct, frozen=True):
    predicate: _Predicate


_DECODER = msgspec.json.Decoder(_Record)


@dataclass(frozen=True)
class Target:
    """The asset of a picture; ``decision`` has the intent that the picture was made for."""

    asset_id: str
    decision: Decision | None
    in_place: Made | None = None
    """The picture, if it was placed before."""
    why_kept: str = ""
    """Why its image is only kept: no asset asks for it, or a newer one is in place."""
    error: AssetgenError | None = None
    """Why it cannot be placed as things are."""

    @property
    def state(self) -> State:
        return self.decision.state if self.decision else State.MISSING


class Targets:
    """Finds the assets of one project."""

    def __init__(self, project: Workspace, *, overwrite: bool = False) -> None:
        self._project = project
        self._overwrite = overwrite
        self._taken: dict[str, str] = {}
        """The custom_id of the request that an asset gets its picture from."""

    def _decision(self, asset_id: str) -> Decision | None:
        """The decision on an asset; None if the manifest does not list it."""
        if asset_id not in self._project.paths:
            return None
        return decide.judge(self._project.wish(asset_id), self._world, {})

    @cached_property
    def _world(self) -> World:
        """What the project answers; in which batch an image is does not matter here.

        The files of large batches are not read a second time for that.
        """
        world = self._project.world()
        return replace(world, elsewhere=replace(world.elsewhere, batched=lambda _wish: None))

    @cached_property
    def _by_intent(self) -> Mapping[str, str]:
        """The assets without an image, by the digests of their intents."""
        lacking = (d for d in self._project.decide() if d.state is not State.FRESH)
        return {d.wish.intent.digests[0]: d.asset.id for d in lacking if not d.asset.is_local}

    def of(self, asked: Asked, batch: Batch) -> Target:
        """The target of a request."""
        found = self._decision(asked.asset) or self._heir(asked)
        if found is None or found.asset.is_local or found.asset.is_adopted:
            why = "no asset of that id asks for a paid image any more"
            return Target(asked.asset, None, why_kept=why)
        asset_id = found.asset.id
        placed = self._placed(found)
        if placed and placed.batch.custom_id == asked.custom_id and placed.batch.id == batch.id:
            if found.state is not State.MISSING:
                return Target(asset_id, found, in_place=settled(found))
        elif placed and placed.is_newer(asked, batch):
            why = "a newer image is in place"
            return Target(asset_id, found, why_kept=why)
        try:
            decision = self._as_asked(found, asked)
        except Unusable as exc:
            return Target(asset_id, None, error=StorageError(str(exc)))
        if found.action is Action.REFUSE and not self._may_overwrite(found):
            error = found.problem or StorageError(settle.why_left(found), cure=settle.cure(found))
            return Target(asset_id, decision, error=error)
        return Target(asset_id, decision)

    def _heir(self, asked: Asked) -> Decision | None:
        """An asset that asks for the same image under another id, and gets no other."""
        name = self._by_intent.get(asked.wanted)
        if name is None or self._taken.setdefault(name, asked.custom_id) != asked.custom_id:
            return None
        return self._decision(name)

    def _may_overwrite(self, found: Decision) -> bool:
        return self._overwrite and found.state in (State.FOREIGN, State.EDITED)

    def _placed(self, found: Decision) -> _Predicate | None:
        """What the record in place says of its purchase; None of a draft, or without a record."""
        data = self._project.tree.read(found.wish.place)
        try:
            known = _DECODER.decode(data or b"").predicate
        except msgspec.MsgspecError:
            return None
        return None if known.storage.decision == "draft" else known

    def _as_asked(self, found: Decision, asked: Asked) -> Decision:
        """The decision on an asset with the intent that a picture was made for. Raises Unusable."""
        wish = found.wish
        if wish.intent.digests[0] == asked.wanted:
            return found
        intent = batch_file.intent_of(asked, wish.intent.values)
        return found.but(wish=replace(wish, intent=intent))


def settled(found: Decision) -> Made:
    """An image that is in place; of thousands, no more is kept than what is reported of them."""
    return Made(slim(found), found.paths, record=found.wish.place)


def slim(found: Decision) -> Decision:
    """A decision without what its image was made from."""
    wish = found.wish
    intent = msgspec.structs.replace(wish.intent, prompt="", values=_NOTHING, inputs=_NONE)
    bare = replace(
        wish, values=_NOTHING, intent=intent, needs=(), options=_NO_OPTIONS, data=_NOTHING
    )
    return found.but(wish=bare, reasons=())


# One of each for all images: thousands of empty ones are megabytes.
_NOTHING: dict[str, Any] = {}
_NONE: list[dict[str, Any]] = []
_NO_OPTIONS = PaintOptions()
