"""The page that an asset is made from, read from a tree."""

from __future__ import annotations

from assetgen.cure import advice
from assetgen.errors import ManifestError
from assetgen.fs import git_cures
from assetgen.fs.look import TooLarge
from assetgen.fs.tree import Tree, WorkTree
from assetgen.manifest.schema import FILE
from assetgen.plan import page
from assetgen.plan.page import Page
from assetgen.refs.languages import MARKDOWN, MDX, suffix


def read(tree: Tree, path: str) -> Page:
    """The front matter of a page. Raises ManifestError if there is none that can be used."""
    try:
        data = tree.read(path)
    except TooLarge as exc:
        raise ManifestError(exc.what, where=FILE, cure=_SMALLER) from None
    if data is None:
        raise _missing(tree, path)
    if len(data) > page.MAX_BYTES:
        what = f"the page {path} has {len(data)} bytes; at most {page.MAX_BYTES} are read"
        raise ManifestError(what, where=FILE, cure=_SMALLER)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        what, cure = f"the page {path} is not UTF-8", advice("save {path} as UTF-8", path=path)
        raise ManifestError(what, where=FILE, cure=cure) from None
    found = page.matter(text, path)
    if wrong := page.problem(text, path, found):
        what, cure = wrong
        raise ManifestError(what, where=FILE, cure=cure)
    return page.read(text, path, found)


def stated(found: Page, path: str) -> Page:
    """``found`` again. Raises ManifestError if it has nothing that an asset could use."""
    if not found.stated():
        what, cure = page.nothing(path)
        raise ManifestError(what, where=FILE, cure=cure)
    return found


_SMALLER = advice("name a smaller page, or remove the key from")


def _missing(tree: Tree, path: str) -> ManifestError:
    inside = [one for one in tree.files(path) if one != path]
    if inside:
        pages = (one for one in inside if suffix(one) in MARKDOWN | MDX)
        first = next(pages, None)
        cure = (
            advice('name a page in it: from = "{first}"', first=first)
            if first
            else advice("name a page, or remove the key from")
        )
        return ManifestError(f"{path} is a folder", where=FILE, cure=cure)
    if isinstance(tree, WorkTree):
        what, cure = f"the page {path} does not exist", advice("add it, or correct the key from")
    else:
        add = git_cures.adding(tree.held, [path])
        what, cure = (
            f"the page {path} is not staged",
            advice("{add}, or correct the key from", add=add),
        )
    return ManifestError(what, where=FILE, cure=cure)
