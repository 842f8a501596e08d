"""Which pictures a person approved: the approvals of a tree, compared with its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property

from msgspec import Struct

from assetgen.errors import AssetgenError
from assetgen.fs.tree import Tree
from assetgen.plan.decide import Decision, State
from assetgen.plan.wish import Wish
from assetgen.record import approval
from assetgen.record.approval import Approval
from assetgen.record.record import Record, Unusable

NONE = "no one has approved it"


class Verdict(Struct, frozen=True):
    """Whether a picture is approved: ``objection`` is None, or says why it is not."""

    approval: Approval | None
    objection: str | None

    @property
    def is_approved(self) -> bool:
        return self.objection is None


class Moving(Struct, frozen=True):
    """An approval that moves with the picture of a renamed asset."""

    former: str
    """Where it was."""
    place: str
    """Where it belongs now."""
    data: bytes


class Approvals:
    """The approvals of a tree."""

    def __init__(
        self,
        tree: Tree,
        record_of: Callable[[str], Record | Unusable | None],
        wish: Callable[[str], Wish],
    ) -> None:
        """``wish`` is what the manifest asks for an asset, as of the workspace of ``tree``."""
        self._tree = tree
        self._record_of = record_of
        self._wish = wish

    @cached_property
    def paths(self) -> Mapping[str, None]:
        """The path of every approval, sorted."""
        found = self._tree.files(approval.FOLDER)
        return dict.fromkeys(path for path in found if path.endswith(".json"))

    def at(self, asset_id: str) -> str | None:
        """Where the approval of an asset is, the valid one if there are two; None without one."""
        found = [path for path in dict.fromkeys(approval.places(asset_id)) if path in self.paths]
        if len(found) > 1:
            found.sort(key=lambda path: self._judged(asset_id, path).objection is not None)
        return found[0] if found else None

    def of(self, asset_id: str) -> Verdict:
        """Whether the files of an asset, as its record has them, are approved."""
        path = self.at(asset_id)
        return self._judged(asset_id, path) if path else Verdict(None, NONE)

    def verdict(self, decision: Decision) -> Verdict:
        """The same for an asset of the manifest; only a picture that is fresh can be approved."""
        found = self.of(decision.asset.id)
        if found.objection is None and decision.state is not State.FRESH:
            return Verdict(found.approval, f"it is {decision.state}")
        return found

    def _judged(self, asset_id: str, path: str) -> Verdict:
        try:
            said = self.read(path)
        except Unusable as exc:
            return Verdict(None, f"its approval is not usable: {exc}")
        known = self._record_of(asset_id)
        if not isinstance(known, Record):
            return Verdict(said, "it has no record")
        if known.is_draft:
            return Verdict(said, "it is a placeholder image")
        objection = approval.objection(said, known)
        if objection == approval.OTHER_INTENT and self._is_same_intent(asset_id, said, known):
            objection = None
        return Verdict(said, objection)

    def _is_same_intent(self, asset_id: str, said: Approval, known: Record) -> bool:
        """Whether two digests are of one intent, with its prompt and with a digest of that."""
        with suppress(AssetgenError):
            digests = self._wish(asset_id).intent.digests
            return {said.intent, known.intent.get("digest")}.issubset(digests)
        return False

    def read(self, path: str) -> Approval:
        """The approval at ``path``. Raises Unusable."""
        return approval.read(self._tree.read(path) or b"")

    def moving(
        self, former: str, place: str, *, files: Mapping[str, str], intent: str
    ) -> Moving | None:
        """The approval of a renamed asset under its new name, at ``place``; None if none holds.

        It moves if the same bytes are asked for with the same intent: ``files`` are path -> sha256
        (hex) under the new name.
        """
        old, found = self.at(former), self.of(former)
        said = found.approval
        if old is None or said is None or not found.is_approved or said.intent != intent:
            return None
        if list(said.subject.values()) != list(files.values()):
            return None
        return Moving(old, place, approval.write(said.moved(list(files))))
