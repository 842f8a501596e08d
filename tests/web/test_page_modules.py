"""Vite loads the images of a page when they are asked for: no other bundle has them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import web_build
from tests.support.place import Place
from tests.support.tiny import tiny
from tests.support.web_build import WEB

_MANIFEST = """
[project]
emit = { path = "src/pictures/", ids = ["og/*"], by = "page" }
[[collection]]
id = "og/{slug}-{theme}"
from = "content/*.md"
kind = "tiny"
path = "public/og/{slug}-{theme}.png"
alt = "A"
[collection.matrix]
theme = ["light", "dark"]
"""
_MAIN = """
import { byPage } from "./pictures";
const found = await byPage(location.pathname.slice(1));
const images = Object.values(found ?? {});
document.title = images[0]?.themes?.["dark"]?.src ?? "none";
"""
_NODE = """
import { byPage } from "./dist/index.js";
for (const path of ["content/p1.md", "./content/p1.md", "/content/p2.md", "content/none.md"])
  console.log(Object.values((await byPage(path)) ?? {}).map((one) => one.src).join());
console.log(String(await byPage("__proto__")));
"""
_CONFIG = "export default { build: { target: 'esnext', lib: { entry: 'LIB', formats: ['es'] } } };"


@pytest.fixture
def site(tmp_path: Path) -> Place:
    place = Place(tmp_path / "site", tmp_path / "home")
    tiny(place)
    for number in range(40):
        place.write(f"content/p{number}.md", f"---\ntitle: P{number}\n---\n")
    place.manifest(_MANIFEST)
    place.ok("generate", "--no-commit")
    place.environ = web_build.environ(place.environ)
    place.write("package.json", '{"private": true, "type": "module"}')
    place.write("src/main.ts", _MAIN)
    place.write("index.html", '<script type="module" src="/src/main.ts"></script>')
    options = (Path(__file__).parent / "apps/vite/tsconfig.json").read_text("utf-8")
    place.write("tsconfig.json", options.replace(', "mdx"', ""))
    os.symlink(WEB / "node_modules", place.root / "node_modules")
    return place


def _build(site: Place, *command: str) -> None:
    code, said = web_build.built(site.root, site.environ, *command)
    assert code == 0, said[-4000:]


def test_no_bundle_has_the_images_of_another_page(site: Place) -> None:
    _build(site, "tsc", "--noEmit")
    site.write("vite.config.js", "export default { build: { target: 'esnext' } };")
    _build(site, "vite", "build")
    chunks = {path: path.read_text("utf-8") for path in (site.root / "dist/assets").glob("*.js")}
    named = {path: set(re.findall(r"/og/(p\d+)-", text)) for path, text in chunks.items()}
    assert sorted(map(len, named.values())) == [0] * (len(chunks) - 40) + [1] * 40
    assert {one for pages in named.values() for one in pages} == {f"p{n}" for n in range(40)}


def test_the_index_finds_a_page_however_its_path_begins(site: Place) -> None:
    site.write("vite.config.js", _CONFIG.replace("LIB", "src/pictures/index.ts"))
    _build(site, "vite", "build")
    [entry] = [one for one in (site.root / "dist").glob("*.js") if "byPage" in one.read_text()]
    site.write("try.mjs", _NODE.replace("index.js", entry.name))
    done = subprocess.run(
        ["node", "try.mjs"], cwd=site.root, env=site.environ, capture_output=True, text=True
    )
    lines = ["/og/p1-light.png", "/og/p1-light.png", "/og/p2-light.png", "", "undefined"]
    assert done.stdout.splitlines() == lines, done.stderr
