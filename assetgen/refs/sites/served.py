"""What a site serves: its folders, the URLs below which they are, and its conventions."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.refs.folders import joined, within
from assetgen.refs.sites.aliases import Alias
from assetgen.refs.sites.base_paths import NOWHERE, Base


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder whose files are served below ``prefix``; "" is the root of the site."""

    prefix: str
    folder: str

    def path(self, url: str) -> str | None:
        """The file that answers ``url`` (without its first slash), if it is below the prefix."""
        rest = "" if url == self.prefix else within(self.prefix, url)
        return joined(self.folder, rest) if rest is not None else None


@dataclass(frozen=True)
class Served:
    """What a site serves, all paths relative to the repository."""

    public: tuple[Mount, ...]
    """The folders that ``/x`` may be in, in order."""
    content: tuple[Mount, ...] = ()
    """The folders of the pages, and below which URL they are served."""
    base: Base = NOWHERE
    """The path below which the site is deployed."""
    usual: tuple[Alias, ...] = ()
    """Aliases that projects of this kind have."""
    config: str = ""
    """The source of the configuration, without comments."""
    elsewhere: tuple[str, ...] = ()
    """Folders outside of the site that contain pages of it."""
    sources: tuple[str, ...] = ()
    """Other folders with pages or their templates that the configuration names."""
    unread: tuple[str, ...] = ()
    """Patterns of the files that the configuration leaves out."""
    beyond: tuple[str, ...] = ()
    """Folders of pages above the repository, as the configuration names them."""
    page_is_folder: bool = True
    """Whether docs/a.md is served at /a/, rather than at /a."""
    raw_by_url: bool = False
    """Whether raw HTML in Markdown stays as it is: paths in it are relative to the page's URL."""
    markdown_by_url: bool = False
    """Whether paths in Markdown images stay as they are, too."""
    adds_base: bool = False
    """Whether the build adds the base path to every path from the root of the site."""
    unpublished: tuple[str, ...] = ()
    """The folders of ``public`` whose files are served only where code or pages publish them."""
    in_languages: bool = False
    """Whether another language serves a file that one language lacks."""
    makes_icons: bool = False
    made: tuple[str, ...] = ()
    """The URLs below which packages or modules put files that are not in the repository."""
