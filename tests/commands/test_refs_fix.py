"""refs --fix: what check asks for, written into the pages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetgen.check import fix, pages
from assetgen.errors import StorageError
from assetgen.fs.tree import WorkTree
from assetgen.plan.workspace import Workspace
from tests.support.launch_page import CONTENT, PAGE
from tests.support.place import Place


def test_fix_writes_only_what_is_certain(site: Place) -> None:
    text = (
        "x ![A](/img/Team.png)\r\n\r\n![B](/img/taem.png)\r\n"
        '<img src="/img/team.png" alt="C" width={64} height={64} />\r\n'
    )
    site.write("content/launch.mdx", text)
    ran = site.ok("refs", "--fix")
    after = text.replace("Team", "team").replace("width={64} height={64}", "width={64} height={48}")
    assert site.read("content/launch.mdx").decode() == after
    assert ran.out == (
        "fixed  content/launch.mdx:1: dangling: wrote /img/team.png\n"
        "fixed  content/launch.mdx:4: size-differs: wrote 64 and 48\n"
        "left   content/launch.mdx:3: dangling: "
        "/img/taem.png refers to a missing image: there is no public/img/taem.png\n"
        "  cure: assetgen refs --fix content/launch.mdx:3\n"
        "        writes /img/team.png; or: assetgen refs --add content/launch.mdx:3\n"
        "next: git add -- content/launch.mdx\n"
    )
    again = site.run("refs", "--fix")
    assert (again.code, "fixed " in again.out) == (1, False)
    assert site.ok("refs", "--fix", "content/launch.mdx:3").out.startswith(
        "fixed  content/launch.mdx:3"
    )
    assert site.ok("refs", "--fix").out == "nothing to fix: pages, manifest and files agree\n"


def test_alt_is_written_for_the_one_image_without_text(site: Place) -> None:
    done = site.ok(
        "refs", "--fix", "content/launch.mdx:8", "--alt", 'A [team] & "more"', "--json"
    ).data
    assert [one["code"] for one in done["mended"]] == ["missing-alt"]
    row = site.ok("refs", "--json", "content/launch.mdx:8:30").data
    assert [one["alt"] for one in site.ok("refs", "--json", "content/launch.mdx:8").data][
        1
    ] == 'A [team] & "more"'
    assert len(row) == 1


def test_an_empty_alt_is_written_into_elements_but_not_into_markdown(
    site: Place,
) -> None:
    site.write("content/launch.mdx", '<img src="/img/team.png" />\n\n![](/img/team.png)\n')
    site.ok("refs", "--fix", "content/launch.mdx:1", "--alt", "")
    assert site.read("content/launch.mdx").startswith(b'<img alt="" src="/img/team.png" />')
    left = site.run("refs", "--fix", "content/launch.mdx:3", "--alt", "")
    assert left.code == 1 and '<img ... alt=""> if it is decorative' in left.out


def test_alt_is_refused_if_no_image_or_several_images_need_it(site: Place) -> None:
    site.write(
        "content/launch.mdx", "![A](/img/team.png)\n\n![](/img/team.png) ![](/img/team.png)\n"
    )
    assert (
        "no image here needs --alt"
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
def test_alt_is_refused_if_the_manifest_would_refuse_it(alt: str, site: Place) -> None:
    ran = site.run("refs", "--fix", "content/launch.mdx:8", "--alt", alt)
    assert ran.code == 2
    assert site.read("content/launch.mdx").decode() == PAGE


def test_fix_leaves_what_check_ignores(site: Place) -> None:
    site.manifest(CONTENT + '[check]\nignore = ["content/**"]\n')
    assert site.ok("refs", "--fix").out == "nothing to fix: pages, manifest and files agree\n"
    site.manifest(CONTENT + '[check]\nmissing-alt = "off"\ndangling = "off"\n')
    assert site.ok("refs", "--fix").out == "nothing to fix: pages, manifest and files agree\n"


def test_fix_does_not_edit_the_module_that_emit_writes(site: Place) -> None:
    site.manifest('[project]\ncontent = ["src/**"]\nemit = "src/assets.ts"\n')
    text = 'export const assets = { team: { src: "/img/Team.png" } };\n'
    site.write("src/assets.ts", text)
    assert site.ok("refs", "--fix").out == "nothing to fix: pages, manifest and files agree\n"
    assert site.read("src/assets.ts").decode() == text


def test_fix_keeps_the_mode_of_a_page(site: Place) -> None:
    page = site.write("content/launch.mdx", "![A](/img/Team.png)")
    page.chmod(0o755)
    site.ok("refs", "--fix")
    assert page.stat().st_mode & 0o777 == 0o755


def test_a_page_that_is_a_symbolic_link_is_neither_read_nor_written(
    site: Place, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.mdx"
    outside.write_text("![A](/img/Team.png)")
    (site.root / "content/launch.mdx").unlink()
    (site.root / "content/launch.mdx").symlink_to(outside)
    (site.root / "src").symlink_to(tmp_path)
    for arguments in (["--fix"], ["--add"]):
        site.ok("refs", *arguments)
    named = site.run("refs", "--fix", "content/launch.mdx:1")
    assert (named.code, "no image is named here" in named.err) == (2, True)
    assert outside.read_text() == "![A](/img/Team.png)"


class _Edited(WorkTree):
    """A work tree in which a page is saved while the command reads it."""

    def read(self, path: str) -> bytes | None:
        data = super().read(path)
        if path == "content/launch.mdx":
            (self.root / path).write_bytes(b"more " + (data or b""))
        return data


def test_fix_does_not_overwrite_a_page_that_was_saved_meanwhile(site: Place) -> None:
    site.write("content/launch.mdx", "![A](/img/Team.png)")
    tree = _Edited(site.root)
    project = Workspace(site.root, tree)
    problems = pages.compare(project).problems
    with pytest.raises(StorageError, match="changed while assetgen was reading it"):
        fix.write(tree, problems)
    assert site.read("content/launch.mdx").startswith(b"more ")


def test_huge_binary_and_special_files_are_skipped(site: Place) -> None:
    with open(site.write("content/huge.json", "{}"), "r+b") as file:
        file.truncate(100 * 1024 * 1024)
    site.write("content/blob.md", b"\0\1\2 ![](/x.png)")
    os.mkfifo(site.root / "content/pipe.md")
    (site.root / "content/loop.md").symlink_to("loop.md")
    assert len(site.ok("refs", "--json").data) == 4
    fixed = site.run("refs", "--fix")
    assert (fixed.code, fixed.err) == (1, "")


def test_fix_without_content_is_an_error(site: Place) -> None:
    site.manifest("")
    ran = site.run("refs", "--fix")
    assert (ran.code, ran.out) == (2, "")
    assert "project.content is empty" in ran.err
