"""The time for the configuration of a site grows with its length, whatever is repeated in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.rows import every

_ROOT = Path(__file__).parents[3]
_CONFIGS = {
    # file, what comes first, what is repeated
    "blank lines of Hugo": ("hugo.toml", "source = 'a'", "\n"),
    "blanks of Hugo": ("hugo.toml", "contentDir = a", " "),
    "lists of Hugo": ("hugo.toml", "", "staticDir = [\n"),
    "blank lines of MkDocs": ("mkdocs.yml", "site_name: a", "\n"),
    "blanks of MkDocs": ("mkdocs.yml", "docs_dir: a", " "),
    "indented blanks of MkDocs": ("mkdocs.yml", "theme:\n  custom_dir: a", " "),
    "aliases without an end": ("vite.config.js", "", "alias:{"),
    "a long name": ("vite.config.js", "alias:{", "a"),
    "blanks in an alias": ("vite.config.js", "alias:{", " "),
    "escaped quotes": ("vite.config.js", "", '"\\'),
    "escaped templates": ("vite.config.js", "", "\\`"),
    "comments without an end": ("vite.config.js", "", "/* "),
    "rewrites": ("next.config.js", "", "source:'/a',"),
    "lists without an end": ("docusaurus.config.js", "", "staticDirectories:["),
    "copies without an end": (".eleventy.js", "", "addPassthroughCopy({"),
    "a long pair": (".eleventy.js", "addPassthroughCopy({", "a"),
    "folders without an end": (".eleventy.js", "", "dir:{"),
    "escaped quotes of JSON": ("package.json", "", '"\\'),
    "escaped quotes of tsconfig": ("tsconfig.json", "", '"\\'),
    "redirects with stars": ("_redirects", "/", "*a"),
    "redirects": ("_redirects", "", "/x*/a /b\n"),
}

_CODE = """
import sys
from assetgen.refs.listing import Listing
from assetgen.refs.sites.site import Sites
from assetgen.refs.survey import survey
file, first, unit = {config!r}
data = (first + unit * (200_000 // len(unit))).encode()
page = b"![x](/img/" + b"a" * 60 + b".png) ![x](@/img/a.png)\\n"
files = {{file: data, "docs/a.md": page, "package.json": b'{{"dependencies": {{"next": "1"}}}}'}}
files |= {{file: data, "app/page.tsx": b"", "next.config.js": files.get("next.config.js", b"")}}
if file not in ("next.config.js", "_redirects"):
    del files["next.config.js"], files["app/page.tsx"]
listing = Listing(files, files.get)
found = survey(listing, Sites(listing), ["docs/*.md"])
assert len(found.rows) == 2, found.rows
"""


@pytest.mark.parametrize("name", every(3, _CONFIGS))
def test_a_long_configuration_is_read_in_seconds(name: str) -> None:
    """It took minutes to hours; the code runs in a process of its own, which can be ended."""
    code = _CODE.format(config=_CONFIGS[name])
    subprocess.run([sys.executable, "-c", code], check=True, cwd=_ROOT, timeout=40)
