"""init and schema: an empty repository gets all it needs, and existing files are kept."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import tomli
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from assetgen.errors import ManifestError, StorageError, UnsupportedOption
from assetgen.fs import globs
from assetgen.init import starter
from assetgen.layouts import editor_schema
from assetgen.manifest import parse
from assetgen.manifest.key_types import Colour, Id, Route, Size
from assetgen.manifest.schema import SCHEMA, Asset
from tests.support.manifests import EXAMPLE
from tests.support.place import Place

# -- init ------------------------------------------------------------------------------------------


def test_an_empty_repository_gets_everything_and_the_next_command_works(place: Place) -> None:
    ran = place.ok("init")
    assert ran.out.splitlines() == [
        "wrote assets.toml",
        "wrote .assetgen/assets.schema.json",
        "wrote .gitattributes",
        "wrote .gitignore",
        "next: assetgen generate",
        "and commit: git add -- assets.toml .assetgen .gitattributes .gitignore",
    ]
    assert "?? .assetgen/" in place.git("status", "--porcelain")
    place.ok("generate")
    assert place.ok("check").out.startswith("assetgen: 1 file of 1 picture matches")
    assert place.git("check-attr", "merge", ".assetgen/records/welcome.json").endswith(
        "merge: unset"
    )
    assert place.git("check-ignore", ".assetgen/cache/key")


def test_a_second_time_changes_nothing(place: Place) -> None:
    place.ok("init")
    place.git("add", "-A")
    assert place.ok("init").out == "everything exists already; next: assetgen plan\n"
    assert place.ok("init", "--json").data == {"written": []}
    assert place.git("diff", "--name-only") == ""


@pytest.mark.parametrize(
    "old",
    [b"", b"*.log\n", b"*.log", b"# caf\xe9 in Latin-1\n", b"a\r\nb\r\n", b".assetgen/cache/\n"],
    ids=["empty", "with a line", "without a line end", "not UTF-8", "Windows", "already"],
)
def test_existing_lines_in_the_files_of_git_are_kept(old: bytes, bare: Place) -> None:
    bare.write(".gitignore", old)
    bare.write(".gitattributes", old)
    starter.init(bare.root)
    starter.init(bare.root)
    for name, line in (
        (".gitignore", b".assetgen/cache/"),
        (".gitattributes", b".assetgen/records/** text eol=lf"),
    ):
        data = bare.read(name)
        assert data.startswith(old)
        assert [row.startswith(line) for row in data.splitlines()].count(True) == 1


def test_an_existing_manifest_is_unchanged_and_an_old_schema_is_renewed(bare: Place) -> None:
    bare.manifest("# mine\n")
    bare.write(SCHEMA, b"\xff old")
    assert starter.init(bare.root) == [SCHEMA, ".gitattributes", ".gitignore"]
    assert bare.read("assets.toml") == b"# mine\n"
    assert bare.read(SCHEMA).decode() == editor_schema.text(bare.root)


@pytest.mark.parametrize("name", ["assets.toml", ".gitignore", ".gitattributes", ".assetgen"])
def test_nothing_is_written_through_a_link(name: str, bare: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir() if name == ".assetgen" else outside.write_text("keep")
    (bare.root / name).symlink_to(outside)
    with pytest.raises(StorageError, match="symbolic link"):
        starter.init(bare.root)
    assert outside.read_text() == "keep" if outside.is_file() else list(outside.iterdir()) == []


def test_the_starter_manifest_is_valid_and_names_its_schema(bare: Place) -> None:
    starter.init(bare.root)
    data = bare.read("assets.toml")
    assert [asset.id for asset in parse.parse(data).asset] == ["welcome"]
    assert data.startswith(b"#:schema .assetgen/assets.schema.json\n")


def test_the_proposed_pages_are_checked_once_their_comment_is_removed(
    place: Place,
) -> None:
    place.ok("init")
    place.ok("generate")
    place.write("content/one.mdx", "![Other words](/img/welcome.png)\n")
    assert place.run("check").code == 0
    text = place.read("assets.toml").decode()
    place.manifest(
        text.replace("\n# content =", "\ncontent =")
        .replace('\n#   "', '\n  "')
        .replace("\n# ]", "\n]")
    )
    assert "content/one.mdx:1:1: alt-differs" in place.run("check").out


_SITES: dict[str, tuple[dict[str, str], str, list[str], list[str]]] = {
    # files: public, outputs, files that must be pages though their folders need not exist yet
    "Next": (
        {"next.config.ts": "", "app/page.tsx": ""},
        *("public", ["public", "app", "src"]),
        ["src/app/a.tsx", "content/a.mdx", "app/globals.css", "next.config.mjs"],
    ),
    "Starlight": (
        {"astro.config.mjs": "", "src/content/docs/a.mdx": ""},
        *("public", ["public", "src", "content"]),
        ["src/pages/b.astro", "src/styles/a.css", "astro.config.mjs"],
    ),
    "Docusaurus below": (
        {"website/docusaurus.config.js": "", "website/docs/a.md": ""},
        "website/static",
        ["website/static", "website/docs", "website/blog", "website/src"],
        ["website/blog/a.mdx", "website/src/css/a.css", "website/docusaurus.config.js"],
    ),
    "VitePress": (
        {"docs/.vitepress/config.mts": "", "docs/a.md": ""},
        *("docs/public", ["docs"]),
        ["docs/guide/a.md", "docs/.vitepress/theme/a.css", "docs/.vitepress/config.mts"],
    ),
    "SvelteKit": (
        {"svelte.config.js": "", "vite.config.ts": "", "src/routes/+page.svelte": ""},
        *("static", ["static", "src"], ["src/app.html", "src/app.css", "src/posts/a.md"]),
    ),
    "Nuxt 4": (
        {"nuxt.config.ts": "", "app/app.vue": ""},
        *("public", ["public", "app", "assets", "content"]),
        ["app/pages/a.vue", "app/assets/css/a.css", "content/a.md", "nuxt.config.ts"],
    ),
    "Eleventy": (
        {
            "eleventy.config.js": "c.addPassthroughCopy({'src/favicon': '/'});"
            "c.addPassthroughCopy({'public': '/', [resolve('a/b.png')]: 'img/b.png',"
            "'node_modules/x/dist': '/x'}); x = {dir: {input: 'src'}}",
            "src/favicon/favicon.ico": "",
            "src/a.njk": "",
            "src/index.html": "",
        },
        *("public", ["public", "src", "assets", "content"], ["src/posts/a.md", "src/a.css"]),
    ),
    "Vite": (
        {"vite.config.ts": "", "index.html": "", "src/a.tsx": ""},
        *("public", ["public", "src"], ["index.html", "src/a.css"]),
    ),
    "Hugo": (
        {"hugo.toml": "", "content/posts/a/index.md": ""},
        *("static", ["static", "assets", "content"], ["layouts/a.html", "assets/css/a.scss"]),
    ),
    "MkDocs": ({"mkdocs.yml": "", "docs/a.md": ""}, "docs", ["docs"], ["docs/b/c.md"]),
    "Jekyll, which serves all": (
        {"_config.yml": "", "_posts/a.md": ""},
        *("public", ["assets", "images", "img"], ["index.html", "_layouts/a.html"]),
    ),
    "plain HTML": ({"index.html": ""}, "public", ["assets", "images", "img"], ["a/b.html"]),
}


@pytest.mark.parametrize(("files", "public", "outputs", "pages"), _SITES.values(), ids=_SITES)
def test_the_starter_manifest_is_that_of_the_framework(
    files: dict[str, str], public: str, outputs: list[str], pages: list[str], bare: Place
) -> None:
    for path, text in files.items():
        bare.write(path, text)
    starter.init(bare.root)
    found = parse.parse(bare.read("assets.toml"))
    assert (found.project.public, list(found.project.outputs)) == (public, outputs)
    is_page = globs.matcher(found.project.content)
    assert [path for path in pages if not is_page(path)] == []
    assert found.asset == ()  # one that does not exist yet would fail the first check


@pytest.mark.parametrize("files", [["hugo.toml"], ["README.md"]])
def test_a_project_without_pages_gets_a_first_picture_unless_a_hook_would_stop_it(
    files: list[str], bare: Place
) -> None:
    for path in files:
        bare.write(path, "")
    starter.init(bare.root)
    found = parse.parse(bare.read("assets.toml"))
    assert found.asset[0].path == f"{found.project.outputs[0]}/img/welcome.png"
    assert found.project.content == ()
    (bare.root / "assets.toml").unlink()
    starter.init(bare.root, is_bare=True)
    assert parse.parse(bare.read("assets.toml")).asset == ()


def _typed(place: Place, answers: str, *arguments: str) -> tuple[int, str]:
    """What a command says in a terminal in which someone types ``answers``."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "assetgen", *arguments]
    running = subprocess.Popen(
        command, cwd=place.root, env=place.environ, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    said = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while part := os.read(ours, 65536):
            said += part
    os.close(ours)
    return running.wait(timeout=60), said.decode()


def test_in_a_terminal_init_asks_which_sites_get_a_manifest(place: Place) -> None:
    for folder in ("a", "b", "c"):
        place.write(f"{folder}/mkdocs.yml", "site_name: x")
        place.write(f"{folder}/docs/index.md", "# Hello")
    code, said = _typed(place, "\n", "init")
    assert code == 2 and "3 sites here need a manifest of their own" in said
    code, said = _typed(place, "4\nx\n3 1\n", "init")
    assert code == 0
    assert "  2  b (MkDocs)" in said
    made = [one for one in ("a", "b", "c") if place.has(f"{one}/assets.toml")]
    assert made == ["a", "c"] and not place.has("assets.toml")
    code, said = _typed(place, "all\n", "init")
    assert code == 0 and place.has("b/assets.toml")


def test_each_site_of_a_monorepo_gets_a_manifest_and_one_hook_checks_them_all(
    place: Place,
) -> None:
    place.write("apps/web/next.config.js", "")
    place.write("apps/web/app/page.tsx", '<img src="/a.png" alt="A" />')
    place.write("apps/web/public/a.png", b"a")
    place.write("docs/mkdocs.yml", "site_name: x")
    place.write("docs/docs/a.md", "# Hello")
    place.write("examples/starter/next.config.js", "")
    ran = place.run("init", "--hook")
    assert ran.code == 2
    assert "2 sites here need a manifest of their own:" in ran.err
    assert "apps/web (Next.js), docs (MkDocs); nothing was written" in " ".join(ran.err.split())
    assert "assetgen init -C apps/web" in ran.err
    assert not place.has("assets.toml") and not place.has(".git/hooks/pre-commit")
    said = place.ok("init", "-C", "apps/web", "--existing", "--hook").out
    assert "found Next.js; public is served at /; images in public, app, src" in said
    assert "2 pages, 1 reference to images; assetgen refs lists them" in said
    assert "next: cd apps/web && assetgen check\nand commit: cd apps/web && git add -- " in said
    place.ok("init", "-C", "docs", "--hook")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "assetgen")
    for path, folder in (("apps/web/public/b.png", "apps/web"), ("docs/docs/c.png", "docs")):
        place.write(path, b"new")
        place.git("add", "-A")
        done = place._run(["git", "commit", "-q", "-m", "no"], place.root, place.environ)
        assert done.code == 1
        assert f"{path.removeprefix(f'{folder}/')}: unrecorded:" in done.out + done.err
        assert f"cure: cd {folder} && " in done.out + done.err
        place.git("rm", "-q", "-f", path)


