"""What one process keeps of its last plan, to decide again only what rests on the files saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from assetgen.fs.tree import Tree
from assetgen.manifest.parse import Reading
from assetgen.manifest.schema import FILE
from assetgen.plan import decide
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions

#: The folder of the project's own layouts, and the part of it that every layout depends on.
_TEMPLATES, _FONTS = "templates", "fonts"
# More images than these are not decided one by one.
_MOST = 500


class LastPlan:
    """The last plan of a project whose files are watched, and which files were saved since.

    Only while the manifest is the same, has no mistake and no collection: what a collection makes
    follows from all its pages and rows.
    """

    def __init__(self) -> None:
        self.is_part = False
        """Whether only some assets were decided the last time."""
        self._data: bytes | None = None
        """The manifest of the last plan; None if everything is to be decided."""
        self._reading: Reading | None = None
        self._everything: Sequence[Decision] = ()
        self._needs: dict[str, Sequence[str]] = {}
        self._shown_in: defaultdict[str, set[str]] = defaultdict(set)
        self._resting: defaultdict[str, set[str]] = defaultdict(set)
        self._saved: Collection[str] | None = None

    def forget(self) -> None:
        """Decide everything the next time."""
        self._data, self.is_part = None, False

    def expect(self, saved: Collection[str] | None) -> None:
        """Decide next what rests on the files ``saved``; everything, if that is None."""
        self._saved = saved

    def workspace(
        self,
        tree: Tree,
        conditions: Conditions | None = None,
        *,
        only: Sequence[str] = (),
        commits: bool = True,
    ) -> Workspace:
        """The project in ``tree``; its manifest is not read again if it is the same.

        Raises what Workspace raises.
        """
        is_same = self._data is not None and tree.read(FILE) == self._data
        stated = self._reading if is_same else None
        return Workspace(tree.root, tree, conditions, only=only, commits=commits, stated=stated)

    def decide(self, project: Workspace) -> list[Decision]:
        """The decisions that may differ from those of the last plan, dependencies first.

        Raises what ``Workspace.decide`` raises.
        """
        ids = self._due(project) if project.stated is self._reading else None
        self.is_part = ids is not None
        if ids is None:
            self.forget()
            found = project.decide()
            self._keep(project, found)
            return found
        assets = tuple(asset for asset in project.manifest.asset if asset.id in ids)
        part = msgspec.structs.replace(project.manifest, asset=assets)
        found = list(decide.decide(part, project.world()))
        self._index(found)
        return found

    def _keep(self, project: Workspace, everything: Sequence[Decision]) -> None:
        if project.others or project.manifest.collection:
            return
        self._data, self._reading = project.bytes, project.stated
        self._everything = everything
        self._needs.clear()
        self._shown_in.clear()
        self._resting.clear()

    def _index(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            asset_id = decision.asset.id
            if needs := decision.needs:
                self._needs[asset_id] = needs
            for need in needs:
                self._shown_in[need].add(asset_id)
            for path in decision.rests_on:
                self._resting[path].add(asset_id)

    def _due(self, project: Workspace) -> set[str] | None:
        """The assets that may rest on what was saved, and what they need; None if all may."""
        if self._data is None or self._saved is None:
            return None
        self._index(self._everything)  # once: most plans are of everything
        self._everything = ()
        due: set[str] = set()
        for path in self._saved:
            found = self._resting.get(path) or _of_template(project, path)
            if not found:
                return None
            due |= found
        return self._with_needs(due) if len(due) <= _MOST else None

    def _with_needs(self, ids: set[str]) -> set[str] | None:
        """``ids``, the assets that are made from them, and what all these are made from."""
        found = _reached(_reached(ids, self._shown_in), self._needs)
        return found if len(found) <= _MOST else None


def _reached(ids: Iterable[str], arrows: Mapping[str, Iterable[str]]) -> set[str]:
    """``ids``, and what ``arrows`` lead to from there."""
    found = set(ids)
    waiting = list(found)
    while waiting:
        new = set(arrows.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def _of_template(project: Workspace, path: str) -> set[str]:
    """The assets that a layout of the project draws, if ``path`` is a part of its layouts."""
    top, _, rest = path.partition("/")
    folder = rest.partition("/")[0]
    if top != _TEMPLATES or folder in ("", rest, _FONTS):
        return set()
    own = Path(project.root) / _TEMPLATES
    kinds = {asset.kind for asset in project.manifest.asset if asset.is_local}
    shown = {kind for kind in kinds if kind == folder or (own / kind).is_dir()}
    return {asset.id for asset in project.manifest.asset if asset.is_local and asset.kind in shown}
