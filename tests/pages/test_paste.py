"""snippet --into: markup at the end of a page, imports after its front matter, no other change."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.support.place import Place

_SERVED = "public/img/a.png"
_IMPORTED = "src/a.png"
_IMPORT = 'import aImage from "/src/a.png";\n'
_IMAGE = "![A <b>](/img/a.png)".replace("<b>", "\\<b\\>")
_SRC = (
    '<img\n  src={aImage.src}\n  alt={"A <b>"}\n  width={1200}\n  height={630}\n'
    '  style={{ maxWidth: "100%", height: "auto" }}\n/>\n'
)


def project(place: Place, path: str = _SERVED, **files: str) -> None:
    """A project that has made one picture; an Astro site."""
    place.manifest(
        f'[project]\noutputs = ["public", "src", "static"]\n[[asset]]\nid = "a"\n'
        f'kind = "cover"\npath = "{path}"\n'
        'alt = "A <b>"\nvalues = { title = "x" }\nfit = { width = 1200, height = 630 }\n'
    )
    place.write("astro.config.mjs", "export default {}")
    for name, text in files.items():
        place.write(name.replace("_", "."), text.encode())
    place.ok("generate", "--no-commit")


_PAGES = {
    # page: (picture, page, before, after)
    "Markdown": (_SERVED, "a.md", "text\n", f"text\n\n{_IMAGE}\n"),
    "without a last line end": (_SERVED, "a.md", "text", f"text\n\n{_IMAGE}\n"),
    "with blank lines at its end": (_SERVED, "a.md", "text\n\n\n", f"text\n\n{_IMAGE}\n"),
    "of Windows": (_SERVED, "a.md", "a\r\ntext\r\n", f"a\r\ntext\r\n\r\n{_IMAGE}\r\n"),
    "empty": (_SERVED, "a.markdown", "", f"{_IMAGE}\n"),
    "imports behind the head": (
        _IMPORTED,
        "a.mdx",
        "---\ntitle: A\n---\n\n# A\n",
        f"---\ntitle: A\n---\n\n{_IMPORT}\n# A\n\n{_SRC}",
    ),
    "imports without a head": (_IMPORTED, "a.mdx", "# A\n", f"{_IMPORT}\n# A\n\n{_SRC}"),
    "imports before imports": (
        _IMPORTED,
        "a.mdx",
        "---\nt: A\n---\nimport B from './b'\n\n<B />\n",
        f"---\nt: A\n---\n\n{_IMPORT}import B from './b'\n\n<B />\n\n{_SRC}",
    ),
    "imports that are there": (
        _IMPORTED,
        "a.mdx",
        "import aImage from '/src/a.png'\n\n# A\n",
        f"import aImage from '/src/a.png'\n\n# A\n\n{_SRC}",
    ),
    "imports that are only shown": (
        _IMPORTED,
        "a.mdx",
        f"```js\n{_IMPORT}```\n",
        f"{_IMPORT}\n```js\n{_IMPORT}```\n\n{_SRC}",
    ),
}


@pytest.mark.parametrize(("path", "page", "before", "after"), _PAGES.values(), ids=_PAGES)
def test_a_snippet_is_appended_to_a_page(
    path: str, page: str, before: str, after: str, bare: Place
) -> None:
    project(bare, path)
    bare.write(page, before.encode())
    assert bare.ok("snippet", "a", "--into", page).out.startswith("wrote ")
    again = bare.ok("snippet", "a", "--into", page)
    assert again.out.startswith("nothing to do: ")
    assert bare.read(page).decode() == after


def test_snippet_prints_what_it_wrote_and_the_next_command(bare: Place) -> None:
    project(bare, _IMPORTED)
    bare.write("it's.mdx", "# A\n")
    ran = bare.ok("snippet", "a", "--into", "it's.mdx")
    shown = "".join(f"  {line}\n" for line in f"{_IMPORT}{_SRC}".splitlines())
    assert ran.out == f"""wrote it's.mdx:5\n{shown}next: git add -- 'it'"'"'s.mdx'\n"""
    bare.write("b.mdx", "# A\n")
    said = bare.ok("snippet", "a", "--into", "b.mdx", "--for", "react", "--json").data
    assert (said["for"], said["page"], said["line"]) == ("react", "b.mdx", 5)
    again = bare.ok("snippet", "a", "--into", "b.mdx", "--for", "react", "--json").data
    assert (said["written"], again["written"]) == (True, False)
    assert said["snippet"] == f"{_IMPORT}\n{_SRC}".rstrip()