def test_a_folder_of_a_project_gets_a_manifest_of_its_own_only_if_it_is_named(place: Place) -> None:
    place.ok("init")
    place.write("site/a.md", "x")
    inside = Place(place.root / "site", place.root.parent / "home")
    ran = inside.run("init")
    assert ran.code == 2 and not inside.has("assets.toml")
    said = " ".join(ran.err.split())
    assert "this folder is part of a project already" in said and "assetgen init -C" in said
    place.ok("init", "-C", "site")
    assert inside.has("assets.toml")
    assert inside.ok("init").out.startswith("everything exists already")


# -- the schema ------------------------------------------------------------------------------------


_NOWHERE = Path("none")


def _said(text: str, project: Path = _NOWHERE) -> list[str]:
    """What a validator says against a manifest."""
    schema = json.loads(editor_schema.text(project))
    found = Draft202012Validator(schema).iter_errors(tomli.loads(text))
    return [error.message for error in found]


def test_the_documented_example_is_valid_by_schema_and_by_parser() -> None:
    assert _said(EXAMPLE) == []
    assert [asset.id for asset in parse.parse(EXAMPLE.encode()).asset] == [
        "route-board",
        "launch/cover",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("commit  = true", "commit = 1"),
        ("commit  = true", "comit = true"),
        ('"#0f172a"', '"navy"'),
        ('"route-board"\nkind', '"Route Board"\nkind'),
        ("alt     = ", "old     = "),
        ("width = 1200, ", ""),
        ("width = 1200", "width = 0"),
        ('mode = "cover"', 'mode = "fill"'),
        ('"1536x1024"', '"large"'),
        ("take    = 2", "take    = 0"),
        ('formats = ["avif"', 'formats = ["gif"'),
        ('route = "images"', 'route = "midjourney"'),
        ('outputs = ["public", "assets"]', "outputs = []"),
        ("channel =", "origin ="),
    ],
    ids=lambda text: text.strip() if len(text) < 30 else None,
)
def test_the_schema_refuses_what_the_parser_refuses(old: str, new: str) -> None:
    assert EXAMPLE.count(old) == 1 or old in ("alt     = ",)
    text = EXAMPLE.replace(old, new, 1)
    assert _said(text)
    with pytest.raises((ManifestError, UnsupportedOption)):
        parse.parse(text.encode())


