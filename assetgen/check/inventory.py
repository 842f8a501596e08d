"""What `assetgen init` found: the site, its pages, and how often they refer to images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.check import outside
from assetgen.check.outside import NOTHING, Unchecked
from assetgen.errors import AssetgenError
from assetgen.init import sites
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.refs.sites.site import DEFAULT_PUBLIC, Site
from assetgen.refs.survey import vain
from assetgen.text import count


@dataclass(frozen=True)
class Inventory:
    """A site as its manifest describes it."""

    framework: str | None
    """Its name for people; None if it was not recognized."""
    root: str
    """The folder of the site, relative to the manifest; "" is the same folder."""
    public: str | None
    outputs: tuple[str, ...]
    pages: int
    references: int
    """How often the pages refer to images of the project."""
    missing: int
    """How many of the references are to images that do not exist."""
    assets: int
    others: tuple[str, ...]
    """Other sites below the manifest, which can have manifests of their own."""
    is_listed: bool = True
    """Whether the manifest says which files are pages."""
    beyond: tuple[str, ...] = ()
    """Folders of pages that no manifest here can list, as the configuration names them."""
    unchecked: Unchecked = NOTHING
    """The pages that the manifest does not list."""
    waiting: tuple[str, ...] = ()
    """Patterns of project.content that match no page yet."""

    def lines(self) -> Iterator[str]:
        """What to print about it."""
        if self.framework:
            where = f" in {self.root}" if self.root else ""
            served = f"; {self.public} is served at /" if self.public else ""
            yield f"found {self.framework}{where}{served}; images in {', '.join(self.outputs)}"
        if self.pages and (self.framework or self.references):
            said = f"{count(self.pages, 'page')}, {count(self.references, 'reference')} to images"
            missing = f", {self.missing} of them to missing images" if self.missing else ""
            yield f"{said}{missing}; assetgen refs lists them"
        if self.references and not self.is_listed:
            yield "check reads none of them: set content in assets.toml to your pages"
        if self.waiting and self.pages:
            yield f"no page matches {', '.join(self.waiting)} yet"
        for one in self.unchecked.outside:
            yield f"not checked: {one}"
        for folder in self.beyond:
            yield (
                f"the site has pages in {folder}, outside of this folder, which no manifest here "
                "can list: run assetgen init in the folder that contains both"
            )
        for folder in self.others:
            yield f"{folder} is a site too; for a manifest of its own, use -C"

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "framework": self.framework,
            "root": self.root,
            "public": self.public,
            "outputs": list(self.outputs),
            "pages": self.pages,
            "references": self.references,
            "missing": self.missing,
            "others": list(self.others),
            "beyond": list(self.beyond),
            "unmatched": list(self.waiting),
            "outside": [
                {"pattern": one.pattern, "pages": list(one.pages)} for one in self.unchecked.outside
            ],
        }


def of(root: Path) -> Inventory | None:
    """What the manifest in ``root`` is for; None if there is nothing, or the manifest is broken."""
    try:
        return _of(open_workspace(root))
    except (AssetgenError, ValueError):
        return None


def _of(project: Workspace) -> Inventory | None:
    site = sites.chosen(project.listing)
    survey = project.survey()
    listed = project.manifest.project.content
    references = [row for row in survey.rows if row.resolution.path is not None]
    if site is None and not references:
        return None
    own = site.root if site else ""
    others = [one.root for one in sites.found(project.listing) if one.root != own and site]
    return Inventory(
        framework=sites.NAMES[site.framework] if site else None,
        root=own,
        public=_served(project, site),
        outputs=project.manifest.project.outputs,
        pages=len(survey.pages),
        references=len(references),
        missing=sum(row.is_dangling for row in references),
        assets=len(project.manifest.asset),
        others=tuple(others),
        is_listed=bool(listed),
        beyond=site.served.beyond if site else (),
        unchecked=outside.unchecked(project, survey) if listed else NOTHING,
        waiting=tuple(vain(survey, listed)),
    )


def _served(project: Workspace, site: Site | None) -> str | None:
    """The folder of the manifest that is served at ``/``; None if it only has its usual name."""
    public = project.manifest.project.public
    if site is None or public != DEFAULT_PUBLIC:
        return public
    return public if any(mount.folder == public for mount in site.served.public) else None
