"""Projects with pictures of a painting route, without a provider: the files are adopted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from assetgen.record import approval
from tests.support.place import Place

_PAINTED = """
[[asset]]
id = "{name}"
kind = "cover"
path = "public/{name}.png"
alt = "A picture"
route = "images"
model = "gpt-image-2"
prompt = "A picture of {name}"
size = "1024x1024"
"""


def painted(place: Place, *names: str, check: str = 'unapproved = "error"') -> Place:
    """A committed project with painted pictures that no one approved."""
    text = f"[check]\n{check}\n" + "".join(_PAINTED.format(name=name) for name in names)
    place.manifest(text)
    place.write(".gitignore", ".assetgen/cache/\n")
    for number, name in enumerate(names):
        given = place.picture(f"../given/{name}.png", (32 + number, 24))
        place.ok("adopt", name, str(given), "--route", "images", "--no-commit")
    shutil.rmtree(place.root.parent / "given", ignore_errors=True)
    place.git("add", "-A")
    place.git("commit", "-qm", "pictures")
    return place


def said(place: Place, name: str) -> dict[str, Any]:
    """The approval of an asset, as JSON."""
    found = next(path for path in approval.places(name) if place.has(path))
    stated: dict[str, Any] = json.loads(place.read(found))
    return stated


def codes(place: Place, *options: str) -> list[str]:
    """``code level`` of each finding of check."""
    ran = place.run("check", "--json", *options)
    return [f"{one['code']} {one['level']}" for one in ran.data["findings"]]


def clone(place: Place, name: str) -> Place:
    """A clone of a project, such as another person has."""
    other = Place(place.root.parent / name, Path(place.environ["HOME"]))
    other.git("clone", "-q", str(place.root), ".")
    return other
