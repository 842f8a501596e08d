"""A local image whose page or id was renamed: its files and its record move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assetgen.generate import statement
from assetgen.generate.outcome import Picture
from assetgen.image.derive import Derived
from assetgen.plan import renaming
from assetgen.plan.decide import Decision
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record


def picture(project: Workspace, decision: Decision) -> Picture | None:
    """The picture under the former id of its asset, as that of the new id; None if it has none."""
    wish, world = decision.wish, project.world()
    places = renaming.moves(wish, project.record(wish.asset.id), world)
    known = world.former(wish) if places else None
    if places is None or known is None:
        return None
    files = []
    for target, seen in zip(wish.targets, known.observed, strict=True):
        data = project.tree.read(places[target.path])
        if data is None:  # it was removed meanwhile
            return None
        files.append(
            Derived(
                path=target.path,
                data=data,
                width=seen.width,
                height=seen.height,
                format=target.format,
                alpha=seen.alpha,
            )
        )
    if [file.sha256 for file in files] != list(known.subject.values()):
        return None
    return Picture(
        decision,
        files,
        _statement(project, wish, known, files),
        former=known.asset_id,
    )


def drawn_again(project: Workspace, picture: Picture) -> Picture:
    """``picture`` with the record of its former id, where git has only that and no file is built.

    If the files come out otherwise here, it has a new record, and the former one still leaves.
    """
    wish, world = picture.decision.wish, project.world()
    known = world.former(wish) if renaming.is_unbuilt(wish, world) else None
    if known is None or project.record(wish.asset.id) is not None:
        return picture
    picture = replace(picture, former=known.asset_id)
    if [file.sha256 for file in picture.files] != list(known.subject.values()):
        return picture
    return replace(picture, statement=_statement(project, wish, known, picture.files))


def _statement(
    project: Workspace, wish: Wish, known: Record, files: Sequence[Derived]
) -> Mapping[str, Any]:
    return statement.of_renaming(
        statement.known_of(project.recorded, known.asset_id),
        wish,
        files,
        fields=(),
        edited=(),
        prompts=project.manifest.project.record_prompts,
    )
