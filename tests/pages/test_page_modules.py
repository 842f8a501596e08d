"""The typed module as a folder: a small module for each page, and an index."""

from __future__ import annotations

import pytest

from assetgen.manifest.schema import Module
from assetgen.pages import page_modules
from tests.support.place import Place
from tests.support.tiny import tiny

_MANIFEST = """
[project]
emit = { path = "src/pictures/", ids = ["og/*"], by = "page" }
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "tiny"
path = "public/og/{slug}.png"
alt = "A"
"""


def _page(place: Place, name: str) -> None:
    place.write(f"content/{name}.md", f"---\ntitle: {name}\n---\n")


@pytest.fixture
def drawn(place: Place) -> Place:
    tiny(place)
    for name in ("a", "b", "A b/日"):
        _page(place, name)
    place.manifest(_MANIFEST)
    place.ok("generate")
    return place


def _files(place: Place) -> list[str]:
    return sorted(path.name for path in (place.root / "src/pictures").iterdir())


def test_each_page_has_a_module_and_the_index_loads_it(drawn: Place) -> None:
    files = _files(drawn)
    assert len(files) == 4 and "index.ts" in files
    index = drawn.read("src/pictures/index.ts").decode()
    own = page_modules.place(Module("", by="page"), "content/a.md")
    assert f'["content/a.md", () => import("./{own.removesuffix(".ts")}")],' in index
    assert "/og/" not in index and "export async function byPage" in index
    text = drawn.read(f"src/pictures/{own}").decode()
    assert text.count('"/og/') == 1 and 'import type { Asset } from "./index";' in text
    assert drawn.ok("check").code == 0


def test_names_of_modules_differ_even_where_case_does_not_count() -> None:
    module = Module("src/", by="page")
    pages = ["a.md", "A.md", "a/.md", "日.md", "x/" * 60 + "a.md", "x/" * 60 + "b.md"]
    names = [page_modules.place(module, page) for page in pages]
    assert len({name.lower() for name in names}) == len(pages)
    assert all(len(name) < 80 and name.isascii() for name in names)


def test_check_finds_a_stale_folder_and_emit_renews_it(drawn: Place) -> None:
    [own] = [name for name in _files(drawn) if name.startswith("content-b-")]
    path = f"src/pictures/{own}"
    before = drawn.read(path)
    drawn.write(path, before.replace(b"og/b", b"og/c"))
    [finding] = drawn.run("check", "--json").data["findings"]
    assert (finding["code"], finding["path"]) == ("emit", "src/pictures/")
    assert f"has 1 module out of date, such as {path}" in finding["message"]
    assert "wrote 1 file in src/pictures/ (3 pictures)" in drawn.ok("emit").out
    assert drawn.read(path) == before and drawn.ok("check").code == 0
    drawn.write(path, before.replace(b"\n", b"\r\n"))
    assert drawn.ok("check").code == 0


def test_a_page_that_went_takes_its_module_with_it_and_nothing_else(drawn: Place) -> None:
    [own] = [name for name in _files(drawn) if name.startswith("content-b-")]
    drawn.write("src/pictures/mine.ts", "export const mine = 1;\n")
    drawn.write("src/pictures/deep/other.ts", drawn.read(f"src/pictures/{own}"))
    drawn.git("add", "-A")
    drawn.git("commit", "-qm", "own files")
    (drawn.root / "content/b.md").unlink()
    message = drawn.run("check", "--json").data["findings"]
    assert any("1 module of pages without images" in one["message"] for one in message)
    _page(drawn, "c")
    drawn.ok("generate")
    assert drawn.git("status", "--porcelain", "src").strip() == ""
    assert own not in _files(drawn) and {"mine.ts", "deep"} <= set(_files(drawn))
    (drawn.root / "content/c.md").unlink()
    assert "removed 1 file in src/pictures/" in drawn.ok("emit").out
    drawn.git("add", "-A")
    assert "emit" not in drawn.run("check", "--staged").out


@pytest.mark.parametrize(
    ("emit", "said"),
    [
        ('{ path = "src/a.ts", by = "page" }', "'src/a.ts' is no folder"),
        ('{ path = "src/a/" }', "'src/a/' is a folder, and the module is one file"),
        ('{ path = "../a/", by = "page" }', "'../a/' is no folder"),
        ('{ path = "src/a/", by = "row" }', "by"),
    ],
)
def test_a_wrong_folder_is_a_mistake(emit: str, said: str, place: Place) -> None:
    place.manifest(f"[project]\nemit = {emit}\n")
    ran = place.run("plan")
    assert ran.code == 2 and said in ran.err
