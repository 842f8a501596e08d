"""refs --add: missing images in the manifest."""

from __future__ import annotations

from tests.support.launch_page import CONTENT
from tests.support.place import Place


def test_add_writes_each_missing_image_once_with_what_the_page_states(site: Place) -> None:
    ran = site.ok("refs", "--add")
    assert ran.out == (
        "added cover  public/img/cover.png  (assets.toml:5)\n"
        "added plan  public/img/plan.png  (assets.toml:12), draft: cover\n"
        "added steps  public/img/steps.png  (assets.toml:20), draft: infographic/steps\n"
        "drafts: their comments in assets.toml say what to write before you remove draft\n"
        "next: review assets.toml, then assetgen generate cover plan steps\n"
    )
    text = site.read("assets.toml").decode()
    assert text.startswith(CONTENT)
    assert 'from = "content/launch.mdx"' in text and "fit = { width = 1200, height = 630 }" in text
    again = site.ok("refs", "--add")
    assert (
        again.out
        == "nothing to add: every image in the pages exists, or is in assets.toml already\n"
    )
    assert site.read("assets.toml").decode() == text


def test_add_can_be_limited_to_a_line_and_answers_in_json(site: Place) -> None:
    found = site.ok("refs", "--add", "--route", "images", "--json", "content/launch.mdx:10").data
    [added] = found["added"]
    assert (added["id"], added["alt"], added["route"], added["line"]) == (
        "steps",
        "Steps",
        "images",
        5,
    )
    assert "Steps" in added["prompt"]
    assert (found["refused"], found["slips"]) == ([], [])


def test_add_leaves_a_probable_typo_unless_its_line_is_named(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/taem.png)")
    assert site.ok("refs", "--add").out == (
        "left  content/launch.mdx:1: /img/taem.png looks like a misspelling of /img/team.png\n"
        "  cure: assetgen refs --fix content/launch.mdx:1\n"
        "        writes that; or: to add an image: assetgen refs --add content/launch.mdx:1\n"
    )
    assert site.ok("refs", "--add", "--json").data["slips"] == [
        {
            "file": "content/launch.mdx",
            "line": 1,
            "raw": "/img/taem.png",
            "meant": "/img/team.png",
            "moved": None,
        }
    ]
    assert site.ok("refs", "--add", "content/launch.mdx:1").out.startswith(
        "added taem  public/img/taem.png"
    )


def test_add_reports_what_it_cannot_add_and_adds_the_rest(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/a.svg)\n\n![B](./b.png)\n")
    refused = site.run("refs", "--add")
    assert refused.code == 1
    assert (
        "content/launch.mdx:1: public/img/a.svg: assetgen makes .png, .jpg, .webp and .avif files"
        in refused.out
    )
    assert (
        "content/launch.mdx:3: content/b.png is not in an output folder (public, assets)"
        in refused.out
    )
    assert site.read("assets.toml").decode() == CONTENT
    site.write("content/launch.mdx", "![A](/img/a.svg) ![B](/img/b.png)\n")
    some = site.run("refs", "--add", "content/launch.mdx:1")
    site.write("content/launch.mdx", "![A](https://example.org/a.png)\n")
    named = site.run("refs", "--add", "content/launch.mdx:1")
    assert (named.code, "is loaded from another site" in named.out) == (1, True)
    assert site.ok("refs", "--add").out.startswith("nothing to add")
    assert (some.code, some.out.startswith("added b "), "a.svg" in some.out) == (1, True, True)


def test_add_reads_pages_that_are_not_utf_8(site: Place) -> None:
    site.write("content/old.md", b"caf\xe9 ![A](/img/old.png)")
    assert "added old" in site.ok("refs", "--add").out


def test_add_skips_pages_that_check_ignores_unless_they_are_named(site: Place) -> None:
    site.write(
        "assets.toml",
        site.read("assets.toml").decode() + '[check]\nignore = ["content/drafts/**"]\n',
    )
    site.write("content/drafts/a.mdx", "![A draft](/img/draft.png)")
    site.write("content/launch.mdx", "text")
    assert "draft" not in site.ok("refs", "--add").out
    assert "added draft" in site.ok("refs", "--add", "content/drafts/a.mdx:1").out


def test_add_leaves_srcset_candidates_to_the_variants_of_the_image(site: Place) -> None:
    widths = "/img/new-640.avif 640w, /img/new-1200.avif 1200w"
    picture = f'<img src="/img/new.png" srcSet="{widths}" alt="A new one" />'
    site.write("content/launch.mdx", picture)
    done = site.ok("refs", "--add", "--json").data
    assert [one["path"] for one in done["added"]] == ["public/img/new.png"]
    assert [(one["raw"], one["of"]) for one in done["variants"]] == [
        ("/img/new-640.avif", "public/img/new.png"),
        ("/img/new-1200.avif", "public/img/new.png"),
    ]


def test_add_takes_a_named_file_that_check_does_not_read_and_says_so(site: Place) -> None:
    site.write("notes/draft.md", "![A bird](/img/bird.png)\n")
    ran = site.ok("refs", "--add", "notes/draft.md")
    assert "added bird  public/img/bird.png" in ran.out
    assert "project.content does not match notes/draft.md, so check does not read it" in ran.err
