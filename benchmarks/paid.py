"""Buying pictures: 64 requests of 1 s, 16 at a time, against the plain SDK.

The pictures are noise, in replies of 2.2 MB, and like photographs, in replies of 2 MB.

The provider is a separate process on loopback, so its CPU time does not count; it shares the cores
with the buyer, though. The cost of starting up is subtracted: a process that buys one picture.

The plain SDK only decodes the base64 and writes the file. The purchase path also logs each request
durably before it is sent and after it is answered, stores the reply on the disk before reading it,
decodes the whole picture once to prove it and to make its miniature, and keeps the original
durably. The whole command also plans, checks and digests the files, writes the record, flushes
everything and puts it into place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON, Reading

MANY, AT_ONCE, SECONDS = 64, 16, 1.0
KEY = "sk-benchmark"

_ASSET = """
[[asset]]
id = "picture-{number}"
kind = "cover"
path = "public/{number}.png"
alt = "A paper plane"
route = "images"
prompt = "A paper plane leaving an open notebook, number {number}"
size = "1024x1024"
quality = "low"
"""
_SDK = """
import base64, json, sys
from concurrent.futures import ThreadPoolExecutor
import openai
client = openai.OpenAI(max_retries=0)
def ask(images, number):
    prompt = f"A paper plane leaving an open notebook, number {number}"
    return images.generate(model="gpt-image-2", prompt=prompt, n=1, size="1024x1024", quality="low")
def parsed(number):
    return ask(client.images, number).data[0].b64_json
def raw(number):
    return json.loads(ask(client.images.with_raw_response, number).content)["data"][0]["b64_json"]
def buy(number):
    with open(f"{number}.png", "wb") as file:
        file.write(base64.b64decode({"parsed": parsed, "raw": raw}[sys.argv[1]](number)))
with ThreadPoolExecutor(int(sys.argv[3])) as threads:
    list(threads.map(buy, range(int(sys.argv[2]))))
"""
_PATH = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from assetgen.fs import originals
from assetgen.generate.buyer import Buyer
from assetgen.plan.routing import job_for
from assetgen.plan.workspace import open_workspace
from assetgen.settings.conditions import load_conditions
root = Path.cwd()
conditions = load_conditions(os.environ, root)
project = open_workspace(root, conditions)
buyer = Buyer(root, conditions, {}, at_once=int(sys.argv[1]))
def buy(decision, turn):
    with turn:
        drawn = buyer.draw(job_for(project, decision.wish), turn)
        originals.keep(root, drawn.original)
        buyer.placed(drawn.entry)
with ThreadPoolExecutor(2 * int(sys.argv[1])) as threads:
    decisions = project.decide()
    list(threads.map(buy, decisions, [buyer.slots.line_up() for _ in decisions]))
"""


def main() -> None:
    quick = measure.options(__doc__)
    for kind in ("noise", "photograph"):
        _buying(kind, 2 if quick else 5)


def _buying(kind: str, rounds: int) -> None:
    with measure.scratch() as folder, provider(folder, kind) as url:
        config = folder / "config.toml"
        config.write_text(f'[limits."gateway:{url.split("/")[2]}"]\nimages = {MANY}\n')
        paid = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url, "ASSETGEN_CONFIG": str(config)}
        environ = {**measure.environment(folder), **paid}
        workers = str(AT_ONCE)
        ways: dict[str, Callable[[str], list[str]]] = {
            "SDK, parsed objects": lambda count: [PYTHON, "-c", _SDK, "parsed", count, workers],
            "SDK, raw response and json": lambda count: [PYTHON, "-c", _SDK, "raw", count, workers],
            "assetgen, the purchase path": lambda _: [PYTHON, "-c", _PATH, workers],
            "assetgen generate": lambda _: [ASSETGEN, "generate", "-j", workers, "--no-commit"],
        }
        once = partial(_once, folder / "project", environ)
        once(ways["SDK, parsed objects"], 1)  # the provider prepares its picture
        _compare(kind, ways, once, rounds)


def _compare(
    kind: str,
    ways: dict[str, Callable[[str], list[str]]],
    once: Callable[[Callable[[str], list[str]], int], Reading],
    count: int,
) -> None:
    measure.heading(f"{MANY} pictures ({kind}), {AT_ONCE} at a time, {SECONDS:g} s each")
    cases = {
        (name, number): partial(once, way, number)
        for name, way in ways.items()
        for number in (1, MANY)
    }
    found = measure.rounds(
        {f"{name}: {number}": case for (name, number), case in cases.items()}, count
    )
    measure.table(found)
    ideal = MANY / AT_ONCE * SECONDS
    further: dict[str, list[Reading]] = {}
    for name in ways:
        pairs = list(zip(found[f"{name}: {MANY}"], found[f"{name}: 1"], strict=True))
        further[name] = [(many - one).per(MANY - 1) for many, one in pairs]
        whole = sorted(many.wall / ideal for many, _ in pairs)
        bare = sorted((many.wall - one.wall + SECONDS) / ideal for many, one in pairs)
        measure.ratio(f"wall to ideal, {name}", bare, 1.1)
        measure.ratio("  with starting up", whole)
        measure.figure("  peak", measure.middle(found[f"{name}: {MANY}"], "peak") / 1e6, "MB", 110)
    plain = next(iter(ways))
    for name in ways:
        measure.figure(
            f"CPU of each further picture, {name}"[:46], measure.middle(further[name]) * 1e3, "ms"
        )
    for name in list(ways)[1:]:
        goal = 2.2 if kind == "photograph" and name == "assetgen generate" else None
        measure.ratio(f"CPU to the SDK, {name}", measure.ratios(further, name, plain), goal)
        whole = measure.ratios(found, f"{name}: {MANY}", f"{plain}: {MANY}")
        measure.ratio("  with starting up", whole)


def _once(
    place: Path, environ: dict[str, str], way: Callable[[str], list[str]], count: int
) -> Reading:
    """One process that buys ``count`` pictures in a new project."""
    place.mkdir()
    (place / "assets.toml").write_text(
        "".join(_ASSET.format(number=number) for number in range(count))
    )
    os.sync()  # flush what other programs have not written yet
    taken = measure.run(way(str(count)), place, environ)
    shutil.rmtree(place)
    return taken


def provider(folder: Path, kind: str) -> AbstractContextManager[str]:
    """The address of a provider that takes a second for each picture."""
    words = ["--key", KEY, "--delay", str(SECONDS), "--bulk", kind]
    return measure.provider(folder, words)


if __name__ == "__main__":
    main()
