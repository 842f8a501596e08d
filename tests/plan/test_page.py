"""from = a page: its title, description and tags are used, and a changed page makes it stale."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from assetgen import snapshot
from assetgen.fs import paths
from assetgen.plan.page import Page, headings, line, plain, read
from tests.support.place import Place

_POST = (
    "---\ntitle: Hello\ndescription: Some words.\ntags: [one, two]\ndate: 2024-05-01\n"
    "author: Ada\n---\n\n# H\n"
)
_PAGE = "content/post.mdx"


def _asset(route: str = "local", rest: str = "", page: str = _PAGE) -> str:
    prompt = f'route = "{route}"\n' if route != "local" else ""
    head = '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "A"\n'
    return f"{head}from = {page!r}\n{prompt}{rest}"


def _place(place: Place, route: str = "local", rest: str = "", text: str = _POST) -> Place:
    place.write(_PAGE, text)
    place.manifest(_asset(route, rest))
    return place


def _values(place: Place) -> Any:
    place.ok("generate", "--no-commit")
    return place.record("a")["intent"]["values"]


# -- what a page says ------------------------------------------------------------------------------

_READ: dict[str, tuple[str, Page]] = {
    "all": (_POST, Page("Hello", "Some words.", ("one", "two"), "2024-05-01", "Ada")),
    "a heading for a title": (
        "---\ntags: x\n---\n# The **bold** `code` {#id}\n",
        Page("The bold code", "", ("x",)),
    ),
    "no heading out of code": ("```\n# no\n```\n# Title\n", Page("Title")),
    "the first heading of its rank": ("## Second\n# First\n# Third\n", Page("First")),
    "tags with commas": ("---\ntags: a, b,, a\n---\n", Page(tags=("a", "b"))),
    "tags that are tables": ("---\ntags:\n  - label: A\n  - 7\n---\n", Page(tags=("A", "7"))),
    "authors that are tables": (
        "---\nauthor:\n  - name: Ada\n  - Bob\n---\n",
        Page(author="Ada, Bob"),
    ),
    "a time stamp": ("---\npubDate: 2024-05-01T10:00:00Z\n---\n", Page(date="2024-05-01")),
    "a number": ("---\ntitle: 2024\n---\n", Page("2024")),
    "lines and controls": ('---\ntitle: "A\\n\\tB\\e[2J\\u202e"\n---\n', Page("A B[2J")),
    "a truth": ("---\ntitle: true\n---\n", Page()),
    "a table": ("---\ntitle: {a: b}\ntags: {a: b}\nauthor: {b: c}\n---\n", Page()),
    "toml": ('+++\ntitle = "A"\n+++\n', Page("A")),
    "broken yaml": ("---\ntitle: A: B\n---\n", Page("A: B")),
    "nothing": ("words\n", Page()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), _READ.values(), ids=_READ.keys())
def test_a_page_has_the_data_of_its_front_matter_or_its_heading(text: str, expected: Page) -> None:
    assert read(text, _PAGE) == expected


def test_a_page_of_html_has_the_data_of_its_head() -> None:
    text = "<title>Cats &amp; dogs</title>\n<meta name='description' content='Both.'>"
    found = read(text, "a.html")
    assert (found.title, found.description) == ("Cats & dogs", "Both.")
    assert read(f"---\ntitle: T\n---\n{text}", "a.njk").title == "T"
    assert not read("<title>{{ title }}</title>", "a.njk").title


def test_the_fences_of_astro_are_not_front_matter() -> None:
    assert read("---\ntitle: A\n---\n", "src/pages/a.astro") == Page()


def test_a_title_is_never_cut_but_other_long_texts_are() -> None:
    found = read(
        f"---\ntitle: {'t' * 5000}\ndescription: {'d' * 9000}\n"
        f"tags: [{'x, ' * 40}{'y' * 500}]\n---\n",
        _PAGE,
    )
    assert (len(found.title), len(found.description)) == (5000, 2000)
    assert [len(tag) for tag in found.tags] == [1, 80]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A [link](x.md) and ![a](b.png)", "A link and a"),
        ("<b>Bold</b> &amp; _so_ ~~on~~", "Bold & so on"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("Closed ##", "Closed"),
        (r"A \* star", "A * star"),
        ("[`assetgen` docs](https://x.y/a(b)c)", "assetgen docs"),
        ('**bold [link](x "t")** end', "bold link end"),
        ("*a **b** c*", "a b c"),
        ("`<div>` and `{x}` and `&amp;`", "<div> and {x} and &amp;"),
        ("[ref][1] and [x][]", "ref and x"),
        ("`` a`b `` <https://a.b>", "a`b https://a.b"),
        ("[![alt](i)](l) C# 5 * 3 * 2", "alt C# 5 * 3 * 2"),
    ],
)
def test_a_heading_is_plain_text(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_headings_have_offsets_and_are_not_found_in_code() -> None:
    text = "# A\n~~~~\n# no\n~~~\n~~~~\n  ## B\n    # no\n#no\n"
    assert list(headings(text)) == [(0, "A"), (text.index("  ## B"), "B")]


def test_a_line_of_a_page_has_no_character_that_a_manifest_refuses() -> None:
    assert line("a\u0000\u202eb\ud800 \r\n c\x85", 100) == "ab c"


# -- what a picture takes from it ------------------------------------------------------------------


def test_a_layout_uses_the_data_that_it_has_values_for(bare: Place) -> None:
    values = _values(_place(bare))
    taken = {
        name: values[name] for name in ("title", "subtitle", "tags", "date", "author", "kicker")
    }
    assert taken == {
        "title": "Hello",
        "subtitle": "Some words.",
        "tags": ["one", "two"],
        "date": "2024-05-01",
        "author": "Ada",
        "kicker": "",
    }


def test_values_of_the_asset_win(bare: Place) -> None:
    values = _values(_place(bare, rest='[asset.values]\ntitle = "Own"\nsubtitle = ""\ntags = []\n'))
    assert (values["title"], values["subtitle"], values["tags"], values["author"]) == (
        "Own",
        "",
        [],
        "Ada",
    )


def test_a_layout_uses_no_more_tags_than_it_can_show(bare: Place) -> None:
    assert _values(_place(bare, text="---\ntitle: T\ntags: [a, b, c, d, e]\n---\n"))["tags"] == [
        "a",
        "b",
        "c",
        "d",
    ]


def test_a_screenshot_leaves_no_place_for_the_words_of_its_page(bare: Place) -> None:
    bare.picture("assets/shot.png")
    bare.write(_PAGE, _POST)
    rest = '[asset.values]\nlayout = "browser"\npicture = "assets/shot.png"\n'
    bare.manifest(_asset(rest=rest).replace('"cover"', '"ui"'))
    values = _values(bare)
    assert (values["title"], values["text"]) == ("", "")


def test_a_chart_is_in_the_language_of_its_page(bare: Place) -> None:
    rest = '[asset.values]\nlayout = "bars"\ncategories = ["A"]\nseries = [{ values = [1234.5] }]\n'
    bare.write(_PAGE, "---\ntitle: T\nlang: de\n---\n")
    bare.manifest(_asset(rest=rest).replace('"cover"', '"infographic"'))
    assert _values(bare)["language"] == "de"


def test_a_layout_without_such_a_value_ignores_it(bare: Place) -> None:
    bare.write(_PAGE, _POST)
    bare.manifest(_asset().replace('"cover"', '"ui"'))
    values = _values(bare)
    assert (values["title"], values["text"]) == ("Hello", "Some words.")
    assert "author" not in values


def test_a_page_without_a_title_leaves_a_required_value_missing(bare: Place) -> None:
    ran = _place(bare, text="---\ntags: [a]\n---\n").run("plan")
    assert ran.code == 2
    assert "assets.toml:1:1, asset a" in ran.err
    assert "values.title is missing" in ran.err


def _prompt(place: Place) -> str:
    [row] = place.ok("next", "--json").data
    return str(row["prompt"])


def test_a_prompt_is_made_of_title_and_description(bare: Place) -> None:
    assert "article: Hello. Some words.\n" in _prompt(_place(bare, "images"))


def test_a_prompt_and_its_scaffold_take_words_from_the_page(bare: Place) -> None:
    bare.write("templates/cover/template.toml", "size = [1200, 630]\n")
    bare.write("templates/cover/prompt.md", "$prompt! $title, $description [$tags] by $author, $$5")
    place = _place(bare, "images", 'prompt = "Of $title and ${tags}, $5, $other"\n')
    assert _prompt(place).startswith(
        "Of Hello and one, two, $5, $other! Hello, Some words. [one, two] by Ada, $5"
    )


def test_a_word_that_the_page_does_not_have_is_an_error(bare: Place) -> None:
    ran = _place(bare, "images", 'prompt = "Of $description"\n', "# T\n").run("plan")
    assert ran.code == 2
    assert "the prompt uses $description, which content/post.mdx does not have" in ran.err


def test_without_a_page_a_prompt_is_left_as_it_is(bare: Place) -> None:
    bare.manifest(_asset("images", 'prompt = "Of $title"\n').replace(f"from = {_PAGE!r}\n", ""))
    assert "Of $title" in _prompt(bare)


def test_a_page_without_a_title_and_no_prompt_is_an_error(bare: Place) -> None:
    ran = _place(bare, "images", text="---\ntags: [a]\n---\n").run("plan")
    assert ran.code == 2
    assert "no prompt" in ran.err
    assert "no title" in ran.err


def test_a_draft_shows_the_title_of_the_page(bare: Place) -> None:
    _place(bare, "images").ok("generate", "--draft", "--no-commit")
    first = bare.read("public/a.png")
    assert bare.record("a")["storage"]["decision"] == "draft"
    bare.write(_PAGE, _POST.replace("Hello", "Goodbye"))
    (bare.root / "public/a.png").unlink()
    bare.ok("generate", "--draft", "--no-commit")
    assert bare.read("public/a.png") != first


# -- staleness -------------------------------------------------------------------------------------


def test_a_changed_title_is_stale_and_says_so_in_words(place: Place) -> None:
    _place(place).ok("generate")
    assert place.ok("check").code == 0
    place.write(_PAGE, _POST.replace("Hello", "Goodbye"))
    assert "values.title Hello -> Goodbye" in place.ok("plan").out
    assert "values.title Hello -> Goodbye" in place.run("check").out


def test_a_changed_body_of_the_page_is_not_stale(place: Place) -> None:
    _place(place).ok("generate")
    place.write(_PAGE, _POST + "more words\n")
    place.ok("check")


def test_a_changed_title_of_a_paid_image_is_reported_before_anything_is_bought(
    bare: Place,
) -> None:
    _place(bare, "images")
    bare.picture("mine.png")
    bare.ok("adopt", "a", "mine.png", "--no-commit")
    bare.write(_PAGE, _POST.replace("Hello", "Goodbye"))
    assert "prompt ...article: Hello.... -> ...article: Goodbye...." in bare.ok("plan").out


def test_a_renamed_page_with_the_same_data_is_not_stale(place: Place) -> None:
    _place(place).ok("generate")
    place.write("docs/other.md", _POST)
    place.manifest(_asset(page="docs/other.md"))
    place.ok("check")


def test_the_record_names_the_page_and_show_prints_it(place: Place) -> None:
    _place(place).ok("generate")
    assert place.record("a")["asset"]["page"] == _PAGE
    assert f"page       {_PAGE}\n" in place.ok("show", "a").out


def test_a_cached_check_depends_on_the_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    _place(place).ok("generate")
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    place.ok("check")
    monkeypatch.chdir(place.root)
    assert snapshot.still_clean(time.time_ns()) is not None
    place.write(_PAGE, _POST.replace("Hello", "Jello"))
    assert snapshot.still_clean(time.time_ns()) is None
    assert place.run("check").code == 1


def test_a_staged_check_reads_and_caches_the_staged_page(place: Place) -> None:
    _place(place).ok("generate")
    place.git("add", "-A")
    place.ok("check", "--staged")
    assert snapshot.staged_still_clean(str(place.root), place.environ) is not None
    place.write(_PAGE, _POST.replace("Hello", "Goodbye"))
    place.ok("check", "--staged")
    place.git("add", _PAGE)
    assert snapshot.staged_still_clean(str(place.root), place.environ) is None
    assert "values.title Hello -> Goodbye" in place.run("check", "--staged", "--strict").out


@pytest.mark.parametrize(
    "page",
    ["app/[slug]/page.mdx", "app/(group)/@modal/über uns/post.en.mdx", "src/[...all]/a,b&c.md"],
)
def test_a_page_may_have_any_name_of_its_framework(page: str, place: Place) -> None:
    place.write(page, _POST)
    place.manifest(_asset(page=page))
    place.ok("generate")
    place.git("add", "-A")
    place.ok("check", "--staged")
    place.write(page, _POST.replace("Hello", "Goodbye"))
    place.git("add", "-A")
    assert place.run("check", "--staged", "--strict").code == 1


# -- what is refused -------------------------------------------------------------------------------

_NO_PAGES = {
    "": "is empty",
    "/etc/passwd": "is absolute",
    "../x.md": "paths must stay inside the project",
    "a/./x.md": "paths must stay inside the project",
    "a//x.md": "an empty part",
    ".git/config": "a hidden file is not a page",
    ".assetgen/records/a.json": "a hidden file is not a page",
    "GIT~1/config": "a hidden file is not a page",
    "a\\b.md": "not every system allows",
    ":(top)x.md": "not every system allows",
    "a\u200b.md": "U+200B",
    "a\nb.md": "U+000A",
    "a/ b.md": "begin or end in a space",
    "a/b.": "or end in a dot",
    "con/x.md": "a device on Windows",
    "x" * 241: "longer than 240",
}


@pytest.mark.parametrize(("page", "why"), _NO_PAGES.items(), ids=range(len(_NO_PAGES)))
def test_a_path_outside_the_project_is_not_accepted_as_a_page(page: str, why: str) -> None:
    assert why in str(paths.problem_of_page(page))


def test_a_page_outside_is_an_error_with_its_line(bare: Place) -> None:
    bare.manifest(_asset(page="../secret.md"))
    ran = bare.run("plan")
    assert ran.code == 2
    assert "assets.toml:6:1" in ran.err
    assert "from = '../secret.md' contains '..'" in ran.err


def test_a_missing_page_is_one_error(place: Place) -> None:
    place.manifest(_asset())
    ran = place.run("check")
    assert ran.code == 2
    assert "assets.toml:6:1, asset a: the page content/post.mdx does not exist" in ran.err


def test_a_page_that_is_not_staged_is_an_error_with_the_command_that_stages_it(
    place: Place,
) -> None:
    page = "app/[slug]/page.mdx"
    place.manifest(_asset(page=page))
    place.git("add", "-A")
    place.write(page, _POST)
    ran = place.run("check", "--staged")
    assert ran.code == 2
    assert f"git add -- ':(literal){page}'" in ran.err


def test_a_page_behind_a_link_is_not_read(bare: Place) -> None:
    outside = bare.root.parent / "outside"
    outside.mkdir()
    (outside / "post.mdx").write_text(_POST)
    os.symlink(outside, bare.root / "content")
    bare.manifest(_asset())
    assert "symbolic link" in bare.run("plan").err
    os.unlink(bare.root / "content")
    (bare.root / "content").mkdir()
    os.symlink(outside / "post.mdx", bare.root / _PAGE)
    assert "does not exist" in bare.run("plan").err


def test_a_page_without_data_is_an_error(bare: Place) -> None:
    ran = _place(bare, text="words\n").run("plan")
    assert ran.code == 2
    assert "has no title, description or tags" in ran.err


def test_a_title_that_is_too_long_is_refused_like_one_in_the_manifest(
    bare: Place,
) -> None:
    ran = _place(bare, text=f"---\ntitle: {'t' * 2001}\n---\n").run("plan")
    assert ran.code != 0 and "title has 2001 characters; at most 2000 are allowed" in " ".join(
        ran.err.split()
    )
    assert len(read(f"# {'word ' * 200}\n", _PAGE).title) == 999


_BROKEN = {
    # front matter: a part of the message
    "a text without an end": (
        '---\ntags: x\ntitle: "open\n---\n',
        "not YAML: line 3: a text in quotes has no end",
    ),
    "a list without an end": (
        "---\ntags: [a\n---\n",
        "not YAML: line 2: a list in brackets has no end",
    ),
    "a colon too many": (
        "---\ntitle: A: B\n---\n",
        "not YAML: line 2: mapping values are not allowed",
    ),
    "TOML": ('+++\ntags = ["a"]\ntitle = A\n+++\n', "not TOML: line 3: Invalid value"),
    "no end": ("---\ntitle: A\n\n# A\n", "the front matter of content/post.mdx has no end"),
    "a list for a text": (
        "---\ntitle: [a, b]\n---\n",
        "title is a list in the front matter of content/post.mdx",
    ),
    "a table for a text": (
        "---\ndescription: {a: b}\n---\n",
        "description is a table in the front matter",
    ),
    "a truth for a text": ("---\ntitle: true\n---\n", "title is true or false in the front matter"),
}


@pytest.mark.parametrize(("head", "said"), _BROKEN.values(), ids=_BROKEN)
def test_broken_front_matter_is_one_error_at_the_line_of_from(
    head: str, said: str, bare: Place
) -> None:
    ran = _place(bare, text=head).run("plan")
    assert ran.code == 2
    err = " ".join(ran.err.split())
    assert said in err and err.count("cure: ") == 1
    assert err.startswith("assetgen: assets.toml:6:1, asset a: ")


def test_a_page_that_is_not_utf_8_is_refused(bare: Place) -> None:
    bare.write(_PAGE, _POST.encode("utf-16"))
    bare.manifest(_asset())
    assert "the page content/post.mdx is not UTF-8" in bare.run("plan").err


@pytest.mark.parametrize(
    ("page", "text", "said"),
    [
        ("content", "", "content is a folder"),
        ("src/main.tsx", "export const a = 1\n", "name a page of Markdown or MDX"),
    ],
    ids=["a folder", "code"],
)
def test_the_cure_for_a_file_that_is_not_a_page_does_no_harm(
    page: str, text: str, said: str, bare: Place
) -> None:
    bare.write(_PAGE, _POST)
    if text:
        bare.write(page, text)
    bare.manifest(_asset(page=page))
    ran = bare.run("plan")
    assert ran.code == 2 and said in " ".join(ran.err.split())
    assert "to its front matter" not in ran.err


def test_a_page_over_the_limit_is_not_read(bare: Place) -> None:
    ran = _place(bare, text=_POST + "x" * 4 * 1024 * 1024).run("plan")
    assert ran.code == 2
    assert "at most 4194304 are read" in ran.err


def test_yaml_is_loaded_only_where_a_picture_is_made_from_a_page(place: Place) -> None:
    import subprocess
    import sys

    def loads_yaml() -> bool:
        command = [sys.executable, "-P", "-X", "importtime", "-m", "assetgen", "plan"]
        ran = subprocess.run(
            command, cwd=place.root, env=place.environ, capture_output=True, text=True
        )
        return "yaml" in {row.rpartition("|")[2].strip() for row in ran.stderr.splitlines()}

    place.covers("a")
    assert not loads_yaml()
    _place(place)
    assert loads_yaml()


# -- placeholders ----------------------------------------------------------------------------------

_SHOWN = '[project]\ncontent = ["content/*.mdx"]\n'
_LISTED = _SHOWN + _asset().replace('"A"', '"Cover: {title}"')


def test_the_alternative_text_follows_the_page(place: Place) -> None:
    place.write(_PAGE, f"{_POST}\n![Cover: Hello](/a.png)\n")
    place.manifest(_LISTED)
    place.ok("generate")
    assert place.record("a")["asset"]["alt"] == "Cover: Hello"
    place.ok("check")
    place.write(_PAGE, place.read(_PAGE).decode().replace("title: Hello", "title: New"))
    found = place.run("check").out
    assert 'the alternative text is "Cover: Hello", but asset a has "Cover: New"' in found
    assert "stale" in found
    place.ok("refs", "--fix")
    place.ok("generate")
    place.ok("check")


def test_check_reports_an_alternative_text_that_repeats_an_old_title(place: Place) -> None:
    _place(place).manifest(_asset().replace('"A"', '"Cover {{1}}: Hello"'))
    place.ok("generate")
    place.write(_PAGE, _POST.replace("Hello", "Welcome"))
    found = place.run("check").out
    assert (
        "assets.toml:5: old-title: a: alt repeats 'Hello', and the title is 'Welcome' now" in found
    )
    assert 'cure: write alt = "Cover {{1}}: {title}"' in found


@pytest.mark.parametrize("prompt", ["A plane, for $title, {title}", ""])
def test_check_reports_an_old_title_of_a_painted_image_too(prompt: str, place: Place) -> None:
    said = f'prompt = "{prompt}"\n' if prompt else ""
    _place(place).manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "Art: Hello"\n'
        f'route = "images"\nfrom = "{_PAGE}"\n{said}'
    )
    place.picture("photo.png", size=(1536, 1024))
    place.ok("adopt", "a", "photo.png")
    place.write(_PAGE, _POST.replace("Hello", "Welcome"))
    found = place.run("check").out
    assert "old-title: a: alt repeats 'Hello', and the title is 'Welcome' now" in found
    assert 'cure: write alt = "Art: {title}"' in found


def test_an_alternative_text_that_the_page_cannot_fill_is_an_error(bare: Place) -> None:
    _place(bare)
    bare.manifest(_asset().replace('"A"', '"{title} {page.credit}"'))
    ran = bare.run("plan")
    assert ran.code == 2
    assert f"assets.toml:5:1, asset a: alt uses {{page.credit}}, and {_PAGE} has no" in ran.err
    assert "{page.credit?}" in ran.err
    bare.manifest(_asset().replace('"A"', '"{title} {page.credit?}"'))
    bare.ok("plan")


def test_a_prompt_fills_placeholders_and_changes_with_them(bare: Place) -> None:
    text = _POST.replace("Hello", "Pay $author {slug}")
    _place(bare, "images", 'prompt = "{title} by $author, {{x}}"\n', text)
    [found] = bare.ok("next", "--json").data
    assert "article: Pay $author {slug} by Ada, {x}." in found["prompt"]
