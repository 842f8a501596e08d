"""The size of a ground: the smallest one of its route that fills the cover."""

from __future__ import annotations

import pytest

from assetgen.plan import grounds
from assetgen.settings import catalog
from assetgen.settings.descriptors import Descriptor, Takes

_NONE = Descriptor("m", "2026-11-01", "0" * 64)
_SIZES = Descriptor(
    "m", "2026-11-01", "0" * 64, {"size": Takes(("1024x1024", "2048x2048"))}, is_complete=True
)
_SHAPES = Descriptor(
    "m",
    "2026-11-01",
    "0" * 64,
    {"aspect_ratio": Takes(("1:1", "16:9", "9:16")), "resolution": Takes(("1K", "2K", "4K"))},
    is_complete=True,
)
_BARE = Descriptor("m", "2026-11-01", "0" * 64, {"quality": Takes()}, is_complete=True)


@pytest.mark.parametrize(
    ("canvas", "route", "model", "found", "size", "is_named"),
    [
        ((1200, 630), "images", "gpt-image-2", None, "1200x640", True),
        ((1080, 1920), "images", "gpt-image-2", None, "1088x1920", True),
        ((320, 200), "images", "gpt-image-2", None, "1024x640", True),
        ((1200, 630), "images", "gpt-image-1", None, "1536x1024", True),
        ((1000, 1000), "responses", "gpt-image-1", None, "1024x1024", True),
        ((1080, 1920), "images", "gpt-image-1", None, "1024x1536", True),
        ((1200, 630), "images", "unheard-of", None, "1536x1024", True),
        ((1200, 630), "codex", None, None, "1536x1024", False),
        ((1200, 630), "gateway:g", "gpt-image-2", None, "1200x640", False),
        ((1200, 630), "gateway:g", "unheard-of", _NONE, "1536x1024", False),
        ((1200, 630), "gateway:g", "m", _SIZES, "2048x2048", True),
        ((1200, 630), "gateway:g", "m", _SHAPES, "1360x768", True),
        ((2400, 1260), "gateway:g", "m", _SHAPES, "2736x1536", True),
        ((1200, 630), "gateway:g", "m", _BARE, "1536x1024", False),
    ],
)
def test_the_smallest_size_that_fills_the_cover_is_asked_for(
    canvas: tuple[int, int],
    route: str,
    model: str | None,
    found: Descriptor | None,
    size: str,
    is_named: bool,
) -> None:
    assert grounds.size(canvas, route, model, catalog.shipped(), found) == (size, is_named)


@pytest.mark.parametrize(
    ("canvas", "had", "wanted", "is_enough"),
    [
        ((1200, 630), ["1536x1024"], "1200x640", True),
        ((1280, 640), ["1200x640"], "1280x640", True),
        ((1080, 1920), ["1200x640"], "1088x1920", False),
        ((1080, 1920), ["1536x1024"], "1024x1536", False),
        ((2400, 1260), ["1536x1024"], "1536x1024", True),
        ((1200, 630), ["512x512", "1200x640"], "1536x1024", True),
        ((1200, 630), [None], "1536x1024", True),
        ((1200, 630), ["512x512"], "auto", True),
    ],
)
def test_a_ground_is_enough_unless_another_would_be_enlarged_less(
    canvas: tuple[int, int], had: list[str | None], wanted: str, is_enough: bool
) -> None:
    assert grounds.is_enough(canvas, had, wanted) is is_enough