def test_the_schema_explains_the_keys_of_an_asset() -> None:
    properties = json.loads(editor_schema.text(_NOWHERE))["$defs"]["Asset"]["properties"]
    assert set(properties) == set(Asset.__struct_encode_fields__)
    for key in ("alt", "path", "kind", "values", "take"):
        assert properties[key]["description"], key


def test_the_command_prints_the_schema_that_init_writes(bare: Place) -> None:
    assert bare.ok("schema").out == editor_schema.text(bare.root)


_VALUES = """
[defaults]
DEFAULTS
[[asset]]
id = "a"
kind = "infographic"
path = "public/a.png"
alt = "x"
ASSET
[asset.values]
"""
_BARS = 'layout = "bars"\ncategories = ["a"]\n'


@pytest.mark.parametrize(
    ("asset", "values", "said"),
    [
        ("", _BARS + "series = [{ values = [1, 2.5] }]", ""),
        ("", _BARS + 'series = [{ values = { file = "a.csv", column = "ms" } }]', ""),
        (
            "",
            _BARS + 'unit = { file = "a.json", pointer = "/unit" }\nseries = [{ values = [1] }]',
            "",
        ),
        ("", _BARS + 'direction = { file = "a.json", pointer = "" }', ""),
        ("", _BARS + 'unit = { file = "a.csv", colum = "ms" }', "'colum' was unexpected"),
        ("", _BARS + 'unit = { column = "ms" }', "'file' is a required property"),
        ("", _BARS + "seris = 1", "'seris' was unexpected"),
        ("", _BARS + 'direction = "up"', "'up' is not one of ['auto', 'horizontal', 'vertical']"),
        ("", _BARS + 'series = [{ name = "x" }]', "'values' is a required property"),
        ("", _BARS + "series = []", "[] should be non-empty"),
        ("", 'layout = "flow"\nsteps = []', "'steps' was unexpected"),
        ("", 'titel = "the default layout"', "'titel' was unexpected"),
        ("", 'layout = "barz"', "'barz' is not one of"),
        ('route = "codex"', 'weather = "a word of a prompt"', ""),
    ],
)
def test_the_schema_knows_the_values_of_each_layout(asset: str, values: str, said: str) -> None:
    text = _VALUES.replace("ASSET", asset).replace("DEFAULTS", "") + values
    found = _said(text)
    assert any(said in one for one in found) if said else not found


