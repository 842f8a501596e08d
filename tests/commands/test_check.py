"""check: the commands that it prints, run as they are."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from assetgen.check import pages
from assetgen.plan.workspace import open_workspace
from tests.support import forks
from tests.support.launch_page import PAGE
from tests.support.place import Place

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
def test_the_command_that_check_prints_fixes_a_page_of_any_name(name: str, site: Place) -> None:
    site.write(name, "![A](/img/Team.png)")
    [problem] = [
        one for one in pages.compare(open_workspace(site.root)).problems if one.path == name
    ]
    ran = forks.shell(str(problem.command), site.root, site.environ)
    assert ran.returncode == 0, ran.stderr
    assert site.read(name) == b"![A](/img/team.png)"
    assert not site.has("pwned")


def test_cures_start_with_a_cd_outside_the_project(site: Place, tmp_path: Path) -> None:
    site.write("content/launch.mdx", "![A](/img/Team.png)")
    lines = site.run("check").out.split("\n")
    assert "  cure: assetgen refs --fix content/launch.mdx:1" in lines
    command = [sys.executable, "-P", "-m", "assetgen", "-C", str(site.root)]
    nowhere = ["refs", "--fix", str(site.root / "content/launch.mdx:99")]
    for here, way in ((site.root / "content", ".."), (site.root.parent, site.root.name)):
        ran = site._run([*command, "check"], here, site.environ)
        fix = f"  cure: cd {way} && assetgen refs --fix content/launch.mdx:1"
        assert fix in ran.out.split("\n")
        error = site._run([*command, *nowhere], here, site.environ).err
        assert f"  cure: cd {way} && assetgen refs content/launch.mdx\n" in error
    site.git("init", "-q")
    in_hook = site.run("refs", "--fix", "content/launch.mdx:99", GIT_PREFIX="content/").err
    assert "  cure: cd .. && assetgen refs content/launch.mdx\n" in in_hook


def test_the_placeholder_in_the_command_that_check_prints_is_refused(site: Place) -> None:
    lines = site.run("check").out.splitlines()
    [cure] = [line.strip() for line in lines if "--fix content/launch.mdx:8 --alt" in line]
    arguments = shlex.split(cure.partition("assetgen ")[2].partition(" (")[0])
    ran = site.run(*arguments)
    assert ran.code == 2 and "is only a placeholder" in ran.err
    assert site.read("content/launch.mdx").decode() == PAGE
