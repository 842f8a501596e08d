"""The documentation is true: its manifests parse, its keys and commands exist, its code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assetgen.commands.parser import COMMANDS
from assetgen.manifest import parse
from assetgen.manifest.schema import Asset, Project, Style
from tests.support.place import Place

ROOT = Path(__file__).resolve().parent.parent


def code(path: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / path).read_text("utf-8"), re.S)


def table(path: str, heading: str) -> set[str]:
    """The text in backquotes in the first column of the table below a heading."""
    section = (ROOT / path).read_text("utf-8").split(f"{heading}\n")[1].split("\n## ")[0]
    return {
        name
        for row in re.findall(r"^\| (`.*?`) \|", section, re.M)
        for name in re.findall(r"`([a-z_]+)", row)
    }


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("## [project]", Project.__struct_fields__),
        ("## [style.NAME]", Style.__struct_fields__),
        ("## [[asset]]", Asset.__struct_encode_fields__),
    ],
    ids=["project", "style", "asset"],
)
def test_every_key_of_the_manifest_is_documented_and_no_other(
    heading: str, keys: tuple[str, ...]
) -> None:
    assert table("docs/manifest.md", heading) == set(keys)


def test_every_command_is_documented_and_no_other() -> None:
    assert table("docs/commands.md", "# Commands") == set(COMMANDS)


@pytest.mark.parametrize(
    "page",
    ["README.md", "docs/authoring.md", "docs/codex.md", "docs/commands.md", "docs/layouts.md"],
)
def test_manifests_in_the_documentation_parse(page: str) -> None:
    blocks = [block for block in code(page, "toml") if "[[asset]]" in block]
    assert blocks
    for block in blocks:
        assert parse.parse(block.encode()).asset


def test_the_readmes_manifest_can_be_drawn(place: Place) -> None:
    place.manifest(code("README.md", "toml")[0])
    assert place.ok("generate", "--json").data["made"][0]["id"] == "launch/cover"


def test_a_record_is_verified_by_the_code_in_the_documentation(place: Place) -> None:
    place.covers("launch/cover")
    place.ok("generate")
    script = code("docs/records.md", "python")[0]
    done = subprocess.run([sys.executable, "-c", script], cwd=place.root, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    place.write(
        ".assetgen/records/launch/cover.json",
        place.read(".assetgen/records/launch/cover.json") + b" ",
    )
    place.write("public/launch/cover.png", b"changed")
    assert (
        subprocess.run(
            [sys.executable, "-c", script], cwd=place.root, capture_output=True
        ).returncode
        != 0
    )


def test_the_images_of_this_project_match_its_manifest() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "assetgen", "check", "--rehash"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_readmes_paid_manifest_is_planned_as_the_readme_shows(bare: Place) -> None:
    [text] = [block for block in code("README.md", "toml") if 'route   = "images"' in block]
    bare.manifest(text)
    shown = "$ assetgen plan\n" + bare.ok("plan").out
    assert f"```\n{shown}```" in (ROOT / "README.md").read_text("utf-8")


def test_the_design_page_names_every_wing_and_only_paths_that_exist() -> None:
    text = (ROOT / "docs/design.md").read_text("utf-8")
    package = ROOT / "assetgen"
    table = text.split("## Wings\n")[1].split("\n## ")[0]
    first = "".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    named = set(re.findall(r"`([a-z_]+(?:/|\.py))`", first))
    wings = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()}
    files = {path.name for path in package.glob("[!_]*.py")}
    assert named == wings | files
    for path in re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:/|\.py|\.md|\.toml))`", text):
        places = [base / path for base in (package, ROOT, ROOT / "assetgen" / "refs")]
        assert any(place.exists() for place in places), path


def test_the_design_page_is_short() -> None:
    assert len((ROOT / "docs/design.md").read_text("utf-8").splitlines()) <= 200
