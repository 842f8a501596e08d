"""Picking one of two candidates, against generating one local cover: whole commands, with commits.

The candidates are bought from a provider on loopback, as in paid.py, before anything is measured.
The painted image is 1024x1024, the cover 1200x630. Nothing is drawn by a pick: it decodes the
original once, derives the file, and writes the record of all candidates.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, Reading
from benchmarks.paid import KEY, provider

_PAINTED = """
[[asset]]
id = "painted"
kind = "cover"
path = "public/painted.png"
alt = "A paper plane"
route = "images"
prompt = "A paper plane leaving an open notebook"
size = "1024x1024"
quality = "low"
candidates = 2
"""
_COVER = """
[[asset]]
id = "cover"
kind = "cover"
path = "public/cover.png"
alt = "A cover"
[asset.values]
title = "Number {number}"
"""


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder, provider(folder, "photograph") as url:
        paid = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
        environ = {**measure.environment(folder), **paid}
        painted, drawn = folder / "painted", folder / "drawn"
        _begun(painted, _PAINTED, environ)
        _begun(drawn, _COVER.format(number=0), environ)
        turns = {"pick": 0, "generate": 0}

        def pick() -> Reading:
            turns["pick"] += 1
            return measure.run(
                [ASSETGEN, "pick", "painted", str(1 + turns["pick"] % 2)], painted, environ
            )

        def generate() -> Reading:
            turns["generate"] += 1
            (drawn / "assets.toml").write_text(_COVER.format(number=turns["generate"]))
            return measure.run([ASSETGEN, "generate"], drawn, environ)

        found = measure.rounds({"pick": pick, "generate": generate}, 4 if quick else 12)
        measure.heading("One candidate picked, and one local cover generated")
        measure.table(found)
        measure.ratio("CPU, pick to generate", measure.ratios(found, "pick", "generate"), 1.3)
        walls = [a.wall / b.wall for a, b in zip(found["pick"], found["generate"], strict=True)]
        measure.ratio("wall, pick to generate", sorted(walls), 1.3)


def _begun(place: Path, manifest: str, environ: Mapping[str, str]) -> None:
    """A committed project with its image made, or its candidates bought."""
    place.mkdir()
    (place / "assets.toml").write_text(manifest)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
        subprocess.run(["git", *words], cwd=place, env=dict(environ), check=True)
    measure.run([ASSETGEN, "generate"], place, environ)


if __name__ == "__main__":
    main()
