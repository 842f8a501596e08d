"""What somebody else could draw now: for agents and people, with the prompt, the shape and the way back in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assetgen.plan import decide
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.workspace import Workspace
from assetgen.routes import codex


@dataclass(frozen=True)
class Want:
    """One picture that is missing, a draft or stale, as a painter has to know it."""

    id: str
    state: str
    route: str
    surface: str
    kind: str
    alt: str
    prompt: str
    """The whole prompt: the kind's scaffold, the asset's words, the style's, the shape."""
    width: int | None
    height: int | None
    """The size that is delivered, in pixels; None where the painter may choose."""
    transparent: bool
    inputs: tuple[str, ...]
    files: tuple[str, ...]
    reasons: tuple[str, ...]
    next: str
    """The command that takes it from here."""

    def stated(self) -> dict[str, Any]:
        """It as data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def wanted(project: Workspace, ids: Iterable[str] = ()) -> list[Want]:
    """Every painted picture that is to be drawn, dependencies first. Raises AssetgenError."""
    chosen = {project.manifest.find(asset_id).id for asset_id in ids}
    decisions = decide.decide(project.manifest, project.world())
    drawn = [d for d in decisions if d.action is Action.DRAW and not d.asset.is_local]
    return [_want(project, d) for d in drawn if not chosen or d.asset.id in chosen]


def _want(project: Workspace, decision: Decision) -> Want:
    wish, asset = decision.wish, decision.asset
    size = f"{asset.fit.width}x{asset.fit.height}" if asset.fit else wish.intent.size
    sides = None if size == "auto" else tuple(int(side) for side in size.split("x"))
    is_codex = asset.route == "codex"
    return Want(
        id=asset.id,
        state=decision.state.value,
        route=asset.route or "",
        surface=decision.estimate.surface,
        kind=asset.kind,
        alt=asset.alt,
        prompt=codex.prompt(wish) if is_codex else wish.intent.prompt,
        width=sides[0] if sides else None,
        height=sides[1] if sides else None,
        transparent=wish.intent.background == "transparent",
        inputs=tuple(
            project.paths[name[1:]] if name.startswith("@") else name for name in asset.inputs
        ),
        files=wish.paths,
        reasons=tuple(reason.field for reason in decision.reasons)
        if decision.state is State.STALE
        else (),
        next=f"assetgen adopt {asset.id}" if is_codex else f"assetgen generate {asset.id}",
    )
