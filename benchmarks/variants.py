"""Variants: four widths in WebP and AVIF from one picture, against sharp at matching settings."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import HERE, PYTHON, Reading

# A picture like one of a model: soft light, some grain, some edges.
_PAINT = """
import sys
from PIL import Image, ImageDraw, ImageFilter
size = (1536, 1024)
slope = Image.linear_gradient("L")
light = Image.merge("RGB", [slope.rotate(turn).resize(size) for turn in (0, 90, 180)])
draw = ImageDraw.Draw(light)
for n in range(60):
    x, y, r = n * 397 % size[0], n * 211 % size[1], 20 + n * 37 % 160
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(n * 53 % 256, n * 97 % 256, n * 29 % 256))
light = light.filter(ImageFilter.GaussianBlur(1.5))
grain = Image.effect_noise(size, 24).convert("RGB")
Image.blend(light, grain, 0.12).save(sys.argv[1])
"""
_OURS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from assetgen.image import derive
from assetgen.manifest.schema import Asset, Variants
formats, folder = sys.argv[2].split(","), Path(sys.argv[5])
threads, times = int(sys.argv[3]), int(sys.argv[4])
variants = Variants((320, 640, 960, 1280), tuple(formats))
asset = Asset(id="a", kind="cover", path="public/a.png", alt="", variants=variants)
original = Path(sys.argv[1]).read_bytes()
with ThreadPoolExecutor(threads) as pool:
    for _ in range(times):
        files = derive.derive(original, asset, "trainedAlgorithmicMedia", pool.map)
for file in files[1:]:
    (folder / Path(file.path).name).write_bytes(file.data)
"""


def main() -> None:
    quick = measure.options(__doc__)
    if not measure.peers(["sharp"]):
        return
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        picture = folder / "picture.png"
        measure.run([PYTHON, "-c", _PAINT, picture], folder, environ)
        for formats in ("webp,avif", "webp", "avif"):
            for threads in (1, 2):
                _compare(folder, picture, formats, threads, environ, 2 if quick else 5)
        _sizes(folder)


def _compare(
    folder: Path, picture: Path, formats: str, threads: int, environ: dict[str, str], rounds: int
) -> None:
    measure.heading(
        f"1536 x 1024 -> 320, 640, 960, 1280 in {formats.replace(',', ' and ')}, "
        f"{threads} thread(s)"
    )
    ours, peer = folder / "ours", folder / "peer"
    ours.mkdir(exist_ok=True)
    peer.mkdir(exist_ok=True)

    def assetgen(times: int) -> Reading:
        command: list[str | Path] = [
            PYTHON,
            "-c",
            _OURS,
            picture,
            formats,
            str(threads),
            str(times),
            ours,
        ]
        return measure.run(command, folder, environ)

    def sharp(times: int) -> Reading:
        command: list[str | Path] = [
            "node",
            HERE / "variants.mjs",
            picture,
            formats,
            str(threads),
            str(times),
            peer,
        ]
        return measure.run(command, folder, environ)

    found = measure.rounds(
        {
            "assetgen, whole process": partial(assetgen, 1),
            "sharp, whole process": partial(sharp, 1),
        },
        rounds,
    )
    more = measure.rounds({"assetgen": lambda: assetgen(2), "sharp": lambda: sharp(2)}, rounds)
    found["assetgen, a second picture"] = _difference(
        more["assetgen"], found["assetgen, whole process"]
    )
    found["sharp, a second picture"] = _difference(more["sharp"], found["sharp, whole process"])
    measure.table(found)
    goals = (0.9, 0.5) if formats == "webp,avif" else (None, None)
    for words in ("whole process", "a second picture"):
        measure.ratio(
            f"CPU, {words}",
            measure.ratios(found, f"assetgen, {words}", f"sharp, {words}"),
            goals[0],
        )
        measure.ratio(
            f"wall, {words}", measure.ratios(found, f"assetgen, {words}", f"sharp, {words}", "wall")
        )
    peak = measure.ratios(found, "assetgen, whole process", "sharp, whole process", "peak")
    measure.ratio("peak memory, whole process", peak, goals[1])


def _difference(two: list[Reading], one: list[Reading]) -> list[Reading]:
    return [b - a for a, b in zip(one, two, strict=True)]


def _sizes(folder: Path) -> None:
    measure.heading("The files that came out")
    for name in ("ours", "peer"):
        for suffix in ("webp", "avif"):
            total = sum(file.stat().st_size for file in (folder / name).glob(f"*.{suffix}"))
            measure.figure(
                f"four {suffix} files, {'assetgen' if name == 'ours' else 'sharp'}",
                total / 1e3,
                "KB",
            )


if __name__ == "__main__":
    main()
