"""What the manifest asks for one asset, and what has to be known to work it out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Struct

from assetgen import route_names
from assetgen.cure import Cure
from assetgen.errors import Mistake
from assetgen.image import steps
from assetgen.layouts import chosen
from assetgen.layouts.fonts import Font
from assetgen.layouts.kind import Kind
from assetgen.manifest.data_file import Document, NoData, Table
from assetgen.manifest.key_types import PaintOptions
from assetgen.manifest.schema import FILE, Asset, references, targets
from assetgen.manifest.target import Target
from assetgen.plan.page import Page
from assetgen.record import record
from assetgen.record.intent import PARENT_ROLE
from assetgen.record.record import Intent, Record, Unusable
from assetgen.record.steps import Step
from assetgen.settings import catalog as catalogue
from assetgen.settings.catalog import Catalog
from assetgen.settings.descriptors import Descriptor


@dataclass(frozen=True)
class Wish:
    """An asset with everything worked out that decides its picture and its files."""

    asset: Asset
    kind: Kind
    values: Mapping[str, Any]
    intent: Intent
    needs: tuple[str, ...]
    model: str | None = None
    """The model that will be asked, which need not be part of the intent."""
    options: PaintOptions = field(default_factory=PaintOptions)
    """More options for a paid route."""
    descriptor: Descriptor | None = None
    """What the gateway publishes about the model, as far as it was read."""
    data: Mapping[str, str] = field(default_factory=dict)
    """The data files that values are read from, path -> sha256 (hex)."""
    collection: str | None = None
    """The id of the collection that makes the asset, as it is written."""
    before: Wish | None = None
    """What is asked for before the last step that refines it; None without such a step."""
    covers: tuple[int, int] | None = None
    """The canvas that a ground has to fill, in pixels, if it states no size of its own."""
    is_as_shipped: bool = False
    """Whether its layout and its fonts are those of assetgen, so that no one else changes them."""

    @property
    def delivered(self) -> Asset:
        """The asset as its files are made: the background of a paid image is not required.

        It is measured and reported: an image that was paid for is written in any case.
        """
        if self.asset.is_local:
            return self.asset
        return msgspec.structs.replace(self.asset, background="auto")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps from the original to the files."""
        return steps.steps(self.asset)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Every file of the asset, the main one first."""
        return targets(self.asset)

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of every file of the asset, the main one first."""
        return tuple(target.path for target in self.targets)

    @property
    def place(self) -> str:
        """The path where the record of the asset is written."""
        return record.places(self.asset.id)[self.collection is not None]

    @cached_property
    def chosen(self) -> Mapping[str, str]:
        """The choices that are left to the id of the asset, by the name of their value."""
        if self.intent.template is None:
            return {}
        fields = self.kind.fields(str(self.values["layout"]))
        return chosen.left(fields, self.asset.values, self.values)

    @cached_property
    def key(self) -> str:
        """The digest of the asset and its intent, the same on every route: it is paid once."""
        return self.key_as(self.asset.id)

    def key_as(self, asset_id: str) -> str:
        """The key that the same image has under another id."""
        return record.digest({"asset": asset_id, "intent": self._intent_digest})

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key, and the one under which a step was bought when its path was in the intent."""
        former = self.intent.former_digest(self.asset.path)
        if former is None:
            return (self.key,)
        return self.key, record.digest({"asset": self.asset.id, "intent": former})

    @cached_property
    def _intent_digest(self) -> str:
        return str(self.intent.stated("text")["digest"])


#: How a request names the image that a step changes, among its inputs.
PARENT = ":before"
#: How a request names the mask that follows from a box.
BOX = ":box"


def earlier(wish: Wish) -> Iterator[Wish]:
    """What is asked for before each step that refines the image of a wish, the last first."""
    while wish.before is not None:
        wish = wish.before
        yield wish


class Stored(Struct, frozen=True):
    """An image that was made: sha256 (hex) of its original, WIDTHxHEIGHT in pixels."""

    sha256: str
    size: str | None


@dataclass(frozen=True, eq=False, repr=False)
class Elsewhere:
    """What git, the cache and other paths hold of a picture that is not in its place."""

    unmerged: Callable[[Collection[str]], Unmerged | None] = lambda _paths: None
    """Those of some paths that git has not merged, of one asset."""
    unsettled: Callable[[Wish], Unmerged | None] = lambda _wish: None
    """What an image is made from that git has not merged, and how to settle it."""
    mixed: Callable[[Record, Mapping[str, str]], Cure | None] = lambda _record, _files: None
    """How to settle files, path -> sha256 (hex), of another purchase than their record."""
    restoring: Callable[[Mapping[str, str]], Cure | None] = lambda _files: None
    """The command by which git writes files, path -> sha256 (hex), again; None if it cannot."""
    record: Callable[[str], Restorable | None] = lambda _asset_id: None
    """The usable record of an asset that git has, where the one in place is not usable."""
    original: Callable[[Record], str | None] = lambda _record: None
    """Where the original of a record is, if not in the cache: "here", "git", or None."""
    pointer: Callable[[Iterable[str]], Pointer | None] = lambda _paths: None
    """The first of some files that is only a Git LFS pointer here; None if none is."""
    moved: Callable[[str, str, bool], Moved | None] = lambda _path, _digest, _widely: None
    """Where a file was moved to, by its former path and its sha256 (hex).

    Looks for it ``widely``: not only in the output folders, and in git."""
    unproven: Callable[[Mapping[str, str]], Sequence[str]] = lambda _files: ()
    """Those of some files, path -> sha256 (hex), that neither the index nor HEAD has and that
    assetgen did not place in this checkout."""
    kept: Callable[[Wish], Record | None] = lambda _wish: None
    """The record that was kept with the original of exactly this image."""
    picture: Callable[[Wish], Stored | None] = lambda _wish: None
    """The image of a wish, as it was made, whether it is in place or a step of what is."""
    batched: Callable[[Wish], InBatch | None] = lambda _wish: None
    """The batch in which the image of an asset is, which was sent and is not collected."""
    undecided: Callable[[Wish], Undecided | None] = lambda _wish: None
    """The candidates of exactly this image, if no one has picked one."""
    replacing: Callable[[Wish], Cure | None] = lambda _wish: None
    """What settles that the record in place is not usable; it buys nothing that exists."""


class Unmerged(Struct, frozen=True):
    """Files of one asset that git has not merged, and the commands that settle it."""

    paths: tuple[str, ...]
    cure: Cure


class InBatch(Struct, frozen=True):
    """The batch in which an image is: its id, the words for that, and the command that goes on."""

    id: str
    words: str
    cure: Cure


class Undecided(Struct, frozen=True):
    """Candidates of an image: the words for that, and the command that goes on."""

    words: str
    cure: Cure
    is_usable: bool = True
    """Whether they can be read; otherwise no one knows what was bought."""


class Pointer(Struct, frozen=True):
    """The path of a Git LFS pointer, and the command that fetches the file."""

    path: str
    fetch: Cure


class Moved(Struct, frozen=True):
    """The path of a file that was moved, and the command that moves it back."""

    path: str
    back: Cure


class Restorable(Struct, frozen=True):
    """A record that git has, and the command that writes it again."""

    record: Record
    cure: Cure


def _no_data(path: str) -> Table | Document:
    raise NoData(f"{path} does not exist", where=path)


def _no_text(path: str) -> str:
    raise NoData(f"{path} does not exist", where=path)


@dataclass(frozen=True, eq=False, repr=False)
class World:
    """What planning asks about a project: functions that any tree, or a test, can answer."""

    kind: Callable[[str], Kind]
    fonts: Callable[[], Mapping[str, Font]]
    record: Callable[[str], Record | Unusable | None]
    digest: Callable[[str], str | None]
    """sha256 (hex) of a file below the project; None if it does not exist."""
    collection: Callable[[str], str | None] = lambda _asset_id: None
    """The id of the collection that makes an asset, as it is written."""
    family: Callable[[str], str] = lambda asset_id: asset_id
    """What the id of an asset is without theme and size: it is what choices are left to."""
    has_original: Callable[[str], bool] = lambda _digest: False
    weight: Callable[[str], int | None] = lambda _path: None
    """The bytes of a file below the project; None if it does not exist, or only its pointer."""
    interrupted: Callable[[str], str | None] = lambda _path: None
    """sha256 (hex) of what an interrupted run was about to write to a path."""
    orphan: Callable[[str], Record | None] = lambda _trace: None
    """The record of an asset that assets.toml no longer lists, which may only have been renamed.

    It is found by the path or the sha256 (hex) of one of its files, or the digest of its intent."""
    former: Callable[[Wish], Record | None] = lambda _wish: None
    """The record of the asset that a new one was before it was renamed, if that is certain."""
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    surface: Callable[[str], str] = route_names.bill
    """The bill that a route lands on in this environment."""
    catalog: Callable[[], Catalog] | None = None
    """What models accept and cost; None if nothing will be drawn, so that nothing is refused."""
    today: Callable[[], date | None] = lambda: None
    descriptor: Callable[[str, str], Descriptor | None] = lambda _route, _model: None
    """What the gateway of a route publishes about a model, as it was read before."""
    place: Callable[[str, str], str] = lambda asset_id, _key: f"{FILE}, asset {asset_id}"
    """Where assets.toml states a key of an asset, for messages."""
    obstacle: Callable[[str], tuple[str, Cure] | None] = lambda _path: None
    """What keeps a new file from being put at a path, and the fix."""
    ignored: Callable[[str], tuple[str, Cure] | None] = lambda _path: None
    """Why git would not commit a file at a path, and the fix."""
    page: Callable[[str], Page] = lambda _path: Page()
    """The front matter of the page that an asset is made from."""
    data: Callable[[str], Table | Document] = _no_data
    """The content of a data file that values name. Raises NoData."""
    text: Callable[[str], str] = _no_text
    """The text of a file that values name. Raises NoData."""
    mistakes: Callable[[], Sequence[Mistake]] = tuple
    """Every mistake in assets.toml, once it is known that there is one."""

    @property
    def the_catalog(self) -> Catalog:
        """What models accept and cost, also where nothing will be drawn."""
        return self.catalog() if self.catalog else catalogue.shipped()


def rests_on(wanted: Wish) -> set[str]:
    """The files that a wish is made from, its page among them, and "@id" for other assets."""
    if wanted.before is not None:
        return rests_on(wanted.before) | _masks(wanted.asset)
    made_from = {entry["path"] for entry in wanted.intent.inputs}
    page = {wanted.asset.page} if wanted.asset.page else set()
    return made_from | set(references(wanted.asset)) | page | set(wanted.data)


def _masks(asset: Asset) -> set[str]:
    return {step.mask for step in asset.refine if step.mask is not None}


def parent_of(wish: Wish) -> str | None:
    """sha256 (hex) of the image that the last step changes; None if it is not there yet."""
    found = (one["sha256"] for one in wish.intent.inputs if one["role"] == PARENT_ROLE)
    return next(found, None)


def to_be_made(wish: Wish) -> Iterator[Wish]:
    """What is asked for before each step whose image has to be made first, the nearest first."""
    while wish.before is not None and parent_of(wish) is None:
        wish = wish.before
        yield wish
