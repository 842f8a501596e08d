"""Appends the snippet of a picture to a page."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from assetgen import insertion, lookup, mend, paths, starter
from assetgen.errors import StorageError
from assetgen.insertion import Inserted
from assetgen.lock import locked
from assetgen.project import Project
from assetgen.refs.scan import MAX_BYTES
from assetgen.tree import WorkTree


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
        project = Project(root, tree)
        page = _page(root, here, name)
        found = lookup.delivered(project, asset_id)
        text = _text(root, tree, page)
        public = project.manifest.project.public
        made = insertion.insert(found, page, text, project.sites, project.listing, public, form)
        if tree.changed_since(page):
            again = f"assetgen snippet {asset_id} --into {page}"
            raise StorageError("the page changed while it was looked at; nothing was written", where=page, cure=again)
        mode = os.lstat(root / page).st_mode
        starter.write(root, page, made.text.encode())
        os.chmod(root / page, stat.S_IMODE(mode))
        return Pasted(page, made)


def _page(root: Path, here: Path, name: str) -> str:
    [place] = mend.where(root, here, [name])
    if place.line is not None or not (root / place.path).is_file():
        raise StorageError(f"{name} is no page", where=name, cure="name the file of a page: --into PAGE")
    if wrong := paths.problem_of_page(place.path):
        raise StorageError(f"{place.path} {wrong}", where=name, cure="name a page below the project")
    return place.path


def _text(root: Path, tree: WorkTree, page: str) -> str:
    paths.refuse_links(root, page)
    tree.digest(page)  # so that it is known if it changes
    data = paths.read_own(root, page, StorageError, MAX_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise StorageError(f"{page} is not UTF-8", where=page, cure="save it as UTF-8") from None
