"""Parts of the states in which cures are printed."""

from __future__ import annotations

from assetgen.record import record
from tests.support.cures import Stage
from tests.support.tiny import KIND, LAYOUT, tiny, want


def pictures(stage: Stage, *ids: str) -> None:
    """Pictures that are drawn here, not committed."""
    listed(stage, *ids)
    stage.ok("generate", "--no-commit")


def listed(stage: Stage, *ids: str) -> None:
    """Small pictures that the manifest lists, not drawn."""
    stage.place.write("templates/tiny/template.toml", KIND)
    stage.place.write("templates/tiny/plain.html", LAYOUT)
    want(stage.place, *ids)


def drawn(stage: Stage, *ids: str) -> None:
    """Pictures that are drawn here, committed."""
    tiny(stage.place, *ids)
    stage.commit()


def bought(stage: Stage, *ids: str, more: str = "") -> None:
    """Paid pictures, committed."""
    stage.shop.wants(*ids, more=more)
    stage.shop.buys()
    stage.commit()


def edit(stage: Stage, more: bytes = b"more", path: str = "public/a.png") -> None:
    """Change a file as an image editor would."""
    stage.place.write(path, stage.place.read(path) + more)


def damage(stage: Stage, asset_id: str = "a") -> None:
    """Cut a record short, so that it is not usable."""
    path = record.place(asset_id)
    stage.place.write(path, b"{" + stage.place.read(path)[40:])
