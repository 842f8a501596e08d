"""The images to generate now, for agents and people: prompt, size and the next command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assetgen.fs import originals
from assetgen.manifest import naming
from assetgen.plan import decide
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.wish import PARENT, Wish, parent_of
from assetgen.plan.workspace import Workspace
from assetgen.routes import codex_prompt


@dataclass(frozen=True)
class Want:
    """One image that is missing, a draft or stale, with what is needed to draw it."""

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
    """The size of the published image, in pixels; None if any size will do."""
    transparent: bool
    inputs: tuple[str, ...]
    files: tuple[str, ...]
    reasons: tuple[str, ...]
    next: str
    """The next command to run."""


def wanted(project: Workspace, ids: Iterable[str] = ()) -> list[Want]:
    """Every image that is not drawn locally and is to be generated, dependencies first.

    Raises AssetgenError.
    """
    chosen = set(naming.named(project.manifest, ids))
    decisions = decide.decide(project.manifest, project.world())
    drawn = [d for d in decisions if d.action is Action.DRAW and not d.asset.is_local]
    return [_want(project, d) for d in drawn if not chosen or d.asset.id in chosen]


def _want(project: Workspace, decision: Decision) -> Want:
    wish, asset = decision.wish, decision.asset
    size = f"{asset.fit.width}x{asset.fit.height}" if asset.fit else wish.intent.size
    width, height = (None, None) if size == "auto" else map(int, size.split("x"))
    is_codex = asset.route == "codex"
    is_stale = decision.state is State.STALE
    return Want(
        id=asset.id,
        state=decision.state.value,
        route=asset.route or "",
        surface=decision.estimate.surface,
        kind=asset.kind,
        alt=asset.alt,
        prompt=codex_prompt.prompt(wish) if is_codex else wish.intent.prompt,
        width=width,
        height=height,
        transparent=wish.intent.background == "transparent",
        inputs=tuple(_inputs(project, wish)),
        files=wish.paths,
        reasons=tuple(reason.field for reason in decision.reasons) if is_stale else (),
        next=f"assetgen adopt {asset.id}" if is_codex else f"assetgen generate {asset.id}",
    )


def _inputs(project: Workspace, wish: Wish) -> Iterator[str]:
    """The path of each image that it is made from; that before a step is a kept original."""
    for name in wish.asset.inputs:
        if name == PARENT:
            if parent := parent_of(wish):
                yield originals.shown(project.root, parent)
        else:
            yield project.paths[name[1:]] if name.startswith("@") else name
