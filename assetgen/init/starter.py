"""The files that `assetgen init` writes: a starter manifest, the schema, and git's settings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from assetgen.cure import advice
from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.store import write
from assetgen.fs.tree import TooLarge, WorkTree
from assetgen.init import sealed
from assetgen.layouts import editor_schema
from assetgen.manifest.schema import FILE, SCHEMA
from assetgen.refs.folders import below
from assetgen.refs.listing import Listing
from assetgen.refs.sites.framework import NEXT, Framework
from assetgen.refs.sites.site import Sites

_MANIFEST = """\
#:schema .assetgen/assets.schema.json
# The images of this repository. `assetgen plan` lists what is missing; `assetgen generate`
# makes it.

[project]
PROJECT

[style.brand]
palette = ["#0f172a", "#4f46e5", "#f59e0b"]
font    = "Inter"

[[asset]]
id    = "welcome"
kind  = "cover"
path  = "FOLDER/img/welcome.png"
alt   = "Welcome: the first picture of this repository"
style = "brand"
[asset.values]
title = "Every picture knows where it came from"
"""

_CONTENT = "content = [{}]   # your pages: check compares them with the pictures"

_MARKDOWN, _SCRIPTED = "*.{md,mdx}", "*.{tsx,jsx,md,mdx}"
_OF_NEXT = (
    *(f"{folder}/**/{_SCRIPTED}" for folder in ("app", "pages", "components", "src")),
    *(f"{folder}/**/{_MARKDOWN}" for folder in ("content", "docs")),
)
# The pages of each framework, relative to the root of the site.
_PAGES: Mapping[Framework, tuple[str, ...]] = {
    **dict.fromkeys(NEXT, _OF_NEXT),
    "astro": ("src/**/*.{astro,md,mdx,tsx,jsx}", f"content/**/{_MARKDOWN}"),
    "docusaurus": (f"docs/**/{_MARKDOWN}", f"blog/**/{_MARKDOWN}", f"src/**/{_SCRIPTED}"),
    "vite": ("src/**/*.{tsx,jsx,vue,svelte,mdx}",),
    "create-react-app": ("src/**/*.{tsx,jsx}",),
    "vitepress": ("**/*.md",),
    "vuepress": ("**/*.md",),
    "mintlify": (f"**/{_MARKDOWN}",),
    "gatsby": (f"src/**/{_SCRIPTED}", f"content/**/{_MARKDOWN}"),
    "remix": (f"app/**/{_SCRIPTED}", f"content/**/{_MARKDOWN}"),
    "nuxt": ("content/**/*.md", "pages/**/*.vue", "components/**/*.vue", "app/**/*.vue"),
    "sveltekit": ("src/**/*.{svelte,md}",),
    "eleventy": ("src/**/*.{md,html}", "content/**/*.{md,html}"),
    "hugo": ("content/**/*.{md,html}", "layouts/**/*.html"),
    "mkdocs": ("docs/**/*.md",),
    "jekyll": ("_posts/**/*.md", "_layouts/**/*.html", "_includes/**/*.html"),
    "mdbook": ("src/**/*.md",),
    "plain": (),
}

# Without -merge, git would combine two edits of a record into one that no one wrote.
_ATTRIBUTES = (
    ".assetgen/records/** text eol=lf -merge linguist-generated",
    ".assetgen/baseline text eol=lf",
)
_IGNORED = (".assetgen/cache/",)


def init(root: Path) -> list[str]:
    """Write the missing starter files and return their paths. Existing files are not changed.

    Raises StorageError.
    """
    names = (FILE, SCHEMA, ".gitattributes", ".gitignore")
    old = {path: _old(root, path) for path in names}
    manifest = old[FILE]
    texts = {
        FILE: _manifest(root).encode() if manifest is None else manifest,
        SCHEMA: editor_schema.text(root).encode(),
        ".gitattributes": _with_lines(".gitattributes", old[".gitattributes"], _ATTRIBUTES),
        ".gitignore": _with_lines(".gitignore", old[".gitignore"], _IGNORED),
    }
    changed = {path: text for path, text in texts.items() if text != old[path]}
    store.prepare(root)
    for path, text in changed.items():
        write(root, path, text)
    return list(changed)


def _old(root: Path, path: str) -> bytes | None:
    """The bytes of a file, None if there is none. Raises StorageError if it is no regular file."""
    if os.path.lexists(root / path):
        return paths.read_own(root, path, StorageError)
    paths.refuse_links(root, path)
    return None


def _manifest(root: Path) -> str:
    """A manifest for the site in ``root``, or for the only site below it."""
    tree = WorkTree(root)
    files = list(tree.everything())
    listing = Listing(files, lambda path: _read(tree, path), tree.links())
    sites = [
        site
        for site in Sites(listing).all
        if site.framework != "plain" and not (site.root and paths.problem(site.root))
    ]
    own = [site for site in sites if not site.root] or sites
    if len(own) != 1:
        pages = ("content/**/*.{md,mdx}", "src/**/*.{tsx,jsx}")
        return _written("public", ("public", "assets"), "public", pages, is_sure=False)
    [site] = own
    served = (mount.folder for mount in site.served.public if not mount.prefix and mount.folder)
    public = next(
        (folder for folder in served if folder != site.root and not paths.problem_of_file(folder)),
        None,
    )
    folder = public or below(site.root, "assets")
    globs = [below(site.root, glob) for glob in _PAGES[site.framework]]
    there = tuple(
        glob for glob in globs if listing.folder_exists(glob.partition("*")[0].rstrip("/"))
    )
    return _written(public, (folder,), folder, there or tuple(globs), is_sure=bool(there))


def _written(
    public: str | None, outputs: Sequence[str], folder: str, pages: Sequence[str], *, is_sure: bool
) -> str:
    folders = [
        *([(f'public  = "{public}"', "served at /")] if public else []),
        (f"outputs = [{_quoted(outputs)}]", "the only folders written to"),
    ]
    width = max(len(line) for line, _ in folders)
    lines = [f"{line.ljust(width)}   # {said}" for line, said in folders]
    if pages:
        lines.append(("" if is_sure else "# ") + _CONTENT.format(_quoted(pages)))
    return _MANIFEST.replace("PROJECT", "\n".join(lines)).replace("FOLDER", folder)


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _read(tree: WorkTree, path: str) -> bytes | None:
    """The bytes of a configuration file of a site; None if it cannot be read."""
    try:
        return tree.read(path)
    except (TooLarge, StorageError):
        return None


def _with_lines(path: str, old: bytes | None, lines: tuple[str, ...]) -> bytes:
    """The text of a file of git's with ``lines``; no other byte changes.

    Raises StorageError for UTF-16, which git does not read; PowerShell 5 writes it with ">".
    """
    before = old or b""
    if b"\0" in before:
        raise StorageError(
            f"{path} is not UTF-8 text, so git ignores what it says",
            where=path,
            cure=advice("convert {path} to UTF-8 and run this again", path=path),
        )
    new = [line for line in lines if line.encode() not in before.splitlines()]
    if not new:
        return before
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    return before + sealed.like(gap + "\n".join([*new, ""]).encode(), before)