def test_the_page_keeps_its_mode(bare: Place) -> None:
    project(bare)
    os.chmod(bare.write("a.md", "text"), 0o600)
    bare.ok("snippet", "a", "--into", "a.md")
    assert stat.S_IMODE(os.stat(bare.root / "a.md").st_mode) == 0o600


def test_a_site_served_from_its_root_has_urls_for_images_beside_pages(bare: Place) -> None:
    project(bare, "static/img/a.png", package_json="{}")
    (bare.root / "astro.config.mjs").unlink()
    bare.write("_config.yml", b"title: x\n")
    bare.write("about.md", b"text\n")
    line = "![A \\<b\\>](/static/img/a.png)\n"
    assert bare.ok("snippet", "a").out == line
    assert bare.ok("snippet", "a", "--for", "jekyll-front-matter").out.count("/static/img/a.png")
    bare.ok("snippet", "a", "--into", "about.md")
    assert bare.read("about.md").decode() == f"text\n\n{line}"


@pytest.mark.parametrize(
    ("config", "path", "page", "written"),
    [
        ("astro.config.mjs", "src/content/b (1).png", "src/content/a.md", "./b%20%281%29.png"),
        (".vitepress/config.ts", "src/b.png", "guide/a.md", "../src/b.png"),
        ("mkdocs.yml", "docs/img/b.png", "docs/guide/a.md", "../img/b.png"),
    ],
)
def test_a_markdown_page_names_an_image_by_its_path_where_the_framework_follows_it(
    config: str, path: str, page: str, written: str, bare: Place
) -> None:
    project(bare, "static/a.png")
    (bare.root / "astro.config.mjs").unlink()
    bare.write(config, b"site_name: x\n" if config == "mkdocs.yml" else b"export default {}")
    public = "docs" if config == "mkdocs.yml" else "public"
    bare.manifest(
        f'[project]\npublic = "{public}"\noutputs = ["docs", "src"]\ncontent = ["**/*.md"]\n'
        f'[[asset]]\nid = "a"\nkind = "cover"\npath = "{path}"\nalt = "A"\n'
        'values = { title = "x" }\n'
    )
    bare.ok("generate", "--no-commit", "--force")
    bare.write(page, b"text\n")
    bare.ok("snippet", "a", "--into", page)
    assert bare.read(page).decode() == f"text\n\n![A]({written})\n"
    assert "public-url" not in bare.run("check").out


_REFUSED = {
    "another language": (
        "a.astro",
        "<p>x</p>",
        (),
        4,
        "not to a.astro\n  cure: paste it yourself: assetgen snippet a --for astro prints it",
    ),
    "a form of another language": (
        "a.md",
        "x",
        ("--for", "mdx"),
        4,
        "a.md is Markdown, which does not accept the form mdx",
    ),
    "an open fence": ("a.md", "```\nx", (), 4, "it ends in code or a comment"),
    "an open comment": ("a.md", "<!-- x", (), 4, "it ends in code or a comment"),
    "not UTF-8": ("a.md", b"caf\xe9", (), 9, "a.md is not UTF-8"),
    "not there": ("b.md", "x", (), 9, "a.md does not exist"),
    "a folder": ("a.md/b", "x", (), 9, "a.md is not a page"),
    "hidden": (".a.md", "x", (), 9, "a hidden file is not a page"),
}


@pytest.mark.parametrize(("page", "text", "more", "code", "said"), _REFUSED.values(), ids=_REFUSED)
def test_a_page_that_cannot_show_the_image_stays_as_it_is(
    page: str, text: str | bytes, more: tuple[str, ...], code: int, said: str, bare: Place
) -> None:
    project(bare)
    bare.write(page, text)
    name = page if page.startswith(".") or page.endswith("astro") else "a.md"
    ran = bare.run("snippet", "a", "--into", name, *more)
    assert ran.code == code, ran.err
    assert said in ran.err and "cure: " in ran.err
    assert bare.read(page) == (text.encode() if isinstance(text, str) else text)


def test_a_name_that_the_page_already_uses_is_an_error(bare: Place) -> None:
    project(bare, _IMPORTED)
    bare.write("a.mdx", "import aImage from './other.png'\n\ntext\n")
    ran = bare.run("snippet", "a", "--into", "a.mdx")
    assert ran.code == 4 and "a.mdx already uses the name aImage" in ran.err


def test_a_page_that_is_a_link_is_not_written_through(bare: Place, tmp_path: Path) -> None:
    project(bare)
    (tmp_path / "outside.md").write_text("keep")
    (bare.root / "a.md").symlink_to(tmp_path / "outside.md")
    assert bare.run("snippet", "a", "--into", "a.md").code == 9
    assert (tmp_path / "outside.md").read_text() == "keep"
