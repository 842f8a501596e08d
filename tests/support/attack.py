"""What the attacks share: a run in this process, a forged record, a kind in the project."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assetgen.check import check
from assetgen.check.findings import Report
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.generate.outcome import Outcome
from assetgen.record import record
from tests.support.place import Place

KIND = """
size = [200, 100]
layout = "l"
[values]
title = { type = "text" }
picture = { type = "picture" }
[layouts.l]
"""

ASSET = """
[[asset]]
id = "a"
kind = "mine"
path = "public/a.png"
alt = ""
"""


def generate(place: Place, *ids: str, force: bool = False) -> Outcome:
    return performer.generate(
        place.root, Options(ids=ids, force=force, commit=False, jobs=1), place.environ
    )


def refusals(outcome: Outcome) -> str:
    """The messages of all refused pictures, in one text."""
    return "\n".join(failure.error.what for failure in outcome.failed)


def run_check(place: Place) -> Report:
    return check.check(place.root, place.environ)


def poison(place: Place, change: Callable[[Any], None], asset_id: str = "a") -> None:
    """Change a record and its digest, as anyone can: the digest needs no secret."""
    path = record.place(asset_id)
    statement = json.loads(place.read(path))
    change(statement)
    place.write(path, record.write(statement))


def own_kind(place: Place, layout: str, values: str = 'title = "Hello"', sheet: str = KIND) -> None:
    """A kind ``mine`` with the layout ``l``, and an asset ``a`` that uses it."""
    place.write("templates/mine/template.toml", sheet)
    place.write("templates/mine/l.html", layout)
    place.manifest(f"{ASSET}\n[asset.values]\n{values}\n")


def page(body: str, css: str = "", head: str = "") -> str:
    return (
        f"<!doctype html><html><head>{head}<style>body{{font-family:var(--font)}}{css}</style>"
        f"</head><body>{body}</body></html>"
    )


def victim(place: Place, data: bytes = b"precious") -> Path:
    """A file of the user's outside the project."""
    path = place.root.parent / "victim"
    path.write_bytes(data)
    return path


def link(place: Place, path: str, target: Path | str) -> None:
    full = place.root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, full)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
