"""refs: the references that it lists, and its usage errors."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from assetgen.pages.places import PagePlace
from tests.support import forks
from tests.support.launch_page import CONTENT, PAGE
from tests.support.place import Place


def shown(place: Place, *arguments: str) -> str:
    """What the command shows in a terminal of 80 columns."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-P", "-m", "assetgen", *arguments]
    environ = {**place.environ, "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(
        command, cwd=place.root, env=environ, stdout=other, stderr=other, stdin=other
    ) as child:
        os.close(other)
        said = b""
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:  # the error of Linux when the other end is closed
                break
            if not part:
                break
            said += part
        child.wait()
    os.close(main)
    return re.sub(r"\x1b\[\d*m", "", said.decode().replace("\r\n", "\n"))


def test_refs_prints_one_line_per_reference_into_a_pipe(site: Place) -> None:
    assert site.ok("refs").out == (
        "content/launch.mdx:3:8: frontmatter /img/cover.png -> public/img/cover.png (missing)\n"
        "content/launch.mdx:8:1: md_image /img/plan.png -> public/img/plan.png (missing)\n"
        "content/launch.mdx:8:30: md_image /img/team.png -> public/img/team.png\n"
        "content/launch.mdx:10:13: jsx_attr /img/steps.png -> public/img/steps.png (missing)\n"
        "4 references in 1 of 1 page\n"
        "3 to missing images (to add them to assets.toml: assetgen refs --add)\n"
    )


def test_refs_groups_references_by_page_in_a_terminal(site: Place) -> None:
    site.write("content/a/very/deep/folder.mdx", f"![A](https://example.org/{'long/' * 30}x.png)")
    said = shown(site, "refs")
    listed = "3:8    /img/cover.png\n           -> public/img/cover.png (missing)\n"
    assert f"content/launch.mdx\n    {listed}" in said
    assert max(map(len, said.splitlines())) <= 80
    assert "3 to missing images (to add them to assets.toml: assetgen refs --add)\n" in said


_FIELDS = [
    *("file", "line", "col", "kind", "raw", "alt", "alt_status", "dynamic"),
    *("resolution", "resolved", "exists", "width", "height"),
]


def test_json_has_the_same_fields_for_every_reference(site: Place) -> None:
    rows = site.ok("refs", "--json").data
    assert [list(row) for row in rows] == [_FIELDS] * 4
    assert list(rows[3].values()) == [
        *("content/launch.mdx", 10, 13, "jsx_attr", "/img/steps.png", "Steps", "present", False),
        *("absolute", "public/img/steps.png", False, 1200, 630),
    ]
    assert [json.loads(line) for line in site.ok("refs", "--jsonl").out.splitlines()] == rows


def test_json_contains_no_control_characters(site: Place) -> None:
    site.write("content/\x1b[31m\u202e.md", "![\x1b[2J\u202e](/img/\x1b[31m.png)")
    for form in ("--jsonl", "--json"):
        out = site.ok("refs", form).out
        assert "\x1b" not in out and "\u202e" not in out
    rows = [json.loads(line) for line in site.ok("refs", "--jsonl").out.splitlines()]
    assert rows[0]["file"] == "content/\x1b[31m\u202e.md"
    assert "\x1b" not in site.ok("refs").out + site.ok("refs", "--dangling").out


def test_dangling_lists_only_references_to_missing_images(site: Place) -> None:
    assert [row["raw"] for row in site.ok("refs", "--dangling", "--json").data] == [
        *("/img/cover.png", "/img/plan.png", "/img/steps.png"),
    ]


def test_without_content_refs_reads_every_page_but_not_build_output(
    bare: Place,
) -> None:
    bare.manifest("")
    for page in (
        "README.md",
        "docs/a.mdx",
        "node_modules/x/README.md",
        "dist/a.html",
        ".hidden/a.md",
    ):
        bare.write(page, "![A](x.png)")
    assert {row["file"] for row in bare.ok("refs", "--json").data} == {"README.md", "docs/a.mdx"}


_WHERE = {
    "nothing": ([], ".", 4),
    "a page": (["content/launch.mdx"], ".", 4),
    "a folder": (["content"], ".", 4),
    "a folder with a slash": (["content/"], ".", 4),
    "here": (["."], ".", 4),
    "another folder": (["public"], ".", 0),
    "a line": (["content/launch.mdx:8"], ".", 2),
    "a place": (["content/launch.mdx:8:30"], ".", 1),
    "a line without references": (["content/launch.mdx:9"], ".", 0),
    "two lines": (["content/launch.mdx:8", "content/launch.mdx:3"], ".", 3),
    "from the page's folder": (["launch.mdx:8"], "content", 2),
    "from below": (["../content/launch.mdx"], "public", 4),
    "as check names it, from below": (["content/launch.mdx:8"], "public/img", 2),
    "the page with a dot": (["./content/./launch.mdx:8"], ".", 2),
}


@pytest.mark.parametrize(("where", "folder", "number"), _WHERE.values(), ids=_WHERE)
def test_where_is_a_page_a_folder_or_a_line_from_the_current_folder(
    where: list[str], folder: str, number: int, site: Place
) -> None:
    command = [str(forks.programs() / "assetgen"), "refs", "--json", *where]
    ran = site._run(command, site.root / folder, site.environ)
    assert len(ran.data) == number


