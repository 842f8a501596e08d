"""Pages, rows and patterns that are broken or hostile: one clear error, and nothing written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.place import Place
from tests.support.rows import every

_PAGES = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{page.out?}{slug}.png"
alt = "{title}"
"""
_ROWS = """
[[collection]]
id = "p/{row.sku}"
data = "data/p.csv"
kind = "cover"
path = "public/p/{row.sku}.png"
alt = "{row.name}"
[collection.values]
title = "{row.name}"
"""
#: Seconds that a command may take, on a slow machine.
_LONG = 15
_Make = Callable[[Place], object]


def _page(more: str, manifest: str = _PAGES) -> _Make:
    def make(place: Place) -> None:
        place.manifest(manifest)
        place.write("content/x.md", f"---\ntitle: X\n{more}\n---\n")

    return make


def _rule(old: str, new: str, manifest: str = _PAGES) -> _Make:
    return _page("", manifest.replace(old, new))


def _data(content: bytes | str, name: str = "data/p.csv", manifest: str = _ROWS) -> _Make:
    def make(place: Place) -> None:
        place.manifest(manifest.replace("data/p.csv", name))
        place.write(name, content)

    return make


def _special(path: str, manifest: str, how: Callable[[Path], object]) -> _Make:
    def make(place: Place) -> None:
        place.manifest(manifest)
        file = place.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        how(file)

    return make


def _sparse(file: Path) -> None:
    file.write_text("sku,name\n")
    os.truncate(file, 2**31)


def _links(file: Path) -> None:
    file.symlink_to("/etc/passwd")


def _out(value: str) -> _Make:
    return _page(f'out: "{value}"')


def _axes(count: int, values: int) -> str:
    names = "".join(f"-{{a{axis}}}" for axis in range(count))
    rule = _PAGES.replace("{slug}", "{slug}" + names)
    each = ", ".join(f'"v{value}"' for value in range(values))
    return rule + "[collection.matrix]\n" + "".join(f"a{n} = [{each}]\n" for n in range(count))


def _many_pages(place: Place) -> None:
    place.manifest(_axes(2, 100))
    for number in range(30):
        place.write(f"content/p{number}.md", "---\ntitle: T\n---\n")


_ALIASES = "".join(
    f"b{n}: &b{n} [{','.join([f'*b{n - 1}' if n else 'x'] * 9)}]\n" for n in range(12)
)

_BAD: list[tuple[_Make, str]] = [
    (_rule("content/**", "nope/**"), "no page matches from = nope/**/*.md"),
    (_special("data/p.csv", _ROWS, _links), "data/p.csv is a symbolic link"),
    (_special("data/p.csv", _ROWS, lambda file: os.mkfifo(file)), "not a regular file"),
    (_special("data/p.csv", _ROWS, _sparse), "has 2147483648 bytes; at most"),
    (_special("content/x.md", _PAGES, _sparse), "has 2147483648 bytes; at most"),
    (_special("content/x.md", _PAGES, _links), "content/x.md is a link or no regular file"),
    (_special("content/x.md", _PAGES, lambda file: os.mkfifo(file)), "no regular file"),
    (_data('sku,name\na,"' + '"' * 3_000_001), "data/p.csv"),
    (_data("sku,name\n" + 'a,""""\n' * 200_000), "has more than 100000 rows"),
    (_data(",".join(f"c{n}" for n in range(200_000)) + "\n"), "data/p.csv has no rows"),
    (_data("sku,name\na,A\n".encode("utf-16")), "data/p.csv is UTF-16"),
    (_data("sku,name\na\n"), "data/p.csv:2: the row has 1 cells, and the header has 2"),
    (_data("sku,name,sku\na,A,b\n"), "two columns are called 'sku'"),
    (_data("[" * 200_000, "data/p.json"), "it is nested too deeply"),
    (_data(_ALIASES, "data/p.yaml"), "data/p.yaml"),
    (_data("sku,name\na,A\n", manifest=_ROWS.replace("alt", "unless = { of = 1 }\nalt")), "'of'"),
    (_rule("{title}", "{page.{slug}}"), "a single { is no placeholder"),
    (_rule("{title}", "{page.__class__}"), "alt uses {page.__class__}, and there is none"),
    (_rule("{title}", "{title.__class__}"), "there is no placeholder {title.__class__}"),
    (_rule("{title}", "{title!r:>999999999}"), "there is no placeholder {title!r:>999999999}"),
    (_page("a: " + "[" * 50_000), "the front matter of content/x.md is not YAML"),
    (_page("assetgen:\n" + "".join(f"  k{n}: 1\n" for n in range(9000))), "more than 2000 values"),
    (_page("assetgen: [a]"), "content/x.md:3: assetgen = "),
    (_page("assetgen: { kickr: a }"), "content/x.md:3, asset og/x: values.kickr is not a value"),
    (_page("assetgen:\n  kicker: [1]"), "content/x.md:4, asset og/x: values.kicker"),
    (_page("assetgen:\n  picture: ../../x.png"), "content/x.md:4, asset og/x: values.picture"),
    (_page("assetgen:\n  title: { file: /etc/passwd, column: a }"), "'/etc/passwd' is absolute"),
    (_page("slug: [a]"), "slug is \"['a']\" in the front matter of content/x.md"),
    (_rule("{title}", "{title}", _axes(3, 100)), "the matrix has 1000000 combinations"),
    (_many_pages, "collections make more than 200000 assets"),
    (_out("../../../etc/"), "paths must stay inside the project"),
    (_out("/etc/"), "has an empty part"),
    (_out(".git/hooks/"), "'.git'"),
    (_out("a\\\\b"), "which not every system allows"),
    (_out("\\u200c.git/"), "invisible character"),
    (_out("x" * 5000), "at most 1000 long"),
    (_page('slug: ".."'), "a hidden file is not an image"),
]


