"""Makes large projects in which everything is fresh, without drawing thousands of pictures.

    python -m benchmarks.projects FOLDER ASSETS [--bytes N] [--pages] [--no-git]

Each picture is a real PNG of the requested size, mostly noise in a chunk that decoders skip; its
record is made by the same code that makes every record.
"""

from __future__ import annotations

import argparse
import io
import random
import subprocess
import zlib
from pathlib import Path

from assetgen.fs import store
from assetgen.generate import statement
from assetgen.image import derive
from assetgen.manifest.schema import FILE
from assetgen.plan import cost, decide
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Drawn
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from assetgen.record.schema import RecordedRequest, RecordedRoute

SIZE = (1200, 630)

_ASSET = """
[[asset]]
id = "post-{number:05}"
kind = "cover"
path = "public/img/{folder:02}/post-{number:05}.png"
alt = "The cover of post {number}"
[asset.values]
title = "What we learned from post number {number}"
subtitle = "A few words that say what it is about"
brand = "assetgen"
"""


_COLLECTION = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "{title}"
[collection.values]
brand = "assetgen"
"""
_PAGE = """---
title: What we learned from post number {number}
description: A few words that say what it is about
date: 2026-01-02
tags: [maps, tiles]
author: Ada
draft: false
---

# Post {number}

Tiles are small pictures that together make a map.
"""


def write_pages(root: Path, pages: int) -> None:
    """Write a manifest of one collection and its pages, 200 to a folder."""
    (root / FILE).write_text(_COLLECTION)
    for number in range(pages):
        page = root / f"content/{number // 200:03}/post-{number:06}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_PAGE.format(number=number))


def manifest(assets: int) -> str:
    """A manifest of ``assets`` covers, 200 pictures to a folder."""
    return "".join(_ASSET.format(number=number, folder=number // 200) for number in range(assets))


def picture(noise: bytes) -> bytes:
    """A PNG of one colour with ``noise`` in a chunk of its own."""
    chunk = b"noIs" + noise
    sealed = len(noise).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return _plain()[:-12] + sealed + _plain()[-12:]


def _plain(found: list[bytes] = []) -> bytes:  # noqa: B006 - made once
    if not found:
        from PIL import Image

        out = io.BytesIO()
        Image.new("RGB", SIZE, "#4f46e5").save(out, "PNG")
        found.append(out.getvalue())
    return found[0]


def build(root: Path, assets: int, size: int, *, git: bool, pages: bool) -> None:
    """Write manifest, pictures and records, and commit them."""
    if pages:
        write_pages(root, assets)
    else:
        (root / FILE).write_text(manifest(assets))
    (root / ".gitignore").write_text(".assetgen/cache/\n")
    store.prepare(root)
    project = open_workspace(root)
    noise = random.Random(7)
    for decision in decide.decide(project.manifest, project.world()):
        _finish(root, decision, picture(noise.randbytes(size)))
    if git:
        commit(root)


def commit(root: Path) -> None:
    """Commit all files, as one commit of a new repository."""
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["commit", "-q", "-m", "start"],
        ["status"],
    ):
        command = ["git", "-c", "core.looseCompression=0", "-c", "gc.auto=0", *arguments]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)


def _finish(root: Path, decision: Decision, png: bytes) -> None:
    wish = decision.wish
    drawn = Drawn(
        original=png,
        source_type="algorithmicMedia",
        route=RecordedRoute(owner="local", surface="none", client="benchmark"),
        request=RecordedRequest(digest=record.digest({})),
        response=None,
        received="pixels",
        keeps_original=False,
    )
    files = derive.derive(png, wish.asset, drawn.source_type)
    estimate = cost.estimate(wish.asset, wish.intent, Action.DRAW)
    stated = statement.of_drawing(
        wish, drawn, files, placeholder="data:,", estimate=estimate, prompts="text"
    )
    for path, data in [(f.path, f.data) for f in files] + [(wish.place, record.write(stated))]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("assets", type=int)
    parser.add_argument("--bytes", type=int, default=50_000, help="the size of each picture")
    parser.add_argument("--no-git", action="store_true", help="make no repository")
    parser.add_argument("--pages", action="store_true", help="one collection with a page for each")
    given = parser.parse_args()
    build(given.folder, given.assets, given.bytes, git=not given.no_git, pages=given.pages)


if __name__ == "__main__":
    main()
