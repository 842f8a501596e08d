"""refs: what it lists, adds to the manifest and writes into pages; for people, for programs, from everywhere."""

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

from assetgen.check import fix, pages
from assetgen.errors import StorageError
from assetgen.fs.tree import WorkTree
from assetgen.pages.places import Where
from assetgen.plan.workspace import Workspace, open_workspace
from tests.support.place import Place

_CONTENT = '[project]\ncontent = ["content/**/*", "app/**/*", "src/**/*"]\n'
_PAGE = """---
title: A launch
cover: /img/cover.png
---

# Launch day

![A plan](/img/plan.png) and ![](/img/team.png)

<Image src="/img/steps.png" alt="Steps" width={1200} height={630} />
"""


@pytest.fixture
def site(bare: Place) -> Place:
    """A project with one page, in which one of the pictures is there."""
    bare.manifest(_CONTENT)
    bare.write("content/launch.mdx", _PAGE)
    bare.picture("public/img/team.png")
    return bare


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
            except OSError:  # what Linux says when the other end is closed
                break
            if not part:
                break
            said += part
        child.wait()
    os.close(main)
    return re.sub(r"\x1b\[\d*m", "", said.decode().replace("\r\n", "\n"))


# -- listing -----------------------------------------------------------------------------------------


def test_in_a_pipe_each_reference_is_a_line_with_its_place(site: Place) -> None:
    assert site.ok("refs").out == (
        "content/launch.mdx:3:8: frontmatter /img/cover.png -> public/img/cover.png (not there)\n"
        "content/launch.mdx:8:1: md_image /img/plan.png -> public/img/plan.png (not there)\n"
        "content/launch.mdx:8:30: md_image /img/team.png -> public/img/team.png\n"
        "content/launch.mdx:10:13: jsx_attr /img/steps.png -> public/img/steps.png (not there)\n"
        "4 references in 1 of 1 page\n"
        "3 to pictures that are not there (assetgen refs --add wants them)\n"
    )


def test_in_a_terminal_references_stand_under_their_page_within_its_width(site: Place) -> None:
    site.write("content/a/very/deep/folder.mdx", f"![A](https://example.org/{'long/' * 30}x.png)")
    said = shown(site, "refs")
    assert (
        "content/launch.mdx\n    3:8    /img/cover.png\n           -> public/img/cover.png (not there)\n"
        in said
    )
    assert max(map(len, said.splitlines())) <= 80
    assert "3 to pictures that are not there (assetgen refs --add wants them)\n" in said


_FIELDS = [
    *("file", "line", "col", "kind", "raw", "alt", "alt_status", "dynamic"),
    *("resolution", "resolved", "exists", "width", "height"),
]


def test_for_programs_each_reference_is_an_object_of_the_same_fields(site: Place) -> None:
    rows = site.ok("refs", "--json").data
    assert [list(row) for row in rows] == [_FIELDS] * 4
    assert list(rows[3].values()) == [
        *("content/launch.mdx", 10, 13, "jsx_attr", "/img/steps.png", "Steps", "present", False),
        *("absolute", "public/img/steps.png", False, 1200, 630),
    ]
    assert [json.loads(line) for line in site.ok("refs", "--jsonl").out.splitlines()] == rows


def test_lines_for_programs_hold_nothing_that_a_terminal_acts_on(site: Place) -> None:
    site.write("content/\x1b[31m\u202e.md", "![\x1b[2J\u202e](/img/\x1b[31m.png)")
    for form in ("--jsonl", "--json"):
        out = site.ok("refs", form).out
        assert "\x1b" not in out and "\u202e" not in out
    rows = [json.loads(line) for line in site.ok("refs", "--jsonl").out.splitlines()]
    assert rows[0]["file"] == "content/\x1b[31m\u202e.md"
    assert "\x1b" not in site.ok("refs").out + site.ok("refs", "--dangling").out


def test_only_what_dangles_is_shown_if_that_is_asked(site: Place) -> None:
    assert [row["raw"] for row in site.ok("refs", "--dangling", "--json").data] == [
        *("/img/cover.png", "/img/plan.png", "/img/steps.png"),
    ]


