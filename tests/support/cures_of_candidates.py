"""States of candidates, and the commands that are printed there."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image

from tests.support.cures import Stage, State
from tests.support.place import COVER

_PICK = "generate/pick"
_SHOWS = "assetgen pick {asset_id}"


def _wanted(stage: Stage) -> None:
    """A painted asset with candidates, and a local one."""
    stage.shop.wants("a", more="candidates = 2")
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text + COVER.format(id="local", title="A"))
    stage.commit()


def _bought(stage: Stage) -> None:
    _wanted(stage)
    stage.ok("generate")


def _without(stage: Stage) -> None:
    stage.shop.wants("a")
    stage.commit()


def _needed(stage: Stage) -> None:
    """An asset that is made from an undecided one."""
    _bought(stage)
    first = stage.place.read("assets.toml").decode()
    stage.shop.wants("b", more='inputs = ["@a"]')
    stage.place.manifest(first + stage.place.read("assets.toml").decode())
    stage.commit()


def _orphaned(stage: Stage) -> None:
    _bought(stage)
    stage.place.covers("local", title="A")
    stage.commit()


def _originals(stage: Stage) -> tuple[Path, Path]:
    folder = stage.place.root / ".git/assetgen/%/originals"
    return folder, stage.place.root.parent / "originals"


def _elsewhere(stage: Stage) -> None:
    """Candidates whose bytes are in another clone."""
    _bought(stage)
    shutil.move(*_originals(stage))


def _there(stage: Stage) -> None:
    here, there = _originals(stage)
    shutil.rmtree(here, ignore_errors=True)
    shutil.move(there, here)


def _edited(stage: Stage) -> None:
    """A bought image that was edited by hand and accepted."""
    _without(stage)
    stage.ok("generate")
    data = stage.place.read("public/a.png")
    with Image.open(io.BytesIO(data)) as image:
        out = io.BytesIO()
        image.transpose(Image.Transpose.ROTATE_180).save(out, "PNG")
    stage.place.write("public/a.png", out.getvalue())
    stage.ok("accept", "a")


_REFINE = "generate/refine"
STATES = [
    State((_REFINE, "assetgen adopt {id} {path} --force"), _edited, "refine a x", settles=False),
    State((_REFINE, "assetgen plan {id}"), _without, "refine a --undo", settles=False),
    State(("check/of_candidates", "git rm -- {path}"), _orphaned),
    State((_PICK, "assetgen generate {asset_id}"), _wanted, "pick local", settles=False),
    State((_PICK, "assetgen generate {asset_id} --candidates 4"), _without, "pick a", pays=1),
    State((_PICK, _SHOWS), _bought, "pick a 9", settles=False),
    State((_PICK, "assetgen pick {id} {n}"), _elsewhere, "pick a 1", first=_there),
    State(
        ("generate/selection", "assetgen generate {id}"),
        _wanted,
        "generate local --candidates 2",
        settles=False,
    ),
    State(
        ("generate/selection", "assetgen pick {need}"), _needed, "generate b --force", settles=False
    ),
    State(("plan/choices", _SHOWS), _bought, "plan", settles=False),
    State(("plan/provenance", _SHOWS), _bought, "show a", settles=False),
    State(("report/candidates", "assetgen pick {id}"), _bought, "pick a", settles=False),
    State(("report/generate", "assetgen pick {id}"), _wanted, "generate", settles=False),
]