def test_the_schema_leaves_values_of_painted_images_to_prompts() -> None:
    text = _VALUES.replace("DEFAULTS", 'route = "codex"') + 'weather = "calm"'
    assert not _said(text.replace("ASSET", ""))
    assert _said(text.replace("ASSET", 'route = "local"'))


def test_the_schema_follows_the_templates_of_the_project(bare: Place) -> None:
    sheet = 'size = [9, 9]\nlayout = "l"\n[layouts.l.values]\nweather = { type = "flag" }\n'
    bare.write("templates/own/template.toml", sheet)
    text = _VALUES.replace("infographic", "own").replace("ASSET", "").replace("DEFAULTS", "")
    assert _said(text + "weather = 1", bare.root) == ["1 is not of type 'boolean', 'object'"] * 2
    assert any("'own' is not one of" in one for one in _said(text))


def test_every_named_form_has_a_description() -> None:
    for form in (Id, Route, Colour, Size):
        assert any(
            isinstance(meta, msgspec.Meta) and meta.description for meta in get_args(form)[1:]
        )


def test_init_appends_with_the_line_ends_of_the_file(bare: Place) -> None:
    bare.write(".gitignore", b"node_modules\r\n")
    bare.ok("init")
    assert (bare.root / ".gitignore").read_bytes() == b"node_modules\r\n.assetgen/cache/\r\n"


def test_init_leaves_a_file_that_git_does_not_read_and_writes_nothing(bare: Place) -> None:
    """PowerShell 5 writes UTF-16 with ">"."""
    before = bare.write(".gitignore", "node_modules\r\n".encode("utf-16")).read_bytes()
    ran = bare.run("init")
    assert ran.code == 9
    assert ".gitignore is not UTF-8 text" in ran.err
    assert (bare.root / ".gitignore").read_bytes() == before
    assert not (bare.root / "assets.toml").exists()


@pytest.mark.parametrize("name", ["assets.toml", ".gitignore", ".gitattributes"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_init_and_plan_say_what_a_file_is_that_is_no_regular_file(
    bare: Place, name: str, kind: str
) -> None:
    file, other = bare.root / name, bare.write("other", "")
    makers: dict[str, Callable[[], None]] = {
        "folder": file.mkdir,
        "pipe": lambda: os.mkfifo(file),
        "link": lambda: file.symlink_to(other),
    }
    makers[kind]()
    what = "symbolic link" if kind == "link" else "not a regular file"
    ran = bare.run("init")
    assert (ran.code, what in ran.err) == (9, True)
    assert sorted(path.name for path in bare.root.iterdir()) == sorted(["other", name])
    if name == "assets.toml":
        ran = bare.run("plan")
        assert (ran.code, what in ran.err) == (2, True)
