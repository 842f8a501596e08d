"""Pages that check does not read: it says so, and is as green as without them."""

from __future__ import annotations

from tests.support.place import Place

_MANIFEST = '[project]\npublic = "static"\noutputs = ["static"]\ncontent = [{}]\n'
_SHOWN = "![A](/a.png)\n"
# Files that show an image, and are no pages of the site.
_QUIET = (
    *("README.md", "README.de.md", "CHANGELOG.md", "docs/CONTRIBUTING.md", ".github/x.md"),
    *("node_modules/x/a.md", "build/a.md", "tests/a.md", "examples/x/a.md", "ours/a.md"),
    *("other/b.md", "site/c.md", "made/d.md", "skip/e.md"),
)


def _notes(place: Place) -> list[str]:
    data = place.ok("check", "--json").data
    assert isinstance(data, dict)
    return [f"{one['code']} {one['path']} {one['message']}" for one in data["notes"]]


def test_check_names_pages_with_images_that_content_does_not_match(place: Place) -> None:
    place.manifest(_MANIFEST.format('"content/**/*.md", "!skip/**"') + "[check]\nignore = ['ours']")
    place.write("content/a.md", "# Hello")
    place.write("static/.keep", "")
    place.write(".gitignore", "made/\n")
    place.write("other/assets.toml", _MANIFEST.format(""))
    place.write("site/mkdocs.yml", "site_name: x")
    for path in _QUIET:
        place.write(path, _SHOWN)
    place.write("texts/plain.md", "# No image\n![B](https://example.org/b.png)\n")
    for path in ("guide/deep/a.md", "guide/b.mdx", "start.md"):
        place.write(path, _SHOWN)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pages")
    place.write("static/a.png", b"")
    place.ok("adopt", "--existing", "static/a.png")
    said = [
        (
            "outside-content guide/b.mdx and 1 more show images, but project.content does not "
            'match them: add "guide/**/*.{md,mdx}", or "!guide/**/*.{md,mdx}" to leave them out'
        ),
        (
            "outside-content start.md shows images, but project.content does not match it: "
            'add "start.md", or "!start.md" to leave it out'
        ),
    ]
    assert _notes(place) == said
    first = place.ok("check").out
    assert first == place.ok("check").out  # as stored
    assert f"; outside-content: {said[0].removeprefix('outside-content ')} (and 1 more)" in first
    assert "outside-content" not in place.ok("check", "--staged").out
    place.write("start.md", "# No image\n")
    assert _notes(place) == said[:1]
    text = place.read("assets.toml").decode()
    place.manifest(text.replace('"!skip', '"guide/**/*.{md,mdx}", "!skip'))
    assert _notes(place) == []


def test_a_pattern_that_matches_nothing_is_noted_unless_it_is_of_the_framework(
    place: Place,
) -> None:
    place.write("mkdocs.yml", "theme:\n  custom_dir: over\n")
    place.write("docs/a.md", "# Hello")
    place.write("texts/a.md", "![A](/a.png)")
    said = place.ok("init").out
    assert (
        'not checked: texts/a.md shows images, but project.content does not match it: add "' in said
    )
    place.manifest(_MANIFEST.format('"docs/**/*.{md,html,css}", "dosc/*.md", "theme/**", "!x/**"'))
    assert _notes(place)[:2] == [
        f'no-match assets.toml has "{one}" in project.content, which matches no page'
        for one in ("dosc/*.md", "theme/**")
    ]


def test_init_names_patterns_without_pages_and_folders_above_the_project(place: Place) -> None:
    place.write("site/docusaurus.config.js", "{docs: {path: '../docs'}}")
    place.write("site/src/pages/index.js", "")
    place.write("docs/a.md", "![A](/a.png)")
    said = place.ok("init", "-C", "site").out
    assert "no page matches {docs,blog,*versioned_docs,i18n}/**/*.{md,mdx}, " in said
    assert "the site has pages in ../docs, outside of this folder" in said


def test_init_says_that_no_page_is_checked_where_it_knows_none(place: Place) -> None:
    place.write("guide/a.md", "![A](a.png)")
    assert "check reads none of them: set content in assets.toml" in place.ok("init").out