def test_without_content_everything_that_may_be_a_page_is_looked_at_but_what_tools_build(
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
def test_where_is_a_page_a_folder_or_a_line_from_where_one_is(
    where: list[str], folder: str, number: int, site: Place
) -> None:
    command = [sys.executable, "-P", "-m", "assetgen", "refs", "--json", *where]
    ran = site._run(command, site.root / folder, site.environ)
    assert len(ran.data) == number


def test_where_is_taken_from_the_folder_that_c_names(site: Place, tmp_path: Path) -> None:
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
def test_a_place_that_is_not_there_or_not_in_the_project_is_an_error(
    name: str, site: Place
) -> None:
    ran = site.run("refs", name)
    assert ran.code == 9
    assert "is not there" in ran.err or "is not in the project" in ran.err


_NAMES = [
    *(
        "app/[slug]/(group)/page.mdx",
        'app/it\'s a "page".mdx',
        "app/$(touch pwned).mdx",
        "app/a, or b (c).mdx",
    ),
    *(
        "app/`touch pwned`.mdx",
        "app/a;b&c.mdx",
        "app/a\nb.mdx",
        "app/ünï.mdx",
        "app/-rf.mdx",
        "app/a:3/page.mdx",
    ),
]


@pytest.mark.parametrize("name", _NAMES, ids=lambda name: ascii(name)[1:-1])
def test_a_page_by_any_name_is_mended_by_the_command_that_check_prints(
    name: str, site: Place
) -> None:
    site.write(name, "![A](/img/Team.png)")
    [problem] = [one for one in pages.look(open_workspace(site.root)).problems if one.path == name]
    environ = {
        **site.environ,
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{site.environ['PATH']}",
    }
    ran = site._run(["sh", "-c", problem.command], site.root, environ)
    assert ran.code == 0, ran.err
    assert site.read(name) == b"![A](/img/team.png)"
    assert not site.has("pwned")


# -- --add -------------------------------------------------------------------------------------------


def test_what_dangles_is_wanted_with_what_the_page_says_and_only_once(site: Place) -> None:
    ran = site.ok("refs", "--add")
    assert ran.out == (
        "added cover  public/img/cover.png  (assets.toml:5)\n"
        "added plan  public/img/plan.png  (assets.toml:12)\n"
        "added steps  public/img/steps.png  (assets.toml:20)\n"
        "next: look at assets.toml, then assetgen generate cover plan steps\n"
    )
    text = site.read("assets.toml").decode()
    assert text.startswith(_CONTENT)
    assert 'from = "content/launch.mdx"' in text and "fit = { width = 1200, height = 630 }" in text
    again = site.ok("refs", "--add")
    assert (
        again.out
        == "nothing to add: every picture that the pages name is there, or is wanted already\n"
    )
    assert site.read("assets.toml").decode() == text


def test_a_line_alone_is_added_and_told_to_programs(site: Place) -> None:
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


def test_what_looks_like_a_slip_is_left_unless_its_line_is_named(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/taem.png)")
    assert site.ok("refs", "--add").out == (
        "left  content/launch.mdx:1: /img/taem.png looks like a slip for /img/team.png\n"
        "  cure: assetgen refs --fix content/launch.mdx:1\n"
        "        writes that; or: to want it: assetgen refs --add content/launch.mdx:1\n"
    )
    assert site.ok("refs", "--add", "--json").data["slips"] == [
        {"file": "content/launch.mdx", "line": 1, "raw": "/img/taem.png", "meant": "/img/team.png"}
    ]
    assert site.ok("refs", "--add", "content/launch.mdx:1").out.startswith(
        "added taem  public/img/taem.png"
    )


def test_what_cannot_be_wanted_is_told_with_its_cure_and_the_rest_is_added(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/a.svg)\n\n![B](./b.png)\n")
    refused = site.run("refs", "--add")
    assert refused.code == 2
    assert (
        "content/launch.mdx:1: public/img/a.svg: assetgen makes .png, .jpg, .webp and .avif files"
        in refused.out
    )
    assert (
        "content/launch.mdx:3: content/b.png is in no output folder (public, assets)" in refused.out
    )
    assert site.read("assets.toml").decode() == _CONTENT
    site.write("content/launch.mdx", "![A](/img/a.svg) ![B](/img/b.png)\n")
    assert (
        site.ok("refs", "--add", "content/launch.mdx:1").out.splitlines()[0].startswith("added b ")
    )


def test_pages_that_are_not_utf_8_stop_nobody(site: Place) -> None:
    site.write("content/old.md", b"caf\xe9 ![A](/img/old.png)")
    assert "added old" in site.ok("refs", "--add").out


# -- --fix -------------------------------------------------------------------------------------------


def test_all_that_is_certain_is_written_into_the_pages_and_nothing_else(site: Place) -> None:
    text = (
        "x ![A](/img/Team.png)\r\n\r\n![B](/img/taem.png)\r\n"
        '<img src="/img/team.png" alt="C" width={64} height={64} />\r\n'
    )
    site.write("content/launch.mdx", text)
    ran = site.ok("refs", "--fix")
    after = text.replace("Team", "team").replace("width={64} height={64}", "width={64} height={48}")
    assert site.read("content/launch.mdx").decode() == after
    assert ran.out == (
        "mended content/launch.mdx:1: dangling: wrote /img/team.png\n"
        "mended content/launch.mdx:4: size-differs: wrote 64 and 48\n"
        "left   content/launch.mdx:3: dangling: /img/taem.png is not there: no public/img/taem.png\n"
        "  cure: assetgen refs --fix content/launch.mdx:3\n"
        "        writes /img/team.png; or: assetgen refs --add content/launch.mdx:3\n"
        "next: git add -- content/launch.mdx\n"
    )
    again = site.run("refs", "--fix")
    assert (again.code, "mended" in again.out) == (1, False)
    assert site.ok("refs", "--fix", "content/launch.mdx:3").out.startswith(
        "mended content/launch.mdx:3"
    )
    assert site.ok("refs", "--fix").out == "nothing to mend: pages, manifest and files agree\n"


def test_a_text_is_written_for_the_one_picture_that_lacks_it(site: Place) -> None:
    done = site.ok(
        "refs", "--fix", "content/launch.mdx:8", "--alt", 'A [team] & "more"', "--json"
    ).data
    assert [one["code"] for one in done["mended"]] == ["missing-alt"]
    row = site.ok("refs", "--json", "content/launch.mdx:8:30").data
    assert [one["alt"] for one in site.ok("refs", "--json", "content/launch.mdx:8").data][
        1
    ] == 'A [team] & "more"'
    assert len(row) == 1


def test_an_element_that_decorates_gets_an_empty_text_and_markdown_cannot_say_it(
    site: Place,
) -> None:
    site.write("content/launch.mdx", '<img src="/img/team.png" />\n\n![](/img/team.png)\n')
    site.ok("refs", "--fix", "content/launch.mdx:1", "--alt", "")
    assert site.read("content/launch.mdx").startswith(b'<img alt="" src="/img/team.png" />')
    left = site.run("refs", "--fix", "content/launch.mdx:3", "--alt", "")
    assert left.code == 1 and '<img ... alt=""> if it only decorates' in left.out


def test_a_text_that_nobody_or_more_than_one_asks_for_is_refused(site: Place) -> None:
    site.write(
        "content/launch.mdx", "![A](/img/team.png)\n\n![](/img/team.png) ![](/img/team.png)\n"
    )
    assert (
        "no picture here lacks a text"
        in site.run("refs", "--fix", "content/launch.mdx:1", "--alt", "x").err
    )
    many = site.run("refs", "--fix", "content/launch.mdx:3", "--alt", "x")
    assert many.code == 2
    assert "name its column too: content/launch.mdx:3:1 or content/launch.mdx:3:20" in many.err
    site.ok("refs", "--fix", "content/launch.mdx:3:20", "--alt", "x")
    assert site.read("content/launch.mdx").endswith(b"![](/img/team.png) ![x](/img/team.png)\n")


@pytest.mark.parametrize(
    "alt",
    ["\x1b[2J", "a\u202eb", "a\0b"[:1] + "\x7f", "x" * 2001],
    ids=["escape", "turned", "delete", "long"],
)
def test_a_text_that_the_manifest_would_refuse_is_refused(alt: str, site: Place) -> None:
    ran = site.run("refs", "--fix", "content/launch.mdx:8", "--alt", alt)
    assert ran.code == 2
    assert site.read("content/launch.mdx").decode() == _PAGE


def test_what_check_is_told_to_leave_is_left(site: Place) -> None:
    site.manifest(_CONTENT + '[check]\nignore = ["content/**"]\n')
    assert site.ok("refs", "--fix").out == "nothing to mend: pages, manifest and files agree\n"
    site.manifest(_CONTENT + '[check]\nmissing-alt = "off"\ndangling = "off"\n')
    assert site.ok("refs", "--fix").out == "nothing to mend: pages, manifest and files agree\n"


def test_the_module_that_emit_writes_is_not_edited(site: Place) -> None:
    site.manifest('[project]\ncontent = ["src/**"]\nemit = "src/assets.ts"\n')
    text = 'export const assets = { team: { src: "/img/Team.png" } };\n'
    site.write("src/assets.ts", text)
    assert site.ok("refs", "--fix").out == "nothing to mend: pages, manifest and files agree\n"
    assert site.read("src/assets.ts").decode() == text


def test_a_page_keeps_its_mode(site: Place) -> None:
    page = site.write("content/launch.mdx", "![A](/img/Team.png)")
    page.chmod(0o755)
    site.ok("refs", "--fix")
    assert page.stat().st_mode & 0o777 == 0o755


def test_a_page_that_is_a_link_is_neither_read_nor_written(site: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mdx"
    outside.write_text("![A](/img/Team.png)")
    (site.root / "content/launch.mdx").unlink()
    (site.root / "content/launch.mdx").symlink_to(outside)
    (site.root / "src").symlink_to(tmp_path)
    for arguments in (["--fix"], ["--add"]):
        site.ok("refs", *arguments)
    named = site.run("refs", "--fix", "content/launch.mdx:1")
    assert (named.code, "no picture is named here" in named.err) == (2, True)
    assert outside.read_text() == "![A](/img/Team.png)"


class _Edited(WorkTree):
    """A work tree in which somebody saves the page while it is looked at."""

    def read(self, path: str) -> bytes | None:
        data = super().read(path)
        if path == "content/launch.mdx":
            (self.root / path).write_bytes(b"more " + (data or b""))
        return data


def test_a_page_that_is_saved_meanwhile_is_not_written(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/Team.png)")
    tree = _Edited(site.root)
    project = Workspace(site.root, tree)
    problems = pages.look(project).problems
    with pytest.raises(StorageError, match="changed while it was looked at"):
        fix._write(project, tree, problems)
    assert site.read("content/launch.mdx").startswith(b"more ")


def test_files_that_nobody_wrote_stop_nobody(site: Place) -> None:
    with open(site.write("content/huge.json", "{}"), "r+b") as file:
        file.truncate(100 * 1024 * 1024)
    site.write("content/blob.md", b"\0\1\2 ![](/x.png)")
    os.mkfifo(site.root / "content/pipe.md")
    (site.root / "content/loop.md").symlink_to("loop.md")
    assert len(site.ok("refs", "--json").data) == 4
    fixed = site.run("refs", "--fix")
    assert (fixed.code, fixed.err) == (1, "")


# -- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add", "--fix"], "not allowed with argument"),
        (["--dangling", "--add"], "not allowed with argument"),
        (["--route", "images"], "--route requires --add"),
        (["--add", "--route", "paint"], "is none of: local, images"),
        (["--alt", "x"], "--alt requires --fix"),
        (["--fix", "--alt", "x"], "name its place, PAGE:LINE"),
        (
            ["--fix", "content/launch.mdx:8", "--alt", "What is to be seen."],
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
def test_what_would_have_to_be_ignored_is_a_usage_error(
    arguments: list[str], said: str, site: Place
) -> None:
    ran = site.run("refs", *arguments)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_without_content_there_is_no_page_to_be_mended(site: Place) -> None:
    site.manifest("")
    ran = site.run("refs", "--fix")
    assert (ran.code, ran.out) == (2, "")
    assert "[project] content names no pages" in ran.err


@pytest.mark.parametrize("glob", ["{a", "{a,b,c,d,e,f,g,h,i,j}" * 9], ids=["open", "endless"])
def test_a_broken_glob_is_an_error_of_the_manifest(glob: str, site: Place) -> None:
    site.manifest(f'[project]\ncontent = ["{glob}"]\n')
    ran = site.run("refs")
    assert ran.code == 2 and "is no glob" in ran.err


def test_a_project_below_the_top_of_its_repository_is_told_of_its_own_pages(place: Place) -> None:
    inner = Place(place.root / "my site", place.root.parent / "home")
    inner.manifest(_CONTENT)
    inner.write("content/launch.mdx", _PAGE)
    place.write("content/other.mdx", _PAGE)
    assert {row["file"] for row in inner.ok("refs", "--json").data} == {"content/launch.mdx"}
    assert inner.run("refs", "../content/other.mdx").code == 9


@pytest.mark.parametrize(
    ("where", "file", "line", "col", "meant"),
    [
        (Where(""), "a.md", 3, 4, True),
        (Where("a"), "a/b.md", 3, 4, True),
        (Where("a"), "ab.md", 3, 4, False),
        (Where("a.md", 3), "a.md", 3, 4, True),
        (Where("a.md", 3), "a.md", 4, 4, False),
        (Where("a.md", 3), "a.md", None, None, True),
        (Where("a.md", 3, 4), "a.md", 3, 4, True),
        (Where("a.md", 3, 5), "a.md", 3, 4, False),
    ],
)
def test_a_place_holds(
    where: Where, file: str, line: int | None, col: int | None, meant: bool
) -> None:
    assert where.holds(file, line, col) is meant


def test_drafts_that_check_ignores_are_not_wanted_unless_they_are_named(site: Place) -> None:
    site.write(
        "assets.toml",
        site.read("assets.toml").decode() + '[check]\nignore = ["content/drafts/**"]\n',
    )
    site.write("content/drafts/a.mdx", "![A draft](/img/draft.png)")
    site.write("content/launch.mdx", "text")
    assert "draft" not in site.ok("refs", "--add").out
    assert "added draft" in site.ok("refs", "--add", "content/drafts/a.mdx:1").out


def test_the_candidates_of_a_srcset_are_left_to_variants_of_the_picture(site: Place) -> None:
    picture = '<img src="/img/new.png" srcSet="/img/new-640.avif 640w, /img/new-1200.avif 1200w" alt="A new one" />'
    site.write("content/launch.mdx", picture)
    done = site.ok("refs", "--add", "--json").data
    assert [one["path"] for one in done["added"]] == ["public/img/new.png"]
    assert [(one["raw"], one["of"]) for one in done["variants"]] == [
        ("/img/new-640.avif", "public/img/new.png"),
        ("/img/new-1200.avif", "public/img/new.png"),
    ]


def test_cures_are_typed_from_where_their_reader_is(site: Place, tmp_path: Path) -> None:
    site.write("content/launch.mdx", "![A](/img/Team.png)")
    lines = site.run("check").out.split("\n")
    assert "  cure: assetgen refs --fix content/launch.mdx:1" in lines
    for here, way in ((site.root / "content", ".."), (site.root.parent, site.root.name)):
        ran = site._run(
            [sys.executable, "-P", "-m", "assetgen", "-C", str(site.root), "check"],
            here,
            site.environ,
        )
        assert f"  cure: cd {way} && assetgen refs --fix content/launch.mdx:1" in ran.out.split(
            "\n"
        )


def test_a_glob_that_means_nothing_is_told_beside_the_references(site: Place) -> None:
    assert "note: no page matches 'app/**/*' of project.content" in site.ok("refs").err


def test_where_content_names_no_pages_it_is_said_that_check_leaves_them_alone(bare: Place) -> None:
    bare.manifest("")
    bare.write("docs/a.md", "![A](a.png)")
    ran = bare.ok("refs")
    assert ran.out.startswith("docs/a.md:1:1: md_image a.png")
    assert ran.err.startswith("note: project.content names no pages")
