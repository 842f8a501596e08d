"""[[collection]]: an asset for each page, row or combination, and every mistake in it at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.place import Place

_COLLECTION = """
[[collection]]
id = "og/{slug}"
from = "content/**/*.md"
kind = "cover"
path = "public/og/{slug}.png"
alt = "Cover: {title}"
"""
_ROWS = """
[[collection]]
id = "product/{row.sku}"
data = "data/products.csv"
kind = "cover"
path = "public/products/{row.sku}.png"
alt = "{row.name}"
[collection.values]
title = "{row.name}"
subtitle = "{row.note?}"
"""


def _page(place: Place, path: str, title: str, more: str = "") -> None:
    place.write(path, f"---\ntitle: {title}\n{more}---\ntext\n")


def _plan(place: Place) -> dict[str, Any]:
    return {one["id"]: one for one in place.run("plan", "--all", "--json").data}


@pytest.fixture
def blog(place: Place) -> Place:
    _page(place, "content/a.md", "First {x}")
    _page(place, "content/b/index.md", "Second")
    place.manifest(_COLLECTION)
    return place


def test_each_page_has_an_image(blog: Place) -> None:
    assert blog.run("generate").code == 0
    assert blog.run("check").code == 0
    record = blog.record("og/a")
    assert record["asset"] == {
        "id": "og/a",
        "kind": "cover",
        "alt": "Cover: First {x}",
        "page": "content/a.md",
        "collection": "og/{slug}",
    }
    assert record["intent"]["values"]["title"] == "First {x}"


def test_pages_that_come_go_change_and_move(blog: Place) -> None:
    assert blog.run("generate").code == 0
    blog.git("add", "-A")
    blog.git("commit", "-qm", "pages")
    _page(blog, "content/c.md", "Third")
    _page(blog, "content/a.md", "Another")
    states = {name: one["state"] for name, one in _plan(blog).items()}
    assert states == {"og/a": "stale", "og/b": "fresh", "og/c": "missing"}
    assert blog.run("check").code == 1
    assert blog.run("generate").code == 0
    assert blog.run("check").code == 0
    (blog.root / "content/c.md").unlink()
    assert "orphan" in blog.run("check").out
    (blog.root / "content/b").rename(blog.root / "content/d")
    assert "asset og/b was renamed to og/d" in blog.run("check").out


def test_the_index_has_pages_of_its_own(blog: Place) -> None:
    assert blog.run("generate").code == 0
    blog.git("add", "-A")
    assert blog.run("check", "--staged", "--strict").code == 0
    _page(blog, "content/new/c.md", "Third")
    assert blog.run("check", "--staged", "--strict").code == 0
    assert blog.run("check").code == 1
    blog.git("add", "-A")
    assert blog.run("check", "--staged", "--strict").code == 1


def test_a_row_of_data_has_an_image(place: Place) -> None:
    place.write("data/products.csv", "sku,name,note\na-1,Apple,\nb-2,Pear,ripe\n")
    place.manifest(_ROWS)
    assert place.run("generate").code == 0
    assert place.record("product/a-1")["intent"]["values"]["title"] == "Apple"
    place.write("data/products.csv", "sku,name,note\na-1,Apple,\nb-2,Quince,ripe\n")
    reasons = _plan(place)["product/b-2"]["reasons"]
    assert reasons == [{"field": "values.title", "old": "Pear", "new": "Quince"}]


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        ("data/p.json", '[{"sku": "a", "name": 1}, {"sku": "b", "name": true}]', ""),
        ("data/p.json", '{"of": {"us": [{"sku": "a", "name": 1}]}}', 'pointer = "/of/us"'),
        ("data/p.yaml", "- {sku: a, name: x}\n", ""),
        ("data/p.toml", '[[p]]\nsku = "a"\nname = "x"\n', ""),
    ],
)
def test_rows_come_from_any_data_file(place: Place, path: str, text: str, pointer: str) -> None:
    place.write(path, text)
    named = f'data = "{path}"\n{pointer}'
    place.manifest(_ROWS.replace('data = "data/products.csv"', named))
    assert "product/a" in _plan(place)


def test_a_matrix_multiplies_and_a_locale_of_pages_filters(place: Place) -> None:
    for page in ("content/a.md", "content/a.de.md", "content/fr/a.md"):
        _page(place, page, "A")
    place.manifest(
        _COLLECTION.replace("{slug}", "{locale}/{slug}-{theme}-{size}").replace(
            "alt =", "unless = { off = true }\nalt ="
        )
        + '[collection.matrix]\ntheme = ["light", "dark"]\nsize = ["1200x630", "800x800"]\n'
        'locale = ["de", "fr"]\n'
    )
    planned = _plan(place)
    assert sorted(planned) == [
        f"og/{locale}/a-{theme}-{size}"
        for locale in ("de", "fr")
        for theme in ("dark", "light")
        for size in ("1200x630", "800x800")
    ]
    assert place.run("generate").code == 0
    intent = place.record("og/fr/a-dark-800x800")["intent"]
    assert (intent["size"], intent["values"]["theme"]) == ("800x800", "dark")


def test_pages_can_be_left_out_replaced_and_have_values_of_their_own(blog: Place) -> None:
    _page(blog, "content/draft.md", "Draft", "draft: true\n")
    _page(blog, "content/off.md", "Off", "assetgen: false\n")
    _page(blog, "content/own.md", "Own", "assetgen:\n  kicker: News\n")
    art = '[[asset]]\nid = "og/a"\nkind = "cover"\npath = "public/art.png"\nalt = ""\n'
    blog.manifest(
        f'{art}[asset.values]\ntitle = "Art"\n'
        + _COLLECTION.replace("alt =", "unless = { draft = true }\nalt =")
    )
    planned = _plan(blog)
    assert sorted(planned) == ["og/a", "og/b", "og/own"]
    assert planned["og/a"]["files"] == ["public/art.png"]
    assert blog.run("generate").code == 0
    assert blog.record("og/own")["intent"]["values"]["kicker"] == "News"


def test_every_mistake_is_reported_with_its_page(blog: Place) -> None:
    blog.write("content/x.md", "---\ntags: [a]\n---\n")
    _page(blog, "content/y.md", "Y", "assetgen:\n  kickr: News\n")
    _page(blog, "content/b.md", "The same as b/index.md")
    found = blog.run("plan")
    assert found.code == 2
    assert "content/x.md: alt uses {title}, and there is none" in found.err
    assert "content/b/index.md: content/b.md has the same id: og/b" in found.err
    assert "content/y.md:4, asset og/y: values.kickr is not a value of cover layout" in found.err
    assert found.err.count("cure: ") == 3


_AXES = """
[collection.matrix]
theme = ["light", "dark"]
size = ["og", "square"]
"""


def test_a_mistake_of_a_page_is_reported_once_in_all_themes_and_sizes(blog: Place) -> None:
    blog.write("content/x.md", "---\ntags: [a]\n---\n")
    _page(blog, "content/b.md", "The same as b/index.md")
    text = _COLLECTION.replace("{slug}", "{slug}-{theme}-{size}") + _AXES
    blog.manifest(text)
    found = blog.run("plan")
    assert "content/x.md: alt uses {title}, and there is none" in found.err
    assert "content/b.md, theme = light, size = og has the same id: og/b-light-og" in found.err
    assert found.err.count("cure: ") == 2
    blog.manifest(text.replace("Cover: {title}", "A"))
    (blog.root / "content/b.md").unlink()
    found = blog.run("plan")
    assert "content/x.md, theme = light, size = og: values.title is missing" in found.err
    assert 'add a line to its front matter: title: "..." in content/x.md' in found.err
    assert found.err.count("cure: ") == 1


@pytest.mark.parametrize("line", ['style = "brnd"', 'values = { kickr = "News" }'])
def test_a_mistake_of_a_collection_is_reported_once(blog: Place, line: str) -> None:
    blog.manifest(_COLLECTION + line + "\n")
    assert blog.run("plan").err.count("cure: ") == 1
    _page(blog, "content/a.md", "A", "assetgen: { kickr: Old }\n")
    _page(blog, "content/b/index.md", "B", "assetgen: { brnd: Old }\n")
    found = blog.run("plan").err
    assert found.count("content/a.md:3") == found.count("content/b/index.md:3") == 1


def test_a_misspelled_key_beside_another_collection_is_reported(blog: Place) -> None:
    blog.write("data/products.csv", "sku,name\na,A\n")
    blog.manifest(_COLLECTION.replace("from =", "form =") + _ROWS)
    found = blog.run("plan")
    assert found.code == 2
    assert "assets.toml:4:1: there is no key 'form'" in found.err


_WRONG = [
    ('from = "nothing/*.md"', "no page matches from = nothing/*.md"),
    ('from = "/etc/*.md"', "is not a pattern below the project"),
    ('from = "../*.md"', "is not a pattern below the project"),
    ('from = "content/{a"', "is not a glob pattern"),
    ('data = "../x.csv"', "'../x.csv'"),
    ('from = "content/*.md"\ndata = "none.csv"', "this one has from and data"),
    ('from = "content/*.md"\npointer = "/a"', "pointer is a place in data"),
    ("", "does not say what there is an image of"),
    ('from = "content/*.md"\nroute = "images"\nprompt = "x"', "add most = 1"),
    ('from = "content/**"\nroute = "images"\nprompt = "x"\nmost = 1', "and most = 1"),
    ('from = "content/*.md"\nmatrix = { slug = ["a"] }', "{slug} is a word of the page"),
    ('from = "content/*.md"\nmatrix = { a = [] }', "the axis a has no values"),
    ('from = "content/*.md"\nmatrix = { a = ["x", "x"] }', "the axis a has a value twice"),
    ('from = "content/*.md"\nmatrix = { a = ["{b}"] }', "values of axes have no placeholders"),
    ('from = "content/*.md"\nsize = "9x9"\nmatrix = { size = ["8x8"] }', "size is an axis"),
    ('from = "content/*.md"\nunles = { a = 1 }', "unles"),
]


@pytest.mark.parametrize(("keys", "said"), _WRONG)
def test_a_mistake_of_a_collection_is_reported(blog: Place, keys: str, said: str) -> None:
    blog.write("empty.csv", "a,b\n")
    blog.manifest(_COLLECTION.replace('from = "content/**/*.md"', keys))
    found = blog.run("plan")
    assert found.code == 2
    assert said in found.err
    assert "assets.toml:" in found.err


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "data/products.csv does not exist"),
        ("sku,name,note\n", "data/products.csv has no rows"),
        ("sku,name,note\na,x\n", "data/products.csv:2: the row has 2 cells"),
        ("sku,note\na,x\n", "data/products.csv:2: alt uses {row.name}"),
        ("sku,name\na,x\na,y\n", "data/products.csv:3: data/products.csv:2 has the same id"),
        ("sku,name\na,x\na,y\n", "cure: add {row.name} to id, which tells them apart"),
    ],
)
def test_a_mistake_of_data_is_reported(place: Place, data: str | None, said: str) -> None:
    place.manifest(_ROWS)
    if data is not None:
        place.write("data/products.csv", data)
    found = place.run("plan")
    assert found.code == 2
    assert said in found.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("og/{slug}", "og/all", "id has no placeholder"),
        ("og/{slug}.png", "og/all.png", "path has no placeholder"),
        ("Cover: {title}", "{nope}", "there is no placeholder {nope}"),
        ("Cover: {title}", "{row.x}", "there is no placeholder {row.x}"),
        ("Cover: {title}", "{page.__class__.x}", "alt uses {page.__class__.x}"),
        ("Cover: {title}", "{page.none?}", "alt is empty"),
        ("Cover: {title}", "{", "a single { is no placeholder"),
        ("public/og/{slug}", "public/og/../{slug}", "'..'"),
        ("public/og/{slug}", "other/{slug}", "is not in an output folder"),
    ],
)
def test_texts_of_a_collection_are_checked(blog: Place, old: str, new: str, said: str) -> None:
    blog.manifest(_COLLECTION.replace(old, new))
    found = blog.run("plan")
    assert found.code == 2
    assert said in found.err


def test_words_of_pages_are_not_trusted(blog: Place) -> None:
    _page(blog, "content/evil.md", "Evil", 'slug: "../../../etc/x"\nout: "../../x"\n')
    assert sorted(_plan(blog)) == ["og/a", "og/b", "og/x"]
    blog.manifest(_COLLECTION.replace("public/og/{slug}", "public/{page.out?}/{slug}"))
    assert blog.run("plan").code == 2
    blog.manifest(_COLLECTION + "[[collection]]\n" + "[collection.matrix]\n")
    assert blog.run("plan").code == 2


@pytest.mark.parametrize(
    ("page", "front", "more", "said"),
    [
        ("content/(x)/b.md", "", "", "cure: add {folder} to id, which tells them apart"),
        ("content/c.md", "", _AXES, "cure: add {theme} to id, which tells them apart"),
        ("content/c.md", "slug: a\n", "", "write another slug: in the front matter of"),
    ],
    ids=["folders", "axes", "slugs"],
)
def test_the_cure_says_what_tells_items_apart(
    blog: Place, page: str, front: str, more: str, said: str
) -> None:
    _page(blog, page, "Another", front)
    blog.manifest(_COLLECTION + more)
    found = blog.run("plan")
    assert found.code == 2
    assert said in found.err


def test_a_main_language_without_a_folder(blog: Place) -> None:
    _page(blog, "content/de/a.md", "Erste")
    found = blog.run("plan")
    assert found.code == 2
    assert "cure: write {locale?}/{slug} in id: there are several languages" in found.err
    blog.manifest(_COLLECTION.replace("{slug}", "{locale?}/{slug}"))
    plan = _plan(blog)
    assert sorted(plan) == ["og/a", "og/b", "og/de/a"]
    assert plan["og/a"]["files"] == ["public/og/a.png"]
    own = '[[asset]]\nid = "og/a"\nkind = "cover"\npath = "public/own.png"\nalt = ""\n'
    own += '[asset.values]\ntitle = "Own"\n'
    blog.manifest(own + _COLLECTION.replace("{slug}", "{locale?}/{slug}"))
    assert _plan(blog)["og/a"]["files"] == ["public/own.png"]


def test_a_text_that_does_not_fit_names_its_page(blog: Place) -> None:
    _page(blog, "content/c.md", "Third", f"description: {'long words ' * 90}\n")
    ran = blog.run("generate")
    assert ran.code == 8
    assert "asset og/c, values.subtitle, page content/c.md: values.subtitle does not fit" in ran.out
    assert "a page may have its own: assetgen: { subtitle: ... }" in ran.out
    _page(
        blog,
        "content/c.md",
        "Third",
        f"description: {'long words ' * 90}\nassetgen: {{ subtitle: x }}\n",
    )
    blog.ok("generate")


def test_blank_lines_before_the_front_matter_of_mdx(blog: Place) -> None:
    blog.write("content/c.mdx", "\n---\ntitle: Late\n---\n# Heading\n")
    rule = _COLLECTION.replace('"content/**/*.md"', '["content/**/*.{md,mdx}"]')
    blog.manifest(f'[project]\ncontent = ["content/**"]\n{rule}writes = "image"\n')
    blog.ok("generate")
    assert blog.record("og/c")["intent"]["values"]["title"] == "Late"
    blog.ok("refs", "--fix")
    written = "\n---\ntitle: Late\nimage: /og/c.png\n---\n# Heading\n"
    assert blog.read("content/c.mdx").decode() == written


def test_a_matrix_of_millions_is_refused_at_once(blog: Place) -> None:
    values = list(map(str, range(100)))
    axes = "".join(f"a{number} = {json.dumps(values)}\n" for number in range(4))
    blog.manifest(f"{_COLLECTION}[collection.matrix]\n{axes}")
    found = blog.run("plan")
    assert found.code == 2
    assert "the matrix has 100000000 combinations" in found.err


def test_many_images_of_a_collection_are_one_line(place: Place) -> None:
    for number in range(7):
        _page(place, f"content/p{number}.md", f"Page {number}")
    place.manifest(_COLLECTION)
    planned = place.run("plan").out.splitlines()
    assert planned[0] == "og/**  7 pictures: 7 missing"
    assert planned[4] == "  and 4 more"
    assert place.run("plan", "og/**", "--all").out.count("missing") == 7
    assert {one["collection"] for one in place.run("plan", "--json").data} == {"og/{slug}"}
    for number in range(2):
        (place.root / f"content/p{number}.md").unlink()
    assert place.run("plan").out.count("missing") == 5  # few enough for a line each
