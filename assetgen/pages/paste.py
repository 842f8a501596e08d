"""Appends the snippet of a picture to a page."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.pages import append, places, published
from assetgen.pages.append import Inserted
from assetgen.plan.workspace import Workspace
from assetgen.refs.scan.scan import MAX_BYTES


@dataclass(frozen=True)
class Pasted:
    """What was written, and into which page."""

    page: str
    inserted: Inserted


def paste(root: Path, here: Path, asset_id: str, name: str, form: str | None) -> Pasted:
    """Append the picture to the page ``name``, as it is named from the folder ``here``; ``form`` by default its own.

    Raises ManifestError, UnsupportedOption or StorageError; nothing is written then.
    """
    with locked(root):
        tree = WorkTree(root)
        project = Workspace(root, tree)
        page = _page(root, here, name)
        found = published.delivered(project, asset_id)
        text = _text(root, tree, page)
        public = project.manifest.project.public
        made = append.insert(found, page, text, project.sites, project.listing, public, form)
        if tree.changed_since(page):
            again = f"assetgen snippet {asset_id} --into {page}"
            raise StorageError(
                "the page changed while it was looked at; nothing was written",
                where=page,
                cure=again,
            )
        mode = os.lstat(root / page).st_mode
        store.write(root, page, made.text.encode())
        os.chmod(root / page, stat.S_IMODE(mode))
        return Pasted(page, made)


def _page(root: Path, here: Path, name: str) -> str:
    [place] = places.where(root, here, [name])
    if place.line is not None or not (root / place.path).is_file():
        raise StorageError(
            f"{name} is no page", where=name, cure="name the file of a page: --into PAGE"
        )
    if wrong := paths.problem_of_page(place.path):
        raise StorageError(
            f"{place.path} {wrong}", where=name, cure="name a page below the project"
        )
    return place.path


def _text(root: Path, tree: WorkTree, page: str) -> str:
    paths.refuse_links(root, page)
    tree.digest(page)  # so that it is known if it changes
    data = paths.read_own(root, page, StorageError, MAX_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise StorageError(f"{page} is not UTF-8", where=page, cure="save it as UTF-8") from None
