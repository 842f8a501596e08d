"""What the page shows of each image, as data: worked out from the plan, the records and the pages.

All of it is untrusted text. It goes to the page as JSON, and into the page as text alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET, Struct, UnsetType


class Summary(Struct, frozen=True, kw_only=True):
    """One image as the grid and its filters need it."""

    id: str
    kind: str
    state: str
    why: str
    """The reasons of the state in one line."""
    bill: str
    """The bill that it is on; of one that is not made yet, the bill that it would be on."""
    alt: str
    path: str
    picture: str | None
    """The id of its main file, by which the server gives the file; None if it is missing."""
    approved: bool | None = None
    """Whether a person approved it as it is; None if there is nothing to approve."""
    pages: Sequence[str] = ()
    """The pages that name one of its files."""


class Offer(Struct, frozen=True, kw_only=True):
    """Something that can be done about an image now, and the command line that does the same."""

    action: str
    key: str
    words: str
    command: str


class Picture(Struct, frozen=True, kw_only=True):
    """One file of an image. Sizes are in pixels and bytes; None if the file is missing."""

    path: str
    picture: str | None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    format: str | None = None
    problem: str | None = None
    """Why it cannot be shown."""


class Option(Struct, frozen=True, kw_only=True):
    """One candidate, and the command line that picks it."""

    number: int
    sha256: str
    picture: str | None
    """The id of its bytes; None if this clone does not have them."""
    picked: bool
    facts: str
    """Its size and its share of the cost."""
    origin: str
    """Who made it: the model, the route and where it was bought."""
    revised: str | None
    command: str


class Base(Struct, frozen=True, kw_only=True):
    """The original that a refinement changes; its size is that of the box."""

    picture: str
    width: int
    height: int


class Use(Struct, frozen=True, kw_only=True):
    """A place in a page that names an image, with the size in CSS pixels that it declares."""

    page: str
    line: int
    file: str
    """The file of the image that it names."""
    width: int | None
    height: int | None
    alt: str | None


class Reason(Struct, frozen=True):
    """A field that differs: what it was and what it is now, as text; None if there was nothing."""

    field: str
    old: str | None
    new: str | None


class Detail(Struct, frozen=True, kw_only=True):
    """Everything about one image."""

    id: str
    summary: Summary
    reasons: Sequence[Reason]
    cure: str | None
    """What settles its state, as ``plan`` prints it."""
    line: int | None
    """The line of assets.toml at which it is defined."""
    prompt: str | None
    revised: str | None
    model: str | None
    bill: str | None
    cost: str | None
    files: Sequence[Picture]
    options: Sequence[Option]
    """The candidates of exactly what is asked for."""
    uses: Sequence[Use]
    more_uses: int
    """How many more places name it than are listed."""
    record: Sequence[tuple[str, str]]
    """What ``show`` prints: each name with its value; names may repeat."""
    approval: str | None = None
    """Who approved it and when, or why it is not approved."""
    offers: Sequence[Offer] = ()
    base: Base | None = None
    """What can be refined; None if nothing can."""
    steps: Sequence[str] = ()
    """The refinements that the image has, in order."""
    problem: str | None = None
    """Why its record cannot be used."""


class Earlier(Struct, frozen=True, kw_only=True):
    """The images that differ from a commit."""

    name: str
    """The commit as it was asked for."""
    commit: str
    pictures: Mapping[str, str | None]
    """The id of the earlier main file for each asset that differs; None if there was none."""


class Listing(Struct, frozen=True, kw_only=True):
    """Everything that the page needs to begin."""

    project: str
    revision: int
    has_git: bool
    surveyed: bool
    """Whether the pages have been read."""
    assets: Sequence[Summary]
    problem: str | None = None
    """Why what is shown is not up to date: a mistake in the manifest."""
    left_out: str | UnsetType = UNSET
    """What a file with the page had no room for."""
