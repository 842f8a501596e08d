"""A local image whose page or id was renamed: its files and its record move."""

from __future__ import annotations

from assetgen.generate import statement
from assetgen.generate.outcome import Picture
from assetgen.image.derive import Derived
from assetgen.plan import renaming
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace


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
    stated = statement.of_renaming(
        statement.known_of(project.recorded, known.asset_id),
        wish,
        files,
        fields=(),
        edited=(),
        prompts=project.manifest.project.record_prompts,
    )
    remark = f"it was {known.asset_id} before; its image and its record moved with it"
    return Picture(decision, files, stated, remarks=(remark,), former=known.asset_id)
