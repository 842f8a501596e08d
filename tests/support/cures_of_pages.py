"""States of pages and of the typed module, and the commands that are printed there."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from assetgen.fs.tree import WorkTree
from tests.support.cures import Printed, Stage, State
from tests.support.stages import drawn, listed
from tests.support.tiny import want

_AT = "content/page.mdx"


def _project(stage: Stage, lines: str) -> None:
    """Add lines of [project] to the manifest."""
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(f"[project]\n{lines}\n{text}")


def _page(stage: Stage, text: str, *, path: str = _AT, alt: str = "A", check: str = "") -> None:
    """A page with pictures a and b, which exist."""
    drawn(stage, "a", "b")
    manifest = stage.place.read("assets.toml").decode().replace('alt = ""', f'alt = "{alt}"')
    stage.place.manifest(f'[project]\ncontent = ["content/**/*.mdx"]\n[check]\n{check}\n{manifest}')
    stage.ok("generate")
    stage.place.write("content/both.mdx", f"![{alt}](/a.png)\n\n![{alt}](/b.png)\n")
    stage.place.write(path, text)
    stage.commit()


def _typo(stage: Stage) -> None:
    _page(stage, "# Page\n\n![A](/A.png)\n")


def _hostile_typo(stage: Stage) -> None:
    _page(stage, "![A](/A.png)\n", path="content/x$(touch P) 'y.mdx")


def _favicons(stage: Stage) -> None:
    stage.place.manifest(
        '[[asset]]\nid = "icon"\nkind = "icon"\npath = "public/icon.png"\nalt = ""\n'
        'variants = { set = "favicon" }\nvalues = { text = "A" }\n'
    )
    stage.ok("generate")


def _staged_typo(stage: Stage) -> None:
    _typo(stage)
    stage.place.write(_AT, "# Page\n\n![A](/B.png)\n")
    stage.place.git("add", "-A")


def _unclear_typo(stage: Stage) -> None:
    _page(stage, "![A](/img/taem.png)\n")
    stage.place.picture("public/img/team.png")


def _missing(stage: Stage) -> None:
    stage.place.manifest('[project]\ncontent = ["**/*.mdx"]\n')
    stage.place.write("content/a$(touch P).mdx", "![A bird](/img/gone.png)\n")


def _without_alt(stage: Stage) -> None:
    _page(stage, '<img src="/photo.png" />\n')
    stage.place.picture("public/photo.png")


def _with_alt(stage: Stage) -> None:
    _page(stage, "![A](/a.png)\n")


def _unreferenced(stage: Stage) -> None:
    _page(stage, "text\n", check='unreferenced = "error"')
    stage.place.write("content/both.mdx", "![A](/a.png)\n")
    stage.place.write("content/b.mdx", "text\n")


def _no_pages(stage: Stage) -> None:
    drawn(stage, "a")
    _project(stage, 'content = ["pages/*.mdx"]')


def _text_page(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write(_AT, "# Page\n")


def _open_code(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("content/page.md", "# Page\n\n```\ncode\n")


def _html_page(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("page.html", "<p>text</p>\n")


def _saved_meanwhile(*arguments: str) -> Callable[[Stage], Printed]:
    """What a command prints if the page is saved while the command works."""
    digest = WorkTree.digest

    def run(stage: Stage) -> Printed:
        def saved(tree: WorkTree, path: str) -> str | None:
            found = digest(tree, path)
            if path == _AT:
                stage.place.write(path, stage.place.read(path) + b"\nMore.\n")
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(WorkTree, "digest", saved)
            return stage.run(*arguments)

    return run


# -- the typed module ------------------------------------------------------------------------------

_EMIT = 'emit = "src/assets.ts"'


def _odd_value(stage: Stage) -> None:
    stage.place.manifest('[defaults.values]\nzzzzzz = "x"\n')


def _without_module(stage: Stage) -> None:
    drawn(stage, "a")
    _project(stage, _EMIT)


def _staged_without_module(stage: Stage) -> None:
    _without_module(stage)
    stage.place.git("add", "-A")


def _module_of_user(stage: Stage) -> None:
    _without_module(stage)
    stage.place.write("src/assets.ts", "export const mine = 1\n")


def _move_module(stage: Stage) -> None:
    (stage.place.root / "src/assets.ts").rename(stage.place.root / "src/mine.ts")


def _unmade_module(stage: Stage) -> None:
    listed(stage, "a")
    _project(stage, _EMIT)


def _removed(stage: Stage) -> None:
    _without_module(stage)
    stage.ok("emit")
    stage.commit()
    (stage.place.root / "public/a.png").unlink()


def _outside_public(stage: Stage) -> None:
    listed(stage, "a")
    text = stage.place.read("assets.toml").decode().replace("public/a.png", "src/a.png")
    stage.place.manifest(f'[project]\npublic = "public"\noutputs = ["src"]\n{_EMIT}\n{text}')
    stage.ok("generate")


# -- commands ----


def _in_site_below(stage: Stage) -> None:
    """The command runs below the project."""
    _in_folder_below(stage)
    stage.place.write("templates/tiny/plain.html", "<html style='background: #00f'></html>")


def _in_folder_below(stage: Stage) -> None:
    drawn(stage, "a")
    (stage.place.root / "sub").mkdir()
    stage.folder = "sub"


def _in_monorepo(stage: Stage) -> None:
    """With two sites, of which one has a manifest."""
    stage.place.write("docs/mkdocs.yml", "")
    stage.place.write("web/hugo.toml", "")
    stage.place.write("web/assets.toml", "")


def _with_every_manifest(stage: Stage) -> None:
    _in_monorepo(stage)
    stage.place.write("docs/assets.toml", "")


def _without_repository(stage: Stage) -> None:
    drawn(stage, "a")
    shutil.rmtree(stage.place.root / ".git")


def _unknown_key(stage: Stage) -> None:
    listed(stage, "a")
    want(stage.place, "a", a="size = []")


def _head(stage: Stage, page: str, key: str, *, text: str = "---\ntitle: A\n---\n") -> None:
    """A page that does not name its own image, which exists."""
    drawn(stage)
    stage.place.write(page, text)
    stage.place.write("astro.config.mjs", "export default {};\n")
    stage.place.manifest(
        '[project]\nurl = "https://example.org"\n[[asset]]\nid = "a"\nkind = "tiny"\n'
        f"path = 'public/a.png'\nalt = 'A'\nfrom = '{page}'\nwrites = '{key}'\n"
    )
    stage.ok("generate")
    stage.commit()


def _no_head_image(stage: Stage) -> None:
    _head(stage, "content/x$(touch P) y.mdx", "cover.image")


def _no_head_elements(stage: Stage) -> None:
    """A page whose front matter has another value in the place of the elements."""
    _head(stage, _AT, "head[0].attrs.content", text="---\ntitle: A\nhead: none\n---\ntext\n")


def _no_front_matter(stage: Stage) -> None:
    text = "---\n---\n<html><head><title>A</title></head></html>"
    _head(stage, "src/pages/a.astro", "image", text=text)


_LINE = f"refs --fix {_AT}"
STATES = [
    State(("check/compare", "assetgen refs --add {where}"), _missing),
    State(("check/compare", "assetgen refs --fix {where}"), _hostile_typo),
    State(
        ("check/compare", "assetgen refs --fix {where} --alt TEXT"),
        _without_alt,
        fills={"TEXT": "'A red bicycle'"},
    ),
    State(("check/problem", "{cure} && {add}"), _staged_typo, "check --staged"),
    State(("check/fix", "assetgen refs {path}"), _with_alt, f"{_LINE}:9", settles=False),
    State(("check/fix", "assetgen refs {where}"), _with_alt, f"{_LINE}:1 --alt B", settles=False),
    State(("check/pages", "assetgen refs"), _no_pages, settles=False),
    State(
        ("check/fix", "assetgen refs --fix {places}"),
        _typo,
        shown=_saved_meanwhile("refs", "--fix"),
        settles=False,
        replaces=(_AT,),
    ),
    State(
        ("check/fix", "assetgen refs --fix {places} --alt {alt}"),
        _without_alt,
        shown=_saved_meanwhile("refs", "--fix", _AT + ":1", "--alt", "It's $(touch P)"),
        settles=False,
        replaces=(_AT,),
    ),
    State(
        ("pages/paste", "assetgen snippet {asset} --into {page}"),
        _text_page,
        shown=_saved_meanwhile("snippet", "a", "--into", _AT),
        settles=False,
    ),
    State(
        ("pages/paste", "assetgen snippet {asset} --into {page} --for {form}"),
        _text_page,
        shown=_saved_meanwhile("snippet", "a", "--into", _AT, "--for", "react"),
        settles=False,
    ),
    State(("check/head_images", "assetgen refs --fix {where}"), _no_head_image),
    State(
        ("check/head_images", "assetgen snippet {id} --for {form}"),
        _no_head_elements,
        settles=False,
    ),
    State(
        ("check/head_images", "assetgen snippet {id} --for astro-head"),
        _no_front_matter,
        settles=False,
    ),
    State(("pages/proposals", "assetgen refs --fix {place}"), _typo, f"refs --add {_AT}:3"),
    State(
        ("check/unused", "assetgen snippet {asset} --into {page}"),
        _unreferenced,
    ),
    State(("fs/git_cures", "git add -- {paths}"), _typo, "refs --fix"),
    State(("report/pages", "assetgen refs --fix {place}"), _unclear_typo, "refs --add"),
    State(("report/pages", "assetgen refs --add {place}"), _unclear_typo, "refs --add"),
    State(
        ("fs/git_cures", "git add -- {paths}"), _text_page, f"snippet a --into {_AT}", settles=False
    ),
    State(
        ("pages/append", "assetgen snippet {asset_id} --for {form}"),
        _open_code,
        "snippet a --into content/page.md",
        settles=False,
    ),
    State(
        ("pages/snippets", "assetgen snippet {asset} --for {form}"),
        _html_page,
        "snippet a --into page.html",
        settles=False,
    ),
    State(
        ("pages/icons", "assetgen snippet {id} --for html"),
        _favicons,
        "snippet icon --for css",
        settles=False,
    ),
    State(("plan/inherited", "assetgen layouts"), _odd_value, "plan", settles=False),
    State(("check/emitted", "assetgen emit"), _without_module),
    State(("fs/git_cures", "git add -- {paths}"), _staged_without_module, "check --staged"),
    State(("pages/typed_module", "assetgen emit"), _module_of_user, first=_move_module),
    State(("pages/typed_module", "assetgen generate {asset_id}"), _removed, "emit"),
    State(
        ("plan/reasons", "assetgen generate {asset_id}"),
        _unmade_module,
        "emit",
        replaces=("src/assets.ts",),
    ),
    State(
        ("pages/typed_module", "assetgen snippet {id} --for FRAMEWORK"),
        _outside_public,
        "emit",
        fills={"FRAMEWORK": "react"},
        settles=False,
    ),
    State(("way", "cd {folder}"), _in_site_below),
    State(("commands/init", "assetgen plan"), _in_folder_below, "init", settles=False),
    State(("commands/init", "assetgen init -C {folder}"), _in_folder_below, "init"),
    State(("init/sites", "assetgen init -C {folder}"), _in_monorepo, "init"),
    State(("init/sites", "assetgen plan -C {folder}"), _with_every_manifest, "init", settles=False),
    State(("init/githook", "git init && assetgen init --hook"), _without_repository, "init --hook"),
    State(("manifest/schema", "assetgen plan --all"), _with_alt, "generate nope", settles=False),
    State(("manifest/naming", "assetgen plan --all"), _with_alt, "plan no/*", settles=False),
    State(("plan/provenance", "assetgen plan --all"), _with_alt, "show b.txt", settles=False),
    State(("manifest/schema_faults", "assetgen schema"), _unknown_key, "plan", settles=False),
]