def test_where_is_resolved_in_the_folder_that_c_names(site: Place, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-P",
        "-m",
        "assetgen",
        "-C",
        str(site.root),
        "refs",
        "--json",
        "content/launch.mdx:8",
    ]
    assert len(site._run(command, tmp_path, site.environ).data) == 2


@pytest.mark.parametrize(
    "name", ["gone.mdx", "content/gone.mdx:3", "/etc/passwd", "..", "content/launch.mdx:x"]
)
def test_a_place_outside_the_project_or_missing_is_an_error(name: str, site: Place) -> None:
    ran = site.run("refs", name)
    assert ran.code == 9
    assert "does not exist" in ran.err or "is not in the project" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add", "--fix"], "not allowed with argument"),
        (["--dangling", "--add"], "not allowed with argument"),
        (["--route", "images"], "--route requires --add"),
        (["--add", "--route", "paint"], "is not one of: local, images"),
        (["--alt", "x"], "--alt requires --fix"),
        (["--fix", "--alt", "x"], "name its place, PAGE:LINE"),
        (
            ["--fix", "content/launch.mdx:8", "--alt", "What the image shows."],
            "is only a placeholder: describe the image",
        ),
        (["--fix", "--alt", "x", "content"], "name its place, PAGE:LINE"),
        (
            ["--fix", "--alt", "x", "content/launch.mdx:8", "content/launch.mdx:9"],
            "name its place, PAGE:LINE",
        ),
        (["--json", "--jsonl"], "--jsonl lists references"),
        (["--add", "--jsonl"], "--jsonl lists references"),
    ],
)
def test_an_option_that_would_have_no_effect_is_a_usage_error(
    arguments: list[str], said: str, site: Place
) -> None:
    ran = site.run("refs", *arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err


@pytest.mark.parametrize("glob", ["{a", "{a,b,c,d,e,f,g,h,i,j}" * 9], ids=["open", "endless"])
def test_an_invalid_pattern_in_content_is_an_error(glob: str, site: Place) -> None:
    site.manifest(f'[project]\ncontent = ["{glob}"]\n')
    ran = site.run("refs")
    assert ran.code == 2 and "is not a glob pattern" in ran.err


def test_a_project_in_a_subfolder_reads_only_its_own_pages(place: Place) -> None:
    inner = Place(place.root / "my site", place.root.parent / "home")
    inner.manifest(CONTENT)
    inner.write("content/launch.mdx", PAGE)
    place.write("content/other.mdx", PAGE)
    assert {row["file"] for row in inner.ok("refs", "--json").data} == {"content/launch.mdx"}
    assert inner.run("refs", "../content/other.mdx").code == 9


@pytest.mark.parametrize(
    ("where", "file", "line", "col", "meant"),
    [
        (PagePlace(""), "a.md", 3, 4, True),
        (PagePlace("a"), "a/b.md", 3, 4, True),
        (PagePlace("a"), "ab.md", 3, 4, False),
        (PagePlace("a.md", 3), "a.md", 3, 4, True),
        (PagePlace("a.md", 3), "a.md", 4, 4, False),
        (PagePlace("a.md", 3), "a.md", None, None, True),
        (PagePlace("a.md", 3, 4), "a.md", 3, 4, True),
        (PagePlace("a.md", 3, 5), "a.md", 3, 4, False),
    ],
)
def test_a_place_includes_the_references_in_it(
    where: PagePlace, file: str, line: int | None, col: int | None, meant: bool
) -> None:
    assert where.includes(file, line, col) is meant


def test_refs_reports_a_pattern_without_pages(site: Place) -> None:
    assert "note: no page matches 'app/**/*' of project.content" in site.ok("refs").err


def test_refs_without_content_says_that_check_skips_the_pages(bare: Place) -> None:
    bare.manifest("")
    bare.write("docs/a.md", "![A](a.png)")
    ran = bare.ok("refs")
    assert ran.out.startswith("docs/a.md:1:1: md_image a.png")
    assert ran.err.startswith("note: project.content names no pages")


def test_refs_reads_a_named_file_that_check_does_not(site: Place) -> None:
    site.write("notes/a.md", "![A](/img/no.png)\n\n![B](/img/team.png)\n")
    said = site.ok("refs", "notes/a.md:1")
    assert said.out.startswith(
        "notes/a.md:1:1: md_image /img/no.png -> public/img/no.png (missing)"
    )
    assert "/img/team.png" not in said.out
    assert said.err == (
        "note: project.content does not match notes/a.md, so check does not read it\n"
    )


def test_refs_lists_references_without_a_manifest(site: Place) -> None:
    (site.root / "assets.toml").unlink()
    site.write("tests/a.md", "![A](/img/no.png)")
    said = site.ok("refs", "--dangling")
    assert said.out.splitlines()[-2:] == ["3 references in 1 of 1 page", "3 to missing images"]
    assert said.err.startswith("note: there is no assets.toml, so every possible page is listed")
    assert "tests/a.md:1:1" in site.ok("refs", "tests/a.md").out
    assert json.loads(site.ok("refs", "--json", "--dangling").out)[0]["raw"] == "/img/cover.png"
    assert site.run("refs", "--add").code == 2
    assert not (site.root / ".assetgen" / "cache").exists()
