"""Images that a user brings or changes, and what assetgen finds then."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image

from assetgen.check import check
from assetgen.check.findings import Finding
from assetgen.generate.options import Options
from assetgen.plan import decide
from assetgen.plan.workspace import open_workspace
from tests.support.place import Place

LATER = Options(commit=False)
# The parts of a record that say where a picture came from and who paid.
KEPT = ("prompt", "route", "request", "response", "original", "cost")


def photo(path: Path, colour: str = "red", size: tuple[int, int] = (1200, 630)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def decision(place: Place) -> decide.Decision:
    project = open_workspace(place.root)
    [found] = decide.decide(project.manifest, project.world())
    return found


def look(place: Place) -> tuple[Finding, ...]:
    """What check finds."""
    return check.check(place.root, place.environ).findings


def digest(place: Place, path: str) -> str:
    return hashlib.sha256(place.read(path)).hexdigest()
