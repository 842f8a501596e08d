"""Appends the snippet of an image to a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import StorageError
from assetgen.fs import paths
from assetgen.fs.lock import locked
from assetgen.fs.tree import WorkTree
from assetgen.pages import append, page_file, places, published
from assetgen.pages.append import Inserted
from assetgen.plan.workspace import Workspace


@dataclass(frozen=True)
class Pasted:
    """What was written, and into which page."""

    page: str
    inserted: Inserted


def paste(root: Path, here: Path, asset_id: str, *, name: str, form: str | None) -> Pasted:
    """Append the image to the page ``name``, a path from the folder ``here``.

    ``form`` is by default the page's own. Raises ManifestError, UnsupportedOption or StorageError;
    nothing is written then.
    """
    with locked(root):
        tree = WorkTree(root)
        project = Workspace(root, tree)
        page = _page(root, here, name)
        found = published.on_disk(project, asset_id)
        made = append.insert(
            found,
            page,
            page_file.read(tree, page),
            sites=project.sites,
            listing=project.listing,
            public=project.manifest.project.public,
            form=form,
        )
        if made.is_new:
            again = _again(asset_id, page, form)
            page_file.write(tree, {page: made.text}, again=lambda _page: again)
        return Pasted(page, made)


def _again(asset: str, page: str, form: str | None) -> Cure:
    """The command that does the same."""
    if form is None:
        return command("assetgen snippet {asset} --into {page}", asset=asset, page=page)
    return command(
        "assetgen snippet {asset} --into {page} --for {form}", asset=asset, page=page, form=form
    )


def _page(root: Path, here: Path, name: str) -> str:
    [place] = places.parse(root, here, [name])
    if place.line is not None or not (root / place.path).is_file():
        raise StorageError(
            f"{name} is not a page", where=name, cure=advice("name the file of a page: --into PAGE")
        )
    if wrong := paths.problem_of_page(place.path):
        raise StorageError(
            f"{place.path} {wrong}", where=name, cure=advice("name a page inside the project")
        )
    return place.path
