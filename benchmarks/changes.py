"""Approving one image, against generating one cover; and diff of 100 changed images.

The images of diff are PNG files of 1200x630 with some grain, which differ between two commits. diff
is compared with decoding both sides once on all cores, in one process with Pillow alone.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON, Reading

_COVER = """
[[asset]]
id = "cover"
kind = "cover"
path = "public/cover.png"
alt = "A cover"
[asset.values]
title = "Number {number}"
"""
_PAINT = """
import sys
from pathlib import Path
from PIL import Image
folder, turn = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(exist_ok=True)
grain = Image.effect_noise((300, 158), 12).resize((1200, 630)).quantize(24).convert("RGB")
for number in range(100):
    image = grain.copy()
    image.paste((number, 200 * turn, 50), (number, number, number + 200, number + 200))
    image.save(folder / f"{number}.png")
"""
_DECODE = """
import io, os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from PIL import Image
def decoded(path):
    image = Image.open(io.BytesIO(path.read_bytes()))
    image.load()
files = [path for folder in sys.argv[1:] for path in Path(folder).iterdir()]
with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    list(pool.map(decoded, files))
"""


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        _approve(folder, environ, 4 if quick else 12)
        _diff(folder, environ, 3 if quick else 8)


def _git(place: Path, environ: Mapping[str, str], *words: str) -> None:
    subprocess.run(["git", *words], cwd=place, env=dict(environ), check=True)


def _approve(folder: Path, environ: Mapping[str, str], rounds: int) -> None:
    places = [folder / "approved", folder / "drawn"]
    for place in places:
        place.mkdir()
        (place / "assets.toml").write_text(_COVER.format(number=0))
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
            _git(place, environ, *words)
        measure.run([ASSETGEN, "generate"], place, environ)
    turns = [0]

    def approve() -> Reading:
        subprocess.run(
            [ASSETGEN, "revoke", "cover"], cwd=places[0], env=dict(environ), capture_output=True
        )
        return measure.run([ASSETGEN, "approve", "cover"], places[0], environ)

    def generate() -> Reading:
        turns[0] += 1
        (places[1] / "assets.toml").write_text(_COVER.format(number=turns[0]))
        return measure.run([ASSETGEN, "generate"], places[1], environ)

    found = measure.rounds({"approve": approve, "generate": generate}, rounds)
    measure.heading("One image approved, and one local cover generated")
    measure.table(found)
    measure.ratio("CPU, approve to generate", measure.ratios(found, "approve", "generate"), 1.3)


def _diff(folder: Path, environ: Mapping[str, str], rounds: int) -> None:
    place = folder / "changes"
    place.mkdir()
    _git(place, environ, "init", "-q")
    (place / "assets.toml").write_text("")
    for turn in (0, 1):
        side = folder / f"side{turn}"
        measure.run([PYTHON, "-c", _PAINT, side, str(turn)], folder, environ)
        shutil.copytree(side, place / "public", dirs_exist_ok=True)
        _git(place, environ, "add", "-A")
        _git(place, environ, "commit", "-qm", "images")
    sides = [folder / "side0", folder / "side1"]
    cases = {
        "diff": lambda: measure.run([ASSETGEN, "diff", "HEAD~1..HEAD"], place, environ),
        "decode": lambda: measure.run([PYTHON, "-c", _DECODE, *sides], folder, environ),
    }
    found = measure.rounds(cases, rounds)
    measure.heading("100 changed images compared, and both sides decoded once")
    measure.table(found)
    measure.ratio("CPU, diff to decode", measure.ratios(found, "diff", "decode"), 1.3)
    measure.ratio("wall, diff to decode", measure.ratios(found, "diff", "decode", "wall"), 1.3)


if __name__ == "__main__":
    main()