@pytest.mark.parametrize(("make", "said"), every(2, _BAD))
def test_bad_input_is_one_error_and_nothing_is_written(bare: Place, make: _Make, said: str) -> None:
    make(bare)
    before = sorted(bare.root.rglob("*"))
    began = time.monotonic()
    found = bare.run("generate")
    assert time.monotonic() - began < _LONG
    assert (found.code, found.err.count("\n  cure: ")) == (2, 1), found.err[:2000]
    assert said in found.err, found.err[:2000]
    written = {path for path in bare.root.rglob("*") if ".assetgen" not in path.parts}
    assert not {path for path in written - {*before} if ".git" not in path.parts}


_FINE: list[tuple[_Make, str]] = [
    (_data(b"\xef\xbb\xbfsku,name\na,A\n"), "p/a"),
    (_data("sku,name\na,{row.sku} {page.title} {{\n"), "p/a"),
    (_page("".join(f"k{n}: {n}\n" for n in range(100_000))), "og/x"),
    (_page("assetgen: true"), "og/x"),
    (_rule('"content/**/*.md"', '"**"'), "og/content/x"),
    (_page(_ALIASES), "og/x"),
]


@pytest.mark.parametrize(("make", "asset_id"), _FINE)
def test_unusual_input_is_used(bare: Place, make: _Make, asset_id: str) -> None:
    make(bare)
    began = time.monotonic()
    found = bare.run("plan", "--json")
    assert time.monotonic() - began < _LONG
    assert [one["id"] for one in found.data] == [asset_id], found.err


def test_a_page_that_is_left_out_or_replaced_needs_no_title(place: Place) -> None:
    place.manifest(
        '[[asset]]\nid = "og/art"\nkind = "cover"\npath = "public/art.png"\nalt = ""\n'
        '[asset.values]\ntitle = "Art"\n'
        + _PAGES.replace("alt =", 'unless = { draft = true, tags = "private" }\nalt =')
    )
    place.write("content/art.md", "text\n")
    place.write("content/off.md", "---\nassetgen: false\n---\n")
    place.write("content/draft.md", "---\ndraft: true\n---\n")
    place.write("content/private.md", "---\ntags: [a, private]\n---\n")
    place.write("content/quoted.md", "---\ntitle: Q\ndraft: 'true'\n---\n")
    planned = [one["id"] for one in place.run("plan", "--json").data]
    assert sorted(planned) == ["og/art", "og/quoted"]


def test_all_mistakes_are_counted_and_an_item_has_each_once(place: Place) -> None:
    place.manifest(
        _PAGES.replace("{title}", "{page.sub}").replace("{slug}", "{slug}-{theme}")
        + '[collection.matrix]\ntheme = ["light", "dark"]\n'
    )
    for number in range(120):
        place.write(f"content/p{number}.md", f"---\ntitle: {number}\n---\n")
    found = place.run("plan")
    assert found.err.count("content/p7.md: alt uses {page.sub}") <= 1
    assert "and 70 more mistakes" in found.err


_CARDS = """
[[collection]]
id = "days-{theme}-{size}"
kind = "infographic"
path = "public/days-{theme}-{size}.png"
alt = "The days"
[collection.matrix]
theme = ["light", "dark"]
size = ["square", "story"]
[collection.values]
layout = "board"
title = "The days"
"""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("", "values.cards is missing"),
        ('cards = [{ title = "a", strip = "b" }]\n', "values.cards[0].strip"),
        ('cards = "three"\n', "values.cards = 'three' is not a list"),
        ("cards = 3\nextra = { a = 1 }\n", "values.extra"),
    ],
)
def test_a_mistake_of_every_image_of_a_collection_is_printed_once(
    place: Place, values: str, said: str
) -> None:
    place.manifest(_CARDS + values)
    found = place.run("plan")
    assert found.code == 2
    assert found.err.count(said) == 1


def test_a_mistake_in_a_text_that_differs_is_printed_for_each_image(place: Place) -> None:
    place.manifest(_CARDS.replace('"The days"\n', '"{theme}"\n') + 'cards = "{size}"\n')
    assert place.run("plan").err.count("is not a list") == 4


def test_a_missing_text_that_pages_may_give_is_named_for_each_page(place: Place) -> None:
    place.manifest(_PAGES.replace('alt = "{title}"', 'alt = "x"'))
    for name in ("a", "b", "c"):
        place.write(f"content/{name}.md", "---\ndraft: false\n---\n")
    found = place.run("plan").err
    assert all(f"content/{name}.md" in found for name in ("a", "b", "c"))


def test_the_example_for_a_missing_list_is_complete(place: Place) -> None:
    place.manifest(_CARDS)
    cure = place.run("plan").err.split("cure: add ")[1].splitlines()[0]
    place.manifest(_CARDS + cure + "\n")
    assert place.ok("plan").out.count("missing ") == 4
