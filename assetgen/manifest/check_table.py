"""[check] of assets.toml: the level of each finding in pages, and what images may weigh."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from assetgen.manifest.key_types import MaxKb, Severity, Table, Text


class Check(Table, frozen=True, rename="kebab"):
    """The severity of each finding of check in pages, and of images without approval."""

    dangling: Annotated[Severity, Meta(description="a page refers to a missing image")] = "error"
    unreferenced: Annotated[
        Severity, Meta(description="no page refers to an image of an asset")
    ] = "warning"
    missing_alt: Annotated[
        Severity, Meta(description="a page shows an image without alternative text")
    ] = "error"
    alt_differs: Annotated[
        Severity, Meta(description="the alternative text in a page differs from assets.toml")
    ] = "error"
    size_differs: Annotated[
        Severity, Meta(description="width and height differ from those of the file")
    ] = "error"
    no_pages: Annotated[Severity, Meta(description="no file matches project.content")] = "warning"
    unread: Annotated[
        Severity, Meta(description="a page is too large or too tangled to be read")
    ] = "warning"
    head_image: Annotated[
        Severity, Meta(description="a page does not name its own image in its front matter")
    ] = "error"
    public_url: Annotated[
        Severity, Meta(description="the site does not show an image under the path of a page")
    ] = "error"
    unapproved: Annotated[
        Severity, Meta(description="no person has approved a painted image as it is")
    ] = "off"
    too_heavy: Annotated[Severity, Meta(description="an image is heavier than its max_kb")] = (
        "error"
    )
    max_kb: Annotated[
        MaxKb | None, Meta(description="the most that an image may weigh, in kB of 1000 bytes")
    ] = msgspec.field(default=None, name="max_kb")
    ignore: Annotated[
        tuple[Text, ...], Meta(description="glob patterns of pages and images without findings")
    ] = ()
