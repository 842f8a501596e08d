"""The files of an asset as pages see them: URL, size, variants."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.manifest.schema import Asset, targets
from assetgen.manifest.target import FileFormat, Target
from assetgen.plan.provenance import unusable
from assetgen.plan.reasons import making
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Measured
from assetgen.refs.folders import within
from assetgen.refs.sites.framework import Framework

if TYPE_CHECKING:
    from assetgen.plan.workspace import Workspace
    from assetgen.refs.sites.site import Site

# The length of a version in URLs, in characters.
_VERSION = 8
# Usually smaller files first: a browser shows the first that it supports.
_FORMATS: tuple[FileFormat, ...] = ("avif", "webp", "jpeg", "png", "ico")


# Frameworks whose build copies the images beside the pages, at the same path.
_COPYING: frozenset[Framework] = frozenset({"jekyll", "mkdocs", "mdbook"})


@dataclass(frozen=True, slots=True)
class Published:
    """The files of one asset, as its record lists them."""

    asset_id: str
    alt: str
    main: Measured
    variants: tuple[Measured, ...]
    """The other files: AVIF before WebP before the rest, narrow before wide."""
    blur: str | None
    """A miniature as a PNG data URL."""
    digests: Mapping[str, str]
    """path -> sha256 (hex) of each file."""
    dark: Published | None = None
    """The same for dark pages."""
    record: str = ""
    """The path of its record."""
    icons: tuple[tuple[Target, Measured], ...] = ()
    """The files of an icon set, which heads name, and what each is for."""

    @property
    def sha256(self) -> str:
        """Of the main file, hex."""
        return self.digests[self.main.path]

    @property
    def files(self) -> tuple[Measured, ...]:
        return (self.main, *self.variants)

    @property
    def every_file(self) -> tuple[Measured, ...]:
        return (*self.files, *(file for _, file in self.icons))

    def with_file(self, changed: Measured) -> Published:
        """The same with one file measured again."""

        def now(file: Measured) -> Measured:
            return changed if file.path == changed.path else file

        return replace(
            self,
            main=now(self.main),
            variants=tuple(sorted(map(now, self.variants), key=_rank)),
            icons=tuple((target, now(file)) for target, file in self.icons),
        )


def of(asset: Asset, known: Record) -> Published | None:
    """The files of an asset by its record; None if the record does not list the asset's path.

    The alternative text is the manifest's: a change of it needs no new picture.
    """
    main = next((file for file in known.observed if file.path == asset.path), None)
    if main is None:
        return None
    observed = {file.path: file for file in known.observed}
    is_set = asset.variants is not None and asset.variants.set is not None
    of_set = [one for one in targets(asset)[1:] if one.path in observed] if is_set else []
    apart = {main.path, *(one.path for one in of_set)}
    others = sorted((file for file in known.observed if file.path not in apart), key=_rank)
    digests = {path: known.subject[path] for path in observed}
    return Published(
        asset.id,
        asset.alt,
        main,
        variants=() if is_set else tuple(others),
        icons=tuple((one, observed[one.path]) for one in of_set),
        blur=known.placeholder,
        digests=digests,
        record=known.path,
    )


def _rank(file: Measured) -> tuple[int, int, str]:
    return _FORMATS.index(file.format), file.width, file.path


def url(path: str, public: str | None) -> str | None:
    """The URL of a file in the folder that is served at ``/``; None for other files."""
    if public is None or (inside := within(public, path)) is None:
        return None
    return "/" + _escaped(inside)


def file_name(path: str) -> str:
    """The name of a file, as a URL from the folder that it is in."""
    return _escaped(posixpath.basename(path))


def home(url: str | None, site: Site) -> str | None:
    """Where the site is, with the base path of its configuration, without a last slash."""
    if url is None:
        return None
    url, base = url.rstrip("/"), site.served.base.stated
    return url if not base or f"{url}/".endswith(f"/{base}/") else f"{url}/{base}"


def version(digest: str) -> str:
    """The end of a URL that changes with the content of its file."""
    return f"?v={digest[:_VERSION]}"


def from_page(path: str, page: str) -> str:
    """The path of a file from the folder of a page, as a URL that begins with a dot."""
    way = posixpath.relpath(path, posixpath.dirname(page) or ".")
    return _escaped(way if way.startswith("../") else f"./{way}")


def _escaped(path: str) -> str:
    return _SPECIAL.sub(lambda found: quote(found[0], safe=""), path)


def served_from(path: str, public: str | None, site: Site) -> str | None:
    """The folder served at ``/`` for the URL of a file: ``public``, or the source of the site.

    The latter, where a build copies what is beside its pages, may be "", the repository.
    """
    if url(path, public) is not None or site.framework not in _COPYING:
        return public
    beside = [one.folder for one in site.served.public if one in site.served.content]
    return next((one for one in beside if url(path, one) is not None), public)


# Everything that ends a URL or means something in one, in Markdown, HTML, srcset or CSS; letters
# of any script may stay.
_SPECIAL = re.compile(r"[\x00-\x20\x7f\"#$%&'()*+,;<=>?\[\\\]^`{|}\s]")


def sets(found: Published) -> Mapping[FileFormat, tuple[Measured, ...]]:
    """The files of each format, one for each width, narrow before wide; AVIF first."""
    files: dict[FileFormat, dict[int, Measured]] = {}
    for file in sorted(found.files, key=_rank):
        widths = files.setdefault(file.format, {})
        if file.width not in widths or file is found.main:
            widths[file.width] = file
    return {fmt: tuple(widths.values()) for fmt, widths in files.items()}


def shown(project: Workspace, name: str, *, is_card: bool = False) -> Published:
    """The files of an asset, or of a family, as pages show them: with those for dark pages.

    A card has one theme and one size. Raises as ``on_disk``.
    """
    family = project.places.families.find(name)
    if is_card:
        return on_disk(project, family.first("og") if family else name)
    asset_id = family.first() if family else name
    family = family or project.places.families.of(name)
    pair = family.pair(asset_id) if family else None
    if pair is None:
        return on_disk(project, asset_id)
    return replace(on_disk(project, pair[0]), dark=on_disk(project, pair[1]))


def on_disk(project: Workspace, asset_id: str) -> Published:
    """The files of an asset as they are on disk.

    Raises ManifestError for an unknown id, StorageError if a file is missing.
    """
    asset = project.manifest.find(asset_id)
    known, cure = project.record(asset_id), making(asset)
    if isinstance(known, Unusable):
        raise unusable(project, asset_id, known)
    if known is None and (project.root / asset.path).exists():
        what = f"{asset.path} has no record, so no one can tell where it came from"
        raise StorageError(
            what,
            where=f"asset {asset_id}",
            cure=command("assetgen adopt {asset_id} {path}", asset_id=asset_id, path=asset.path),
        )
    found = of(asset, known) if known else None
    if known is None or found is None:
        raise StorageError(f"{asset.path} has not been made", where=f"asset {asset_id}", cure=cure)
    for file in found.every_file:
        digest = project.rebuilt.digest(file.path)
        if digest is None:
            raise StorageError(f"{file.path} does not exist", where=f"asset {asset_id}", cure=cure)
        if digest != known.subject[file.path]:
            found = found.with_file(_measured(project, file))
            found = replace(found, digests={**found.digests, file.path: digest})
    return found


def _measured(project: Workspace, file: Measured) -> Measured:
    """The measures of a file that was changed after assetgen made it."""
    from assetgen.image import ico  # loads Pillow, which most snippets do not need

    seen = ico.facts(project.tree.read(file.path) or b"")
    return Measured(file.path, seen.width, seen.height, seen.format)
